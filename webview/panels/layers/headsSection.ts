/**
 * Which heads the answer depends on: the layer × head map under one measure, its progress, and the strongest heads with all of
 * their values. A click opens a head's attention.
 */

import type { HeadsData } from '../../../src/analysis/heads/contract';
import type { LayersIntent, PanelState } from '../../../src/analysis/panel';
import type { TableTwin } from '../../base/a11y';
import { segmented, slider } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed } from '../../base/format';
import { inClauses, t } from '../../base/strings';
import { rampCss } from '../../base/theme';
import { chosen, type Lead, type ViewContext, viewData } from '../../base/view';
import type { HeadRef } from '../../charts/attention/ranking';
import {
  type HeadMapChart,
  type HeadMapData,
  type HeadMapOptions,
  headColour,
  headMap,
  headSwatch,
} from '../../charts/layers/headMap';
import { svgDocument } from '../../charts/shared/svgDocument';
import { headAfterKey, headName } from '../attention/choice';
import type { MainSection } from '../section';
import { lockChip } from '../shell/chips';
import { type HeldChart, heldChart } from '../sized';
import { type HeadMeasure, headCells, headMeasures, isSigned, largestValue, strongestHeads } from './headFacts';
import { headKinds, headsLegend } from './headsLegend';
import { headsList } from './headsList';
import { headsTwin } from './headTables';
import {
  describeHead,
  emptyWords,
  headCard,
  headsAnswer,
  headValue,
  mapWords,
  measureOption,
  progressWords,
} from './headWords';

/** How many heads are outlined in the map and named in the list. */
const outlined = 6;
const listed = 10;

export class HeadsSection implements MainSection {
  readonly element: HTMLElement;
  readonly controls: HTMLElement;
  readonly about = () => ({
    shows: t('how much the answer loses when one head is silenced.'),
    cannotTell: t('what several heads do together: backup heads step in for one another.'),
  });
  private data: HeadsData | null = null;
  private readonly title = el('span', { class: 't' });
  private readonly small = el('small', {});
  private readonly words = el('p', { class: 'heads-words m s', role: 'status' });
  private readonly empty = el('p', { class: 'm', hidden: true });
  private readonly holder = el('div', {});
  private readonly scale = el('span', { class: 'it' });
  private readonly marks = el('span', { class: 'heads-marks' });
  private readonly listTitle = el('span', { class: 't' });
  private readonly measure;
  private readonly gamma;
  private readonly list;
  private readonly drawing: HeldChart<HeadsData, HeadMapChart>;

  constructor(private readonly context: ViewContext) {
    this.measure = segmented<HeadMeasure>({
      label: t('Map'),
      options: headMeasures.map(measureOption),
      value: 'knockout',
      onChange: (map) => this.intend({ map }),
    });
    this.gamma = slider({
      label: t('gamma'),
      min: 0.2,
      max: 1,
      step: 0.05,
      value: 0.5,
      format: (value) => fixed(value),
      onInput: (gamma) => context.setIntent(chosen(context, 'attention', { gamma })),
    });
    this.list = headsList((ref) => this.open(ref));
    const caveat = t(
      'Silencing one head at a time misses redundancy: a backup head may step in, so a small score does not prove that a head plays no part.',
    );
    this.element = el(
      'div',
      {},
      el(
        'section',
        { class: 'sec' },
        el('h2', {}, this.title, this.small),
        this.empty,
        this.holder,
        el(
          'div',
          { class: 'legend' },
          this.scale,
          el('span', { class: 'attention-gamma' }, this.gamma.element),
          this.marks,
        ),
        this.words,
        el('p', { class: 'heads-words m s' }, caveat),
      ),
      el('section', { class: 'sec' }, el('h2', {}, this.listTitle), this.list.element),
    );
    this.controls = this.measure.element;
    this.drawing = heldChart(context, this.holder, headMap, this.inputs, this.drawWords);
  }

  lead(): Lead {
    const question = t('Which heads does the answer need?');
    return { question, answer: this.data ? headsAnswer(this.data.result) : '' };
  }

  running(): string {
    return t('Silencing one head at a time');
  }

  update(state: PanelState): void {
    this.data = viewData(state.heads);
    this.element.hidden = !this.data;
    if (this.data) this.drawing.update(this.data);
  }

  destroy(): void {
    this.drawing.stop();
  }

  chips(): HTMLElement[] {
    const ref = this.chosen();
    if (!ref) return [];
    const unlock = () => this.context.select({ layer: null, head: null });
    return [lockChip(t('Head'), t('Unlock'), unlock, el('span', {}, headName(ref)))];
  }

  key(event: KeyboardEvent): boolean {
    if (!this.data) return false;
    const { knockout } = this.data.result;
    const cells = headCells(this.data.result, this.wanted());
    const at = this.chosen() ?? strongestHeads(cells)[0] ?? { layer: 0, head: 0 };
    const next = headAfterKey(event.key, at, { layers: knockout.length, heads: knockout[0]?.length ?? 1 });
    if (!next) return false;
    this.context.select({ layer: next.layer, head: next.head });
    this.context.announce(describeHead(this.data.result, this.wanted(), next));
    return true;
  }

