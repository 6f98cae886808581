/**
 * Details of the chosen statement: the verdict of each layer's own probe (layers that read no more than shuffled labels are
 * shaded), its place among the training statements, and its numbers.
 */
import type { JudgedStatement, LieData, ProbeCard } from '../../../src/analysis/truth/contract';
import { el, fill } from '../../base/dom';
import { signed } from '../../base/format';
import { inClauses, t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { verdictGlyph } from '../../charts/lie/marks';
import { probeCurve } from '../../charts/lie/probeCurve';
import { truthMap } from '../../charts/lie/truthMap';
import type { DrawingPart } from '../../charts/shared/svgDocument';
import { chartSlot, factList } from './chartSlot';
import { describeStatement, doubtWords, statementFacts } from './words';

const MAP_HEIGHT = 180;

export interface StatementDetails {
  element: HTMLElement;
  update(data: LieData, card: ProbeCard, chosen: number | null): void;
  drawings(): DrawingPart[];
  destroy(): void;
}

export function statementDetails(context: ViewContext, onChoose: (index: number) => void): StatementDetails {
  const curve = chartSlot(context, probeCurve);
  const map = chartSlot(context, truthMap);
  const facts = el('section', { class: 'sec' });
  const element = el('div', { class: 'cols three lie-details' }, curve.element, map.element, facts);
  return {
    element,
    update(data, card, chosen) {
      const statement = chosen === null ? null : (data.result.statements[chosen] ?? null);
      curve.update(statement && layerContent(statement, card));
      map.update(data.result.statements.length === 0 ? null : mapContent(data, card, chosen, onChoose, context));
      const label = (chosen === null ? null : data.labels[chosen]) ?? null;
      const written = (chosen === null ? null : data.answer?.statements[chosen]) ?? null;
      fill(
        facts,
        el('h2', {}, t('This statement')),
        statement
          ? el('p', { class: 'lie-quote' }, verdictGlyph(context.theme(), statement.verdict), ' ', statement.text)
          : el('p', { class: 'm' }, t('No statement is judged yet.')),
        statement && factList(statementFacts(statement, label, written)),
        statement?.outside && el('p', { class: 's m' }, outsideReason(statement)),
      );
    },
    drawings: () => [curve, map].map((slot) => slot.picture()),
    destroy() {
      curve.destroy();
      map.destroy();
    },
  };
}

function outsideReason({ doubt }: JudgedStatement): string {
  return doubt === null
    ? t(
        'Its state lies farther from the training statements than 99 % of held-out ones do. The probe’s probabilities were never tested there, so none is shown.',
      )
    : t(
        'It is not clear whether the sentence asserts or denies ({0}), and the probe might read it the wrong way round. Use a plainer sentence.',
        doubtWords(doubt),
      );
}

/** A layer whose probe does not exceed the shuffled labels' band reads nothing, whatever its score. */
export function blankLayers(card: ProbeCard): boolean[] {
  return card.layers.map(({ auroc, shuffled, shuffledSpread }) => auroc <= shuffled + 2 * shuffledSpread);
}

function layerContent(statement: JudgedStatement, card: ProbeCard) {
  const blank = blankLayers(card);
  const { layers } = statement;
  const say = (step: number): string =>
    inClauses([
      t('block {0}', step),
      t('score {0}', signed(layers[step])),
      blank[step] ? t('no better than shuffled labels') : '',
    ]);
  return {
    title: t('Layer by layer'),
    small: t('log-odds by each layer’s own probe'),
    data: {
      layers: layers.map((_, layer) => layer),
      values: layers,
      spread: null,
      band: null,
      lines: [],
      marked: card.blocks,
      blank,
      range: [-2, 2] as const,
    },
    options: {
      label: t('The verdict of each layer’s own probe on the chosen statement'),
      axis: t('block (large dots: used for the verdict)'),
      blankLabel: t('nothing readable'),
      ends: [t('looks true'), t('looks false')] as const,
      describe: say,
    },
    card: (step: number) => [el('div', { class: 's' }, say(step))],
    under: [t('Shaded: layers whose probe stays within the band of shuffled labels.')],
  };
}

function mapContent(
  { result, labels }: LieData,
  card: ProbeCard,
  chosen: number | null,
  onChoose: (index: number) => void,
  context: ViewContext,
) {
  const theme = context.theme();
  const dot = el('span', { class: 'lie-dot', style: { background: theme.positive } });
  const box = el('span', { class: 'lie-box', style: { 'border-color': theme.negative } });
  return {
    title: t('Among the training statements'),
    small: t('first two axes of their states'),
    data: { training: card.map, statements: result.statements, chosen },
    options: {
      label: t('Training statements and your own in two dimensions'),
      height: MAP_HEIGHT,
      axes: [t('axis 1'), t('axis 2')] as const,
      describe: (step: number) => describeStatement(result.statements[step], labels[step] ?? null),
      onChoose,
    },
    card: (step: number) => [el('div', { class: 's' }, result.statements[step].text)],
    under: [
      el('span', { class: 'lie-key' }, dot, t('true')),
      el('span', { class: 'lie-key' }, box, t('false')),
      t('The two widest axes mostly show topics; the probe reads another direction.'),
    ],
  };
}
