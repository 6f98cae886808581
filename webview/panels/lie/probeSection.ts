/** A probe on the user's own table: what each layer's states encode about the labels, beside the same probe on shuffled labels. */

import type { PanelState } from '../../../src/analysis/panel';
import type { ProbeData, ProbeResult } from '../../../src/analysis/probe/contract';
import { linkButton } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed, grouped } from '../../base/format';
import { icon } from '../../base/icons';
import { inClauses, inProse, t } from '../../base/strings';
import { type ViewContext, viewData } from '../../base/view';
import { probeCurve } from '../../charts/lie/probeCurve';
import { shareCurve } from '../../charts/lie/shareCurve';
import { topicText } from '../../charts/lie/topicIntervals';
import { svgDocument } from '../../charts/shared/svgDocument';
import type { MainSection } from '../section';
import { tableWords } from '../tableWords';
import { chartSlot, factList } from './chartSlot';
import { shuffledBand } from './evidence';
import { probeControls } from './probeControls';
import { SteerSection, type SteerSource } from './steerSection';
import { probeTables } from './tables';

export function probeSection(context: ViewContext): MainSection {
  const controls = probeControls(context);
  const layers = chartSlot(context, probeCurve);
  const learning = chartSlot(context, shareCurve);
  const facts = el('section', { class: 'sec' });
  const warnings = el('div', { class: 'lie-warnings' });
  const reading = el('p', { class: 's' });
  const axis = linkButton(t('Use Its Direction as an Axis in Embeddings'), useAxis);
  const steer = new SteerSection(context);
  const shown = el(
    'div',
    {},
    reading,
    warnings,
    el('div', { class: 'cols three' }, layers.element, learning.element, facts),
    steer.element,
  );
  const element = el('div', {}, controls.element, shown);
  let data: ProbeData | null = null;

  function useAxis(): void {
    if (!data) return;
    const { embeddings } = context.state().intent;
    const { direction, best } = data.result;
    const change = { axis: direction, layer: best, method: 'pca' as const, template: data.template };
    // The direction separates the labels, so they are the groups; numbers are not groups.
    const groupBy = data.classes.length > 0 ? data.labelColumn : embeddings.groupBy;
    context.setIntent({ tab: 'embeddings', embeddings: { ...embeddings, ...change, groupBy } });
  }

  function draw(): void {
    shown.hidden = data === null;
    steer.update(data && steerSource(data));
    if (!data) return;
    const { result } = data;
    layers.update(layerContent(result));
    learning.update(learningContent(result));
    reading.textContent = tableWords(data.reading);
    fill(
      warnings,
      ...warningWords(result).map((text) =>
        el('p', { class: 'with-icon s' }, el('span', { class: 'lie-unequal' }, icon('warning')), el('span', {}, text)),
      ),
    );
    fill(facts, el('h2', {}, t('This probe')), factList(probeFacts(data)), el('p', { class: 'no-export' }, axis));
  }

  return {
    element,
    about: () => ({
      shows: t('how well a linear probe reads your labels from each layer’s states.'),
      cannotTell: t('whether the model uses what can be read.'),
    }),
    lead: () => {
      const question = t('From which layer can your labels be read?');
      return { question, answer: data ? verdictWords(data.result) : '' };
    },
    running: () => t('Fitting a probe to every layer'),
    update(state: PanelState) {
      data = viewData(state.probe);
      controls.update(state.intent.lie, data);
      draw();
    },
    destroy() {
      layers.destroy();
      learning.destroy();
      steer.destroy();
    },
    chips: () =>
      data
        ? [
            el('span', { class: 'chip' }, el('span', { class: 'k' }, t('Rows')), grouped(data.result.rows)),
            el('span', { class: 'chip' }, el('span', { class: 'k' }, t('Held out')), heldOutWords(data.result)),
          ]
        : [],
    key: () => false,
    tables: () => (data ? [...probeTables(data), ...steer.tables()] : []),
    exports() {
      const own = data;
      if (!own) return {};
      const parts = () => [layers, learning].map((slot) => slot.picture());
      return {
        svg: () => svgDocument(context.theme(), t('Layer probe'), parts()),
        json: () => ({ ...own.result, classes: own.classes }),
      };
    },
  };
}

/** One direction for all layers: that of the best layer. */
function steerSource({ result, classes, example }: ProbeData): SteerSource {
  return {
    key: result,
    beginning: example,
    layers: result.layers.length - 1,
    best: result.best,
    direction: async () => result.direction,
    toward: towardWords(classes.map(({ label }) => label)),
  };
}

