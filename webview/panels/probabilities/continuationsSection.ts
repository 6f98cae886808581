/** The continuations under the distribution: rows, their controls, and the alternatives of the open token. */

import type { BranchPlace, ContinuationAction, ContinuationRow } from '../../../src/analysis/generate/contract';
import type { PanelState } from '../../../src/analysis/panel';
import type { Candidate } from '../../../src/analysis/shared/contract';
import { readable } from '../../../src/protocol/pieces';
import { button, dropdown, textField } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed, running as inLine, probability, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import {
  type ContinuationsData,
  type ContinuationsOptions,
  continuations,
  type ContinuationRow as Drawn,
} from '../../charts/probabilities/continuations';
import type { Section } from '../section';

/** Possible lengths of a row in tokens; the first is the default. */
const LENGTHS = ['12', '24', '48', '96'] as const;

/** The rows live with the host, so that they outlast the page; the length of new rows and the open token are the page's own. */
export class ContinuationsSection implements Section<PanelState> {
  readonly element: HTMLElement;
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
    this.update(context.state());
  }

  /** Starts a new row of the chosen length, where the user sees it. */
  generate(): void {
    this.ask({ do: 'fresh', tokens: this.length });
    this.element.scrollIntoView?.({ block: 'nearest' });
  }

  fiveSeeds(): void {
    this.ask({ do: 'fiveSeeds', tokens: this.length });
  }

  /** Starts a new row with a candidate of the bars: after the prompt, or after the row whose continuation they show. */
  startFrom(candidate: Candidate, place: BranchPlace): void {
    const { after, current } = this.context.state().continuations;
    const at = after ? { from: current, step: after.steps } : { from: null, step: 0 };
    this.ask({ do: 'branch', ...at, candidate, place, tokens: (after?.steps ?? 0) + this.length });
  }

  update({ continuations: { rows, current, running, problem: said } }: PanelState): void {
    const { hint, problem } = this;
    const row = rows[current];
    if (this.open && !rows[this.open.row]?.steps[this.open.step]) this.open = null;
    const { open } = this;
    this.chart.update({ rows: rows.map(asRow), open }, this.chartOptions());
    this.rowsBox.hidden = rows.length === 0;
    const greedy = this.settings.temperature === 0;
    this.small.textContent = greedy
      ? t('greedy; click a token to branch there')
      : t('sampled; click a token to branch there');
    hint.textContent = this.hintWords();
    hint.hidden = hint.textContent === '';
    fill(this.alternatives, open && this.alternativesRow(open, rows[open.row].steps[open.step]));
    problem.textContent = said ?? '';
    problem.hidden = said === null;
    const { step, play, cancel, rewind, clear } = this.controls;
    cancel.hidden = !running;
    for (const control of [step, play]) control.disabled = running;
    rewind.disabled = running || !row;
    clear.disabled = rows.length === 0;
    step.title = row?.ended ? t('This row has ended: a new one is started') : t('One more token');
  }

  destroy(): void {
    this.chart.destroy();
  }

  private ask(action: ContinuationAction): void {
    this.context.channel.notify('continuation', action);
  }

  private makeControls() {
    const force = textField({
      label: t('Text to force'),
      placeholder: t('force a text, then Enter'),
      onCommit: (value) => {
        if (!value) return;
        force.set('');
        this.ask({ do: 'force', text: value });
      },
    });
    const to = dropdown({
      label: t('to'),
      options: LENGTHS.map((value) => ({ value, label: t('{0} tokens', value) })),
      value: LENGTHS[0],
      onChange: (value) => {
        this.length = Number(value);
        this.update(this.context.state());
      },
    });
    const back = t('Take the last token back');
    return {
      step: button({ label: t('Step'), title: t('One more token'), onClick: () => this.ask({ do: 'step' }) }),
      play: button({ label: t('Play'), icon: 'play', onClick: () => this.play() }),
      cancel: button({ label: t('Cancel'), icon: 'stop', onClick: () => this.ask({ do: 'cancel' }) }),
      rewind: button({ label: t('Rewind'), title: back, onClick: () => this.ask({ do: 'rewind' }) }),
      clear: button({ label: t('Clear'), onClick: () => this.forget() }),
      force,
      to,
    };
  }

  private get settings(): PanelState['intent']['probabilities']['sampling'] {
    return this.context.state().intent.probabilities.sampling;
  }

  /** Completes the current row; if it is complete, starts another of the same length. */
  private play(): void {
    const { rows, current } = this.context.state().continuations;
    const row = rows[current];
    const goesOn = row && !row.ended && row.steps.length < this.length;
    this.ask({ do: goesOn ? 'play' : 'fresh', tokens: this.length });
  }

  private forget(): void {
    this.open = null;
    this.ask({ do: 'clear' });
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
    this.ask({ do: 'choose', row });
    this.update(this.context.state());
  }

  private hintWords(): string {
    const { rows, current } = this.context.state().continuations;
    if (rows.length === 0)
      return t(
        'Generate writes {0} tokens; Step writes one at a time. Click a bar above to start from that token.',
        this.length,
      );
    const taken = rows[current]?.taken;
    return taken ? t('The prompt’s last characters “{0}” were scored with the text.', inLine(taken)) : '';
  }

  private alternativesRow(at: { row: number; step: number }, current: ContinuationRow['steps'][number]): HTMLElement {
    const listed = current.top.some((c) => c.id === current.id);
    const choices = current.top.map((candidate, rank) => {
      const own = candidate.id === current.id;
      const on = { click: () => this.branch(at, candidate, { ...current, rank }) };
      const p = el('span', { class: 'm' }, probability(Math.exp(candidate.logprob)));
      return el(
        'button',
        { type: 'button', class: 'alternative', 'aria-current': own && 'true', disabled: own, on },
        el('span', { class: 'mono' }, visible(readable(candidate))),
        ' ',
        p,
      );
    });
    const entropy = current.entropy === null ? '' : t('entropy {0} nats', fixed(current.entropy));
    const text = el('span', { class: 'mono' }, visible(readable(current)));
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
    const place = { rank, top, entropy };
    this.ask({ do: 'branch', from: at.row, step: at.step, candidate, place, tokens: this.length });
  }
}

function rowName({ kind }: ContinuationRow): string {
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

function asRow(row: ContinuationRow): Drawn {
  const { steps, shared, marked, running, ended } = row;
  return { name: rowName(row), tokens: steps, shared, marked, running, ended };
}