  tables(): TableTwin[] {
    return [headsTwin(this.data?.result ?? null, this.wanted())];
  }

  exports() {
    const { data } = this;
    const chart = this.drawing.chart();
    if (!data || !chart) return {};
    const theme = this.context.theme();
    return {
      svg: () => {
        const { label } = measureOption(this.wanted());
        const gamma = t('gamma {0}', fixed(this.context.state().intent.attention.gamma));
        const title = inClauses([label, this.domain().join(' … '), gamma]);
        const legend = isSigned(this.wanted()) ? headsLegend(theme) : null;
        return svgDocument(theme, t('Head map'), [
          { title, drawing: chart.drawing() },
          { title: '', drawing: legend },
        ]);
      },
      csv: () => this.tables()[0],
      json: () => data.result,
    };
  }

  private intend(change: Partial<LayersIntent>): void {
    this.context.setIntent({ layers: { ...this.context.state().intent.layers, ...change } });
  }

  private wanted(): HeadMeasure {
    const { map } = this.context.state().intent.layers;
    return headMeasures.includes(map) ? map : 'knockout';
  }

  private chosen(): HeadRef | null {
    const { layer, head } = this.context.state().selection;
    const there = layer !== null && head !== null && this.data?.result.knockout[layer]?.[head] !== undefined;
    return there ? { layer, head } : null;
  }

  private open({ layer, head }: HeadRef): void {
    this.context.card(null);
    this.context.select({ layer, head });
    this.context.setIntent({ tab: 'attention', ...chosen(this.context, 'attention', { heads: [] }) });
  }

  /** Both ends of the scale. */
  private domain(): [string, string] {
    const measure = this.wanted();
    const largest = this.data ? largestValue(headCells(this.data.result, measure)) : 0;
    if (!isSigned(measure)) return ['0', headValue(measure, largest)];
    return [
      headValue(measure, -largest),
      measure === 'knockout' ? t('{0} nats', headValue(measure, largest)) : headValue(measure, largest),
    ];
  }

  private readonly inputs = ({ result: map }: HeadsData, width: number): [HeadMapData, HeadMapOptions] => {
    const state = this.context.state();
    const measure = this.wanted();
    const cells = headCells(map, measure);
    const data = {
      layers: cells.length,
      heads: cells[0]?.length ?? 0,
      cells,
      signed: isSigned(measure),
      largest: largestValue(cells),
      best: strongestHeads(cells).slice(0, outlined),
      chosen: this.chosen(),
    };
    const options = {
      width,
      theme: this.context.theme(),
      gamma: state.intent.attention.gamma,
      label: t('{0} of all heads: {1} blocks by {2} heads', measureOption(measure).label, cells.length, data.heads),
      describe: (ref: HeadRef) => describeHead(map, measure, ref),
      onPreview: (ref: HeadRef | null, anchor: Element | null) =>
        this.context.card(anchor, ...(ref ? headCard(map, ref) : [])),
      onOpen: (ref: HeadRef) => this.open(ref),
    };
    return [data, options];
  };

  /** Everything around the map. */
  private readonly drawWords = ({ result: map }: HeadsData): void => {
    const state = this.context.state();
    const measure = this.wanted();
    const cells = headCells(map, measure);
    this.measure.set(measure);
    this.gamma.set(state.intent.attention.gamma);
    this.title.textContent = t('All {0} heads', cells.flat().length);
    this.small.textContent = mapWords(measure);
    const none = emptyWords(map, measure);
    this.empty.textContent = none ?? '';
    this.empty.hidden = none === null;
    this.drawScale(measure, largestValue(cells));
    this.words.textContent = progressWords(map, state.heads.kind === 'running');
    this.listTitle.textContent = t('The strongest by {0}', measureOption(measure).label);
    const knockouts = largestValue(headCells(map, 'knockout'));
    this.list.update(map, measure, strongestHeads(cells).slice(0, listed), knockouts);
  };

  private drawScale(measure: HeadMeasure, largest: number): void {
    const theme = this.context.theme();
    const { gamma } = this.context.state().intent.attention;
    const colour = headColour(theme, isSigned(measure), largest || 1, gamma);
    const from = isSigned(measure) ? -1 : 0;
    const stops = Array.from({ length: 17 }, (_, step) => colour((from + ((1 - from) * step) / 16) * (largest || 1)));
    const [low, high] = this.domain();
    fill(
      this.scale,
      el('span', { class: 'mono' }, low),
      el('span', { class: isSigned(measure) ? 'ramp signed' : 'ramp', style: { background: rampCss(stops) } }),
      el('span', { class: 'mono' }, high),
    );
    const estimates = measure === 'knockout' && this.data?.result.preview && !this.data.result.complete;
    const kinds = isSigned(measure) ? headKinds().filter(({ kind }) => kind !== 'estimate' || estimates) : [];
    fill(
      this.marks,
      ...kinds.map(({ kind, words }) => el('span', { class: 'it' }, headSwatch(theme, kind), words)),
      el('span', { class: 'it' }, t('outlined: the six strongest')),
    );
  }
}
