/**
 * How the prompt's own examples contribute to the answer: its loss without each, and the attention of the last position to their
 * label words block by block (Wang et al. 2023, "Label Words are Anchors").
 */
import type { ExamplesData } from '../../../src/analysis/examples/contract';
import type { PanelState } from '../../../src/analysis/panel';
import type { TableTwin } from '../../base/a11y';
import { el } from '../../base/dom';
import { probability, visible } from '../../base/format';
import { inClauses, inProse, t } from '../../base/strings';
import { chosen, type Lead, type ViewContext, viewData } from '../../base/view';
import type { HeadRef } from '../../charts/attention/ranking';
import { type ExampleSpot, type ExamplesChart, examplesChart } from '../../charts/layers/examples';
import { mostLines } from '../../charts/lens/lines';
import { svgDocument } from '../../charts/shared/svgDocument';
import type { MainSection } from '../section';
import { type HeldChart, heldChart } from '../sized';
import { drawnExamples, type Example, evenWeight, largestWeight, scored } from './exampleFacts';
import { exampleRows, examplesLegend } from './exampleRows';
import { attentionTwin, examplesTwin } from './exampleTables';
import { examplesAnswer } from './exampleWords';
import { headWords } from './headWords';

type Kind = 'mean' | 'strongest';

const weightsOf = (kind: Kind, { attention, strongest }: Example): number[] =>
  kind === 'mean' ? attention : strongest.map(({ weight }) => weight);

export class ExamplesSection implements MainSection {
  readonly element: HTMLElement;
  readonly about = () => ({
    shows: t('how much the answer loses without each example, and how much it attends to their label words.'),
    cannotTell: t('how examples work together: each is left out alone.'),
  });
  private data: ExamplesData | null = null;
  private drawn: number[] = [];
  private readonly title = el('span', { class: 't' });
  private readonly words = el('p', { class: 'heads-words m s', role: 'status' });
  private readonly rows;
  private readonly charts: Record<Kind, HeldChart<ExamplesData, ExamplesChart>>;

  constructor(private readonly context: ViewContext) {
    this.rows = exampleRows(
      (ref) => this.open(ref),
      (position) => {
        context.select({ locked: position });
        context.reveal(position);
      },
    );
    const holders = { mean: el('div', {}), strongest: el('div', {}) };
    const chart = (kind: Kind) =>
      heldChart(context, holders[kind], examplesChart, (data: ExamplesData, width: number) =>
        this.inputs(kind, data, width),
      );
    this.charts = { mean: chart('mean'), strongest: chart('strongest') };
    const section = (title: string, small: HTMLElement, kind: Kind) =>
      el('section', { class: 'sec' }, el('h2', {}, title, small), holders[kind]);
    const small = (words: string, name = '') => el('small', { class: name }, words);
    const across = t('attention of the last position, by block');
    this.element = el(
      'div',
      {},
      el(
        'section',
        { class: 'sec' },
        el(
          'h2',
          {},
          this.title,
          el('small', {}, t('each example left out once; the label word is the one that the answer could copy')),
        ),
        this.rows.element,
        this.words,
      ),
      el(
        'div',
        { class: 'cols two' },
        section(t('On the label words, mean over heads'), small(across), 'mean'),
        section(
          t('The strongest head of each block'),
          small(t('click a point to open its head'), 'no-export'),
          'strongest',
        ),
      ),
    );
  }

  lead(): Lead {
    const question = t('Which of its examples does the answer need?');
    return { question, answer: this.data ? examplesAnswer(this.data.result) : '' };
  }

  running(): string {
    return t('Leaving out one example at a time');
  }

  update(state: PanelState): void {
    this.data = viewData(state.examples);
    this.element.hidden = !this.data;
    const { data } = this;
    if (!data) return;
    const { examples, complete } = data.result;
    const running = state.examples.kind === 'running';
    this.drawn = drawnExamples(examples, mostLines);
    this.title.textContent = t('{0} examples', examples.length);
    this.rows.update({ examples, drawn: this.drawn, theme: this.context.theme(), running });
    this.words.textContent = this.progress(examples, complete, running);
    for (const chart of Object.values(this.charts)) chart.update(data);
  }

  destroy(): void {
    for (const chart of Object.values(this.charts)) chart.stop();
  }

  chips(): HTMLElement[] {
    return [];
  }