/** The fit numbers the labels in sorted order, the last one as 1; with more than two labels, the last one's direction is kept. */
export function towardWords(labels: readonly string[]): SteerSource['toward'] {
  const sorted = [...labels].sort();
  if (sorted.length === 0) return [t('lower numbers'), t('higher numbers')];
  return [sorted.length === 2 ? sorted[0] : t('the other labels'), sorted[sorted.length - 1]];
}

export function measureName(measure: ProbeResult['measure']): string {
  return { auroc: t('AUROC'), accuracy: t('accuracy'), correlation: t('correlation r') }[measure];
}

function heldOutWords({ folds, groups, rows }: ProbeResult): string {
  return groups < rows
    ? t('{0} folds of {1} groups', folds, grouped(groups))
    : t('{0} folds of {1} rows', folds, grouped(rows));
}

export function verdictWords(result: ProbeResult): string {
  const best = result.layers.find(({ layer }) => layer === result.best);
  if (!best) return '';
  const { score, shuffled, shuffledSpread } = best;
  const [value, chance] = [topicText(score), topicText(shuffled)];
  if (score <= shuffled + 2 * shuffledSpread)
    return t(
      'No layer tells the labels apart better than shuffled ones: {0} at the best layer, {1} shuffled.',
      value,
      chance,
    );
  const first = result.layers.find((each) => each.score >= score - (score - result.chance) * 0.1);
  const from =
    first && first.layer < result.best ? t('Nine tenths of that is reached from layer {0} on.', first.layer) : '';
  return inProse([
    t('Best read at layer {0}: {1}, against {2} with shuffled labels.', result.best, value, chance),
    from,
  ]);
}

export function warningWords({ warnings }: Pick<ProbeResult, 'warnings'>): string[] {
  const all = {
    duplicatesGrouped: t(
      'Some rows have the same text: they were kept together, so that none is tested on its own copy.',
    ),
    fewGroups: t('There are few groups to hold out: with other groups the figures may be quite different.'),
    unbalanced: t('One label is much more frequent than the others: accuracy alone says little.'),
    length: t('The labels differ in length: a probe may read the length instead.'),
  };
  return warnings.map((warning) => all[warning]);
}

function probeFacts({ result, classes }: ProbeData): [string, string][] {
  return [
    [t('measure'), measureName(result.measure)],
    [t('chance'), topicText(result.chance)],
    [t('best layer'), String(result.best)],
    [t('selectivity: best minus shuffled'), topicText(result.selectivity)],
    ...classes.slice(0, 6).map(({ label, rows }): [string, string] => [label, t('{0} rows', grouped(rows))]),
  ];
}

function layerContent(result: ProbeResult) {
  const { layers, measure, chance } = result;
  const name = measureName(measure);
  const rows = (step: number): [string, string][] => [
    [name, `${topicText(layers[step].score)} ± ${fixed(layers[step].spread)}`],
    [t('shuffled labels'), `${topicText(layers[step].shuffled)} ± ${fixed(layers[step].shuffledSpread)}`],
  ];
  const where = (step: number) =>
    layers[step].layer === 0 ? t('embedding') : t('after block {0}', layers[step].layer);
  return {
    title: t('Layer by layer'),
    small: t('{0}, held out, ± 1 sd over folds', name),
    data: {
      layers: layers.map(({ layer }) => layer),
      values: layers.map(({ score }) => score),
      spread: layers.map(({ spread }) => spread),
      band: shuffledBand(layers),
      lines: [{ value: chance, label: t('chance {0}', topicText(chance)) }],
      marked: [result.best],
      blank: null,
      range: [Math.min(chance, 0.4), 1] as const,
      most: 1,
    },
    options: {
      label: t('{0} by layer, with the band of shuffled labels', name),
      axis: t('layer; filled: the best'),
      describe: (step: number) => inClauses([where(step), ...rows(step).map((fact) => fact.join(' '))]),
    },
    card: (step: number) => [el('div', { class: 'strong s' }, where(step)), factList(rows(step))],
  };
}

function learningContent({ learning, measure, chance, best }: ProbeResult) {
  if (learning.length < 2) return null;
  const name = measureName(measure);
  const say = (step: number) => t('{0} rows: {1}', grouped(learning[step].rows), topicText(learning[step].score));
  return {
    title: t('More rows, better probe?'),
    small: t('{0} at layer {1}', name, best),
    data: {
      points: learning.map(({ rows, score }) => ({ at: rows, value: score })),
      named: [],
      range: [Math.min(chance, 0.4), 1] as const,
      chance,
    },
    options: {
      label: t('{0} over the number of rows it was trained on', name),
      axis: t('rows trained on'),
      tick: grouped,
      describe: say,
    },
    card: (step: number) => [el('div', { class: 's' }, say(step))],
  };
}
