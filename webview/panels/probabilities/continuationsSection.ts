/** The continuations under the distribution: rows, their controls, and the alternatives of the open token. */

import type { Candidate } from '../../../src/analysis/shared/contract';
import { button, dropdown, textField } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed, running as inLine, probability, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import {
  type ContinuationRow,
  type ContinuationsData,
  type ContinuationsOptions,
  continuations,
} from '../../charts/probabilities/continuations';
import type { Section } from '../section';
import { type BranchPlace, Generation, type Row, type Settings, type Step } from './generation';

/** Possible lengths of a row in tokens; the first is the default. */
const LENGTHS = ['12', '24', '48', '96'] as const;

/** Updated when theme, tint or sampling changed. */
export class ContinuationsSection implements Section<void> {
  readonly element: HTMLElement;
  readonly generation: Generation;
  /** The length of a row in tokens. */
  private length = Number(LENGTHS[0]);
  private open: ContinuationsData['open'] = null;
  private readonly small = el('small', { class: 'no-export' });
  private readonly rowsBox = el('div');
  private readonly hint = el('p', { class: 's m no-export' });
  private readonly alternatives = el('div');
  private readonly problem = el('p', { class: 's error', role: 'alert', hidden: true });
  private readonly controls;
  private readonly chart;

  constructor(private readonly context: ViewContext) {
    const { channel } = context;
    this.generation = new Generation(
      {
        generate: (options, signal, onProgress) => channel.request('generate', { options }, { signal, onProgress }),
        follow: (params) => channel.request('follow', params),
        vocabulary: (params) => channel.request('vocabulary', params),
      },
      () => this.settings(),
      () => this.update(),
    );
    this.controls = this.makeControls();
    const { step, play, to, cancel, rewind, force, clear } = this.controls;
    const steps = [step, play, to.element, cancel, rewind, force.element, clear];
    this.element = el(
      'section',
      { class: 'sec' },
      el('h2', {}, t('Continuations'), this.small, el('span', { class: 'right' }, t('Σ log p'))),
      this.rowsBox,
      this.hint,
      this.alternatives,
      this.problem,
      el('div', { class: 'actions steps no-export' }, ...steps),
    );
    this.chart = continuations(this.rowsBox, { rows: [], open: null }, this.chartOptions());
    this.update();
  }

  /** Starts a new row of the chosen length. */
  generate(): void {
    void this.generation.fresh(this.length);
  }

  fiveSeeds(): void {
    void this.generation.fiveSeeds(this.length);
  }

  /** Starts a new row that begins with this candidate. */
  startFrom(candidate: Candidate, place: BranchPlace): void {
    void this.generation.branch(null, 0, candidate, place, this.length);
  }

  update(): void {
    const { generation, hint, problem } = this;
    const { rows, running, row } = generation;
    if (this.open && !rows[this.open.row]?.steps[this.open.step]) this.open = null;
    const { open } = this;
    this.chart.update({ rows: rows.map(asRow), open }, this.chartOptions());
    this.rowsBox.hidden = rows.length === 0;
    const greedy = this.settings().temperature === 0;
    this.small.textContent = greedy
      ? t('greedy; click a token to branch there')
      : t('sampled; click a token to branch there');
    hint.textContent = this.hintWords();
    hint.hidden = hint.textContent === '';
    fill(this.alternatives, open && this.alternativesRow(open, rows[open.row].steps[open.step]));
    problem.textContent = generation.problem?.message ?? '';
    problem.hidden = generation.problem === null;
    const { step, play, cancel, rewind, clear } = this.controls;
    cancel.hidden = !running;
    for (const control of [step, play]) control.disabled = running;
    rewind.disabled = running || !row;
    clear.disabled = rows.length === 0;
    step.title = row?.ended ? t('This row has ended: a new one is started') : t('One more token');
  }

  destroy(): void {
    this.generation.cancel();
    this.chart.destroy();
  }

  private makeControls() {
    const { generation } = this;
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
      onChange: (value) => {
        this.length = Number(value);
        this.update();
      },
    });
    const back = t('Take the last token back');
    return {
      step: button({ label: t('Step'), title: t('One more token'), onClick: () => void generation.step() }),
      play: button({ label: t('Play'), icon: 'play', onClick: () => this.play() }),
      cancel: button({ label: t('Cancel'), icon: 'stop', onClick: () => generation.cancel() }),
      rewind: button({ label: t('Rewind'), title: back, onClick: () => generation.rewind() }),
      clear: button({ label: t('Clear'), onClick: () => this.forget() }),
      force,
      to,
    };
  }

  private settings(): Settings {
    return this.context.state().intent.probabilities.sampling;
  }

  /** Completes the current row; if it is complete, starts another of the same length. */
  private play(): void {
    const { row } = this.generation;
    const goesOn = row && !row.ended && row.steps.length < this.length;
    void (goesOn ? this.generation.play(this.length) : this.generation.fresh(this.length));
  }

  private forget(): void {
    this.open = null;
    this.generation.clear();
  }

  private chartOptions(): ContinuationsOptions {
    return {
      theme: this.context.theme(),
      tint: this.context.state().intent.probabilities.tint,
      label: t('Continuations; arrows move over the tokens, Enter shows the alternatives'),
      announce: this.context.announce,
      onOpen: (row, step) => this.show(row, step),
    };
  }

  /** Opening the open token closes it. */
  private show(row: number, step: number): void {
    const same = this.open?.row === row && this.open.step === step;
    this.open = same ? null : { row, step };
    if (!this.generation.running) this.generation.current = row;
    this.update();
  }

  private hintWords(): string {
    const { rows, row } = this.generation;
    if (rows.length === 0)
      return t(
        'Generate writes {0} tokens; Step writes one at a time. Click a bar above to start from that token.',
        this.length,
      );
    return row?.taken ? t('The prompt’s last characters “{0}” were scored with the text.', inLine(row.taken)) : '';
  }

  private alternativesRow(at: { row: number; step: number }, current: Step): HTMLElement {
    const listed = current.top.some((c) => c.id === current.id);
    const choices = current.top.map((candidate, rank) => {
      const own = candidate.id === current.id;
      const on = { click: () => this.branch(at, candidate, { ...current, rank }) };
      const p = el('span', { class: 'm' }, probability(Math.exp(candidate.logprob)));
      return el(
        'button',
        { type: 'button', class: 'alternative', 'aria-current': own && 'true', disabled: own, on },
        el('span', { class: 'mono' }, visible(candidate.text)),
        ' ',
        p,
      );
    });
    const entropy = current.entropy === null ? '' : t('entropy {0} nats', fixed(current.entropy));
    const text = el('span', { class: 'mono' }, visible(current.text));
    return el(
      'div',
      { class: 'alternatives', role: 'group', 'aria-label': t('Alternatives at step {0}', at.step) },
      el('span', { class: 'm s' }, t('step {0}, instead of', at.step), ' ', text),
      ...choices,
      !listed && el('span', { class: 'm s' }, t('this token is none of them')),
      el('span', { class: 'm s' }, entropy),
    );
  }

  private branch(at: { row: number; step: number }, candidate: Candidate, { rank, top, entropy }: BranchPlace): void {
    this.open = null;
    void this.generation.branch(at.row, at.step, candidate, { rank, top, entropy }, this.length);
  }
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
