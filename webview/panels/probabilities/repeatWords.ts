/** The text of the section "Does it say the same twice?", computed from the result; its rows and its legend. Pure. */
import type { RepeatResult } from '../../../src/analysis/repeat/contract';
import type { TableTwin } from '../../base/a11y';
import { el, svgEl } from '../../base/dom';
import { grouped, running } from '../../base/format';
import { inList, t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { unmoved } from '../../charts/repeat/reach';
import { differenceText, reachOf, wayName } from '../../charts/repeat/words';

/** Sentences that begin with the answer. */
export function answerWords({ ways, steps, parts, complete }: RepeatResult): string {
  if (parts) {
    const parted = ways.filter(({ firstDifference }) => firstDifference === parts.step).map(wayName);
    const place = [grouped(parts.step + 1), grouped(steps.length)];
    return t('No: computed {0}, it differs from step {1} of {2} on.', inList(parted), ...place);
  }
  if (complete)
    return t('Yes: the same {0} tokens in {1} ways of computing.', grouped(steps.length), grouped(ways.length));
  if (ways.length === 0) return t('Not known yet: no other way has been computed.');
  return t('Not known yet: the ways computed so far ({0}) say the same.', inList(ways.map(wayName)));
}

/** Qualifications of the answer. */
export function reachWords({ ways, logits, steps }: RepeatResult): string {
  if (ways.length === 0) return '';
  if (logits === 0) return t('Every logit is the same to the last bit.');
  const close = steps.filter(({ fragile }) => fragile).length;
  const reach = differenceText(reachOf({ logits }));
  return t(
    'A logit moves by {0} at most, so a lead below {1} could turn over: {2} of {3} steps are that close.',
    ...[differenceText(logits), reach, grouped(close), grouped(steps.length)],
  );
}

/** The ways as rows; cells that are numbers go through `differenceText`. */
export function waysRows({ ways }: RepeatResult): TableTwin {
  return {
    caption: t('Ways of computing, each compared with the first run'),
    columns: [t('computed'), t('runs'), t('largest logit difference'), t('text')],
    rows: ways.map((way) => {
      const said = running(way.instead.map(({ text }) => text).join(''));
      const text =
        way.firstDifference === null
          ? t('the same')
          : t('differs from step {0} on: {1}', way.firstDifference + 1, said);
      return [wayName(way), way.runs, way.logits, text];
    }),
  };
}

export function believeWords({ ways, logits }: RepeatResult): string[] {
  const compared = ways.reduce((sum, { itself }) => sum + itself.compared, 0);
  const differing = ways.reduce((sum, { itself }) => sum + itself.differing, 0);
  const passes = ways.find(({ name }) => name === 'withoutCache')?.passes ?? 1;
  return [
    t('Every way adds up the same sums in another order. In exact arithmetic all would agree.'),
    t('The logits that each token is chosen from are compared, always on the first run’s text.'),
    t(
      'Fragile: the lead is below {0}, twice the largest difference, because both of its logits may move.',
      differenceText(reachOf({ logits })),
    ),
    t('From run to run, {0} of {1} repetitions of a way differ in any bit.', grouped(differing), grouped(compared)),
    ...(passes > 1
      ? [t('Without stored values the text is computed in {0} parts, because it is too long for one.', passes)]
      : []),
  ];
}

export function reachLegend(theme: Theme, { ways, steps }: RepeatResult): Node[] {
  const mark = (shape: SVGElement, ...words: string[]) =>
    el('span', { class: 'it' }, svgEl('svg', { width: 14, height: 12, 'aria-hidden': 'true' }, shape), ...words);
  const still = unmoved(ways.map((way) => ({ name: way.name, reach: reachOf(way) })));
  const dashed = { x1: 0, x2: 14, y1: 6, y2: 6, stroke: theme.muted, 'stroke-dasharray': '3 3' };
  const all: (Node | false)[] = [
    steps.some(({ fragile }) => fragile) &&
      mark(svgEl('rect', { x: 3, y: 2, width: 8, height: 8, fill: theme.negative }), t('fragile: within reach')),
    mark(svgEl('circle', { cx: 7, cy: 6, r: 3.5, fill: theme.positive }), t('out of reach')),
    still.length < ways.length && mark(svgEl('line', dashed), t('reach of a way: twice its largest difference')),
    still.length > 0 && el('span', { class: 'it' }, t('exactly 0: {0}', inList(still.map(wayName)))),
  ];
  return all.filter((node) => node !== false);
}
