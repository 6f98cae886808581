/** The continuations under the distribution: rows, their controls, and the alternatives of the open token. */

import type { Candidate } from '../../../src/analysis/shared/contract';
import { button, dropdown, textField } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed, running as inLine, probability, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { type ContinuationRow, type ContinuationsData, continuations } from '../../charts/probabilities/continuations';
import { type BranchPlace, Generation, type Row, type Settings, type Step } from './generation';

/** Possible lengths of a row in tokens; the first is the default. */
const LENGTHS = ['12', '24', '48', '96'] as const;

export interface ContinuationsSection {
  element: HTMLElement;
  generation: Generation;
  /** Starts a new row of the chosen length. */
  generate(): void;
  fiveSeeds(): void;
  /** Starts a new row that begins with this candidate. */
  startFrom(candidate: Candidate, place: BranchPlace): void;
  /** Called when theme, tint or sampling changed. */
  update(): void;
  dispose(): void;
}

export function continuationsSection(context: ViewContext): ContinuationsSection {
  const { channel } = context;
  let length = Number(LENGTHS[0]);
  const settings = (): Settings => context.state().intent.probabilities.sampling;
  let open: ContinuationsData['open'] = null;
  const generation = new Generation(
    {
      generate: (options, signal, onProgress) => channel.request('generate', { options }, { signal, onProgress }),
      follow: (params) => channel.request('follow', params),
      vocabulary: (params) => channel.request('vocabulary', params),
    },
    settings,
    () => draw(),
  );
  const small = el('small');
  const rowsBox = el('div');
  const hint = el('p', { class: 's m no-export' });
  const alternatives = el('div');
  const problem = el('p', { class: 's error', role: 'alert', hidden: true });
  const step = button({ label: t('Step'), title: t('One more token'), onClick: () => void generation.step() });
  const play = button({ label: t('Play'), icon: 'play', onClick: () => void startPlay() });
  const cancel = button({ label: t('Cancel'), icon: 'stop', onClick: () => generation.cancel() });
  const rewind = button({
    label: t('Rewind'),
    title: t('Take the last token back'),
    onClick: () => generation.rewind(),
  });
  const clear = button({ label: t('Clear'), onClick: () => forget() });
  const force = textField({
    label: t('Text to force'),
    placeholder: t('force a text, then Enter'),
    onCommit(value) {
      if (!value) return;
      force.set('');
      void generation.force(value);
    },
  });
  const to = dropdown({
    label: t('to'),
    options: LENGTHS.map((value) => ({ value, label: t('{0} tokens', value) })),
    value: LENGTHS[0],
    onChange(value) {
      length = Number(value);
      draw();
    },
  });
  const element = el(
    'section',
    { class: 'sec' },
    el('h2', {}, t('Continuations'), small, el('span', { class: 'right' }, t('Σ log p'))),
    rowsBox,
    hint,
    alternatives,
    problem,
    el('div', { class: 'actions steps no-export' }, step, play, to.element, cancel, rewind, force.element, clear),
  );

  /** Completes the current row; if it is complete, starts another of the same length. */
  function startPlay(): Promise<void> {
    const { row } = generation;
    return row && !row.ended && row.steps.length < length ? generation.play(length) : generation.fresh(length);
  }

  function forget(): void {
    open = null;
    generation.clear();
  }

  function onOpen(row: number, at: number): void {
    const same = open?.row === row && open.step === at;
    open = same ? null : { row, step: at };
    if (!generation.running) generation.current = row;
    draw();
  }

  const chartOptions = () => ({
    theme: context.theme(),
    tint: context.state().intent.probabilities.tint,
    label: t('Continuations; arrows move over the tokens, Enter shows the alternatives'),
    announce: context.announce,
    onOpen,
  });
  const chart = continuations(rowsBox, { rows: [], open }, chartOptions());

  function draw(): void {
    if (open && !generation.rows[open.row]?.steps[open.step]) open = null;
    const { rows, running, row } = generation;
    chart.update({ rows: rows.map(asRow), open }, chartOptions());
    rowsBox.hidden = rows.length === 0;
    const { temperature } = settings();
    small.textContent =
      temperature === 0 ? t('greedy; click a token to branch there') : t('sampled; click a token to branch there');
    hint.textContent = rows.length
      ? row?.taken
        ? t('The prompt’s last characters “{0}” were scored with the text.', inLine(row.taken))
        : ''
      : t('Generate writes {0} tokens; Step writes one at a time. Click a bar above to start from that token.', length);
    hint.hidden = hint.textContent === '';
    fill(alternatives, open && alternativesRow(generation.rows[open.row].steps[open.step]));
    problem.textContent = generation.problem?.message ?? '';
    problem.hidden = generation.problem === null;
    cancel.hidden = !running;
    for (const control of [step, play]) control.disabled = running;
    rewind.disabled = running || !row;
    clear.disabled = rows.length === 0;
    step.title = row?.ended ? t('The row has ended: this starts another') : t('One more token');
  }

  function alternativesRow(current: Step): HTMLElement {
    const { row, step: at } = open!;
    const listed = current.top.some((c) => c.id === current.id);
    const choices = current.top.map((candidate, rank) =>
      el(
        'button',
        {
          type: 'button',
          class: 'alternative',
          'aria-current': candidate.id === current.id && 'true',
          disabled: candidate.id === current.id,
          on: { click: () => branch(row, at, candidate.id, rank) },
        },
        el('span', { class: 'mono' }, visible(candidate.text)),
        ' ',
        el('span', { class: 'm' }, probability(Math.exp(candidate.logprob))),
      ),
    );
    const entropy = current.entropy === null ? '' : t('entropy {0} nats', fixed(current.entropy));
    return el(
      'div',
      { class: 'alternatives', role: 'group', 'aria-label': t('Alternatives at step {0}', at) },
      el(
        'span',
        { class: 'm s' },
        t('step {0}, instead of', at),
        ' ',
        el('span', { class: 'mono' }, visible(current.text)),
      ),
      ...choices,
      !listed && el('span', { class: 'm s' }, t('this token is none of them')),
      el('span', { class: 'm s' }, entropy),
    );
  }

  function branch(row: number, at: number, id: number, rank: number): void {
    const { top, entropy } = generation.rows[row].steps[at];
    const candidate = top.find((c) => c.id === id);
    open = null;
    if (candidate) void generation.branch(row, at, candidate, { rank, top, entropy }, length);
  }

  draw();
  return {
    element,
    generation,
    generate: () => void generation.fresh(length),
    fiveSeeds: () => void generation.fiveSeeds(length),
    startFrom: (candidate, place) => void generation.branch(null, 0, candidate, place, length),
    update: draw,
    dispose() {
      generation.cancel();
      chart.destroy();
    },
  };
}

function rowName({ kind }: Row): string {
  switch (kind.kind) {
    case 'greedy':
      return t('greedy');
    case 'sampled':
      return t('seed {0}', kind.seed);
    case 'branch':
      return t('from step {0}', kind.at);
    case 'forced':
      return t('forced at {0}', kind.at);
  }
}

function asRow(row: Row): ContinuationRow {
  const { steps, shared, marked, running, ended } = row;
  return { name: rowName(row), tokens: steps, shared, marked, running, ended };
}