  key(event: KeyboardEvent): boolean {
    const layers = this.data?.result.examples[0]?.attention.length ?? 0;
    const step = { ']': 1, '[': -1 }[event.key];
    if (!step || layers === 0) return false;
    const at = this.context.state().selection.layer;
    const layer = at === null ? (step > 0 ? 0 : layers - 1) : (at + step + layers) % layers;
    this.context.select({ layer });
    this.context.announce(this.drawn.map((_, line) => this.describe('mean', { line, layer })).join('; '));
    return true;
  }

  tables(): TableTwin[] {
    return [examplesTwin(this.data?.result ?? null), ...(this.data ? [attentionTwin(this.data.result)] : [])];
  }

  exports() {
    const { data } = this;
    if (!data) return {};
    const theme = this.context.theme();
    return {
      svg: () =>
        svgDocument(theme, t('Examples'), [
          { title: t('On the label words, mean over heads'), drawing: this.charts.mean.chart()?.drawing() ?? null },
          { title: t('The strongest head of each block'), drawing: this.charts.strongest.chart()?.drawing() ?? null },
          { title: t('lost without it, nats'), drawing: examplesLegend(theme, data.result.examples, this.drawn) },
        ]),
      csv: () => this.tables()[0],
      json: () => data.result,
    };
  }

  private progress(examples: readonly Example[], complete: boolean, running: boolean): string {
    const known = scored(examples);
    const sign = t(
      'Positive: the answer is less likely without the example. Leaving one out also moves the text after it.',
    );
    const left =
      examples.length > mostLines
        ? t('The charts show the {0} examples that the answer depends on most.', mostLines)
        : '';
    if (complete) return inProse([sign, left]);
    const soFar = running
      ? t('{0} of {1} examples left out so far.', known, examples.length)
      : t('Partial: {0} of {1} examples were left out.', known, examples.length);
    return inProse([soFar, sign, left]);
  }

  private open({ layer, head }: HeadRef): void {
    this.context.card(null);
    this.context.select({ layer, head });
    this.context.setIntent({ tab: 'attention', ...chosen(this.context, 'attention', { heads: [] }) });
  }

  private exampleAt({ line }: ExampleSpot): Example | null {
    return this.data?.result.examples[this.drawn[line]] ?? null;
  }

  private describe(kind: Kind, spot: ExampleSpot): string {
    const example = this.exampleAt(spot);
    if (!example) return '';
    const strongest = example.strongest[spot.layer];
    const name = t('example {0}, {1}', this.drawn[spot.line] + 1, visible(example.label.text));
    const place =
      kind === 'strongest' && strongest
        ? headWords({ layer: spot.layer, head: strongest.head })
        : t('block {0}', spot.layer);
    return t('{0}: {1}', inClauses([name, place]), probability(weightsOf(kind, example)[spot.layer] ?? 0));
  }

  private inputs(kind: Kind, { prompt, result }: ExamplesData, width: number) {
    const { examples } = result;
    const even = evenWeight(examples, prompt.tokens.length);
    const lines = this.drawn.map((index, style) => ({ style, weights: weightsOf(kind, examples[index]) }));
    const { layer } = this.context.state().selection;
    const data = {
      lines,
      even,
      evenWords: even === null ? '' : t('even spread {0}', probability(even)),
      largest: largestWeight(
        lines.map(({ weights }) => weights),
        even,
      ),
      layer: layer !== null && layer < (lines[0]?.weights.length ?? 0) ? layer : null,
    };
    const options = {
      width,
      theme: this.context.theme(),
      label:
        kind === 'mean'
          ? t('Attention on {0} label words by block, mean over heads', lines.length)
          : t('Attention on {0} label words by block, strongest head', lines.length),
      describe: (spot: ExampleSpot) => this.describe(kind, spot),
      onPreview: (spot: ExampleSpot | null, anchor: Element | null) =>
        this.context.card(anchor, ...(spot ? [el('div', { class: 's' }, this.describe(kind, spot))] : [])),
      onOpen: (spot: ExampleSpot) => {
        const strongest = this.exampleAt(spot)?.strongest[spot.layer];
        if (kind === 'strongest' && strongest) this.open({ layer: spot.layer, head: strongest.head });
        else this.context.select({ layer: spot.layer });
      },
    };
    return [data, options] as const;
  }
}
