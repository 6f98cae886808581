/** Whether the ranking matters: deletion curves against random orders, and their result in one sentence. */
import type { MethodScores, SaliencyResult } from '../../../src/analysis/saliency/contract';
import { type Field, segmented } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed } from '../../base/format';
import { inClauses, inList, t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import type { Chart } from '../../charts/chart';
import {
  type DeletionData,
  type DeletionOptions,
  type DeletionOrder,
  deletionCurves,
} from '../../charts/saliency/deletionCurves';
import { type Note, notesList, plain, warning } from '../notes';
import type { Section } from '../section';
import { sized } from '../sized';
import { orderedUnits, type SaliencyShown } from './shown';
import { randomOrders, type Verdict, verdict } from './verdict';
import { methodName, methodShort, midSentence, unitsName, unreliableNames } from './words';

export function judgeSection(context: ViewContext): Section<SaliencyShown> {
  const small = el('small', {});
  const holder = el('div', {});
  const legend = el('div', { class: 'legend' });
  let order: DeletionOrder = 'most';
  const orders: Field<DeletionOrder> = segmented<DeletionOrder>({
    label: t('Order of removal'),
    hideLabel: true,
    options: [
      { value: 'most', label: t('Most first') },
      { value: 'least', label: t('Least first') },
      { value: 'both', label: t('Both') },
    ],
    value: order,
    onChange: (value) => {
      order = value;
      drawing.redraw();
    },
  });
  const controls = el('div', { class: 'ctl' }, orders.element);
  const element = el(
    'section',
    { class: 'sec' },
    el('h2', {}, t('Does the ranking matter?'), small),
    controls,
    holder,
    legend,
  );
  let chart: Chart<DeletionData, DeletionOptions> | null = null;
  const drawing = sized<SaliencyShown>(context, holder, (shown, width) => {
    const data = deletionData(shown);
    small.textContent = removalWords(shown, order);
    controls.hidden = !data;
    if (!data) {
      chart?.destroy();
      chart = null;
      fill(legend, el('span', {}, waitingWords(shown)));
      return;
    }
    const now = shown;
    const options: DeletionOptions = {
      width,
      theme: now.theme,
      order,
      label: t('Deletion curves of {0} methods and of random orders', data.curves.length),
      axis: t('{0} taken away', unitsName(now.result.by)),
      describe: (step) => stepWords(data, step, order),
      announce: context.announce,
      onHover: (step, anchor) => {
        if (step === null || !anchor) context.card(null);
        else context.card(anchor, ...stepCard(data, step, order));
      },
    };
    if (chart) chart.update(data, options);
    else chart = deletionCurves(holder, data, options);
    fill(legend, notesList(verdictNotes(now, order)));
  });
  return {
    element,
    update: drawing.update,
    destroy() {
      drawing.stop();
      chart?.destroy();
    },
  };
}

/** Null while no method has its curve. */
export function deletionData({ readable, result }: SaliencyShown): DeletionData | null {
  const random = randomOrders(readable);
  const judged = readable.filter(
    (scores): scores is MethodScores & { faithfulness: object } => scores.faithfulness !== null,
  );
  if (!random || judged.length === 0) return null;
  return {
    fractions: judged[0].faithfulness.fractions,
    curves: judged.map(({ method, faithfulness }) => ({
      method,
      label: methodShort(method, result.operator),
      mostFirst: faithfulness.mostFirst,
      leastFirst: faithfulness.leastFirst,
      area: faithfulness.area,
    })),
    random,
  };
}

function removalWords({ result }: SaliencyShown, order: DeletionOrder): string {
  const units = unitsName(result.by);
  const whole = {
    knockout: [
      t('target after knocking out the top {0}', units),
      t('target after knocking out the least {0}', units),
      t('target after knocking out {0} from either end', units),
    ],
    delete: [
      t('target after deleting the top {0}', units),
      t('target after deleting the least {0}', units),
      t('target after deleting {0} from either end', units),
    ],
    replace: [
      t('target after replacing the top {0}', units),
      t('target after replacing the least {0}', units),
      t('target after replacing {0} from either end', units),
    ],
  }[result.operator];
  return inClauses([whole[{ most: 0, least: 1, both: 2 }[order]], t('nats')]);
}

function waitingWords({ running, result, readable }: SaliencyShown): string {
  if (readable.length === 0 || orderedUnits(result) === 0) return t('There is no ranking to judge.');
  if (running && !result.complete) return t('The curves follow when every score of a method is known.');
  return t('Not computed in this run.');
}

/** The verdict computed from the curves first: how the best method compares with chance. Then what limits it, then how to read the picture. */
export function verdictNotes(shown: SaliencyShown, order: DeletionOrder = 'most'): Note<string>[] {
  const { readable, result } = shown;
  const found = verdict(readable);
  const random = randomOrders(readable);
  if (!found || !random) return [];
  const band = t(
    'Band: {0} random orders, mean ± 1 sd (of mean height: ±{1}).',
    random.orders,
    fixed(random.areaSpread),
  );
  const few =
    orderedUnits(result) < 5
      ? [t('Only {0} {1}: hardly an order to judge.', orderedUnits(result), unitsName(result.by))]
      : [];
  const unreliable = unreliableNames(shown);
  const leftOut = unreliable === '' ? [] : [t('Left out, not reliable here: {0}.', unreliable)];
  const missing = missingWords(shown);
  const compared = comparison(found, result, missing.length > 0);
  const judged = found.beats || missing.length > 0 ? compared.map(plain) : compared.map(warning);
  return [
    ...judged,
    ...[...leftOut, ...few].map(warning),
    ...[betterWords(order), band, ...stepNote(result), ...missing].map(plain),
  ];
}

function betterWords(order: DeletionOrder): string {
  if (order === 'most') return t('Lower is better.');
  if (order === 'least') return t('Higher is better.');
  return t('The wider the gap between a method’s two curves, the better; shaded for the first method.');
}

/** `partial`: other methods have no curve yet and may do better. */
function comparison({ best, beats, beating }: Verdict, { operator }: SaliencyResult, partial: boolean): string[] {
  const name = methodName(best, operator);
  if (!beats)
    return [
      partial
        ? t('So far the best method, {0}, stays within two sd of random order.', midSentence(name))
        : t(
            'Here the best method, {0}, stays within two sd of random order: do not trust any ranking on this prompt.',
            midSentence(name),
          ),
    ];
  const others = beating.slice(1).map((method) => midSentence(methodName(method, operator)));
  return [
    t('{0} lies clearly below random order: this target depends on what the method ranks first.', name),
    ...(others.length > 0 ? [t('The same holds for {0}.', inList(others))] : []),
  ];
}

/** Names the methods drawn in the text that have no curve yet. */
function missingWords({ readable, result, running }: SaliencyShown): string[] {
  const missing = readable.filter(({ faithfulness }) => faithfulness === null);
  if (missing.length === 0) return [];
  const names = inList(missing.map(({ method }) => midSentence(methodName(method, result.operator))));
  return [running ? t('Curves still to come: {0}.', names) : t('No curve in this run: {0}.', names)];
}

/** A note for a prompt so long that the curves were measured at fewer points. */
function stepNote(result: SaliencyResult): string[] {
  const fewer = result.warnings.find((warning) => warning.kind === 'fewerSteps');
  if (!fewer) return [];
  const units = orderedUnits(result);
  const [share, count] = [100 / fewer.used, units / fewer.used].map(Math.round);
  return [
    t(
      'Each step takes away {0} %, about {1} of {2} {3}: at this length finer steps would take too long.',
      share,
      count,
      units,
      unitsName(result.by),
    ),
  ];
}

function stepValues(data: DeletionData, step: number, order: DeletionOrder): { name: string; value: string }[] {
  const text = (value: number | null | undefined) => (value === null || value === undefined ? '–' : fixed(value));
  return [
    ...data.curves.map((curve) => {
      const [most, least] = [text(curve.mostFirst[step]), text(curve.leastFirst[step])];
      return { name: curve.label, value: order === 'both' ? `${most} / ${least}` : order === 'most' ? most : least };
    }),
    { name: t('random'), value: `${text(data.random.mean[step])} ± ${text(data.random.spread[step])}` },
  ];
}

function stepWords(data: DeletionData, step: number, order: DeletionOrder): string {
  const values = stepValues(data, step, order).map(({ name, value }) => `${name} ${value}`);
  return inClauses([t('{0} % taken away', Math.round(data.fractions[step] * 100)), ...values]);
}

function stepCard(data: DeletionData, step: number, order: DeletionOrder): Node[] {
  return [
    el('div', { class: 'strong s' }, t('{0} % taken away', Math.round(data.fractions[step] * 100))),
    el(
      'dl',
      { class: 'kv' },
      ...stepValues(data, step, order).flatMap(({ name, value }) => [el('dt', {}, name), el('dd', {}, value)]),
    ),
  ];
}
