/** A long prompt's units as a ranking, each with its whole text: what is known, and estimates for what is still to come. */
import type { Operator, SaliencyMethod } from '../../../src/analysis/saliency/contract';
import { segmented } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { signed, visible } from '../../base/format';
import { inList, inProse, t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { pending, rankOf, shownTop } from '../../charts/saliency/scores';
import {
  type RankedGroup,
  type RankedUnit,
  type UnitRankingData,
  type UnitRankingOptions,
  unitRanking,
} from '../../charts/saliency/unitRanking';
import type { Section } from '../section';
import { heldChart } from '../sized';
import { NO_SCORE, unitSpoken } from './card';
import { type SaliencyShown, unscoredBy } from './shown';
import { goToUnit, hoverUnit } from './textSection';
import { domain, methodName, midSentence, targetFormula, unitsName, unitText } from './words';

/** Characters of a unit in the sentence above the ranking. */
const LONGEST = 70;

export type RankingOrder = 'rank' | 'text';

export function rankingSection(context: ViewContext): Section<SaliencyShown> {
  const title = el('span', {});
  const small = el('small', { class: 'mono' });
  const finding = el('p', { class: 'saliency-finding' });
  const holder = el('div', { class: 'saliency-ranking' });
  const legend = el('ul', { class: 'saliency-notes s' });
  let order: RankingOrder = 'rank';
  const orders = segmented<RankingOrder>({
    label: t('Order'),
    options: [
      { value: 'rank', label: t('By support') },
      { value: 'text', label: t('As in the text') },
    ],
    value: order,
    onChange: (value) => {
      order = value;
      drawing.redraw();
    },
  });
  const element = el(
    'section',
    { class: 'sec' },
    el('h2', {}, title, small),
    finding,
    el('div', { class: 'ctl' }, orders.element),
    holder,
    legend,
  );
  const drawing = heldChart<SaliencyShown, UnitRankingData, UnitRankingOptions, ReturnType<typeof unitRanking>>(
    context,
    holder,
    unitRanking,
    (shown, width) => {
      const { result, theme, lockedUnit } = shown;
      title.textContent = t('What the answer depends on, by {0}', unitsName(result.by));
      small.textContent = targetFormula(result.target);
      finding.textContent = findingWords(shown);
      finding.hidden = finding.textContent === '';
      fill(legend, ...rankingNotes(shown).map((text) => el('li', {}, el('span', {}, text))));
      return [
        rankingData(shown, order),
        {
          width,
          theme,
          locked: lockedUnit,
          label: t(
            '{0} {1} with their scores; arrows move, Enter goes to the text',
            result.units.length,
            unitsName(result.by),
          ),
          words: { estimate: t('estimate'), none: NO_SCORE },
          describe: (unit) => rankedSpoken(shown, unit),
          announce: context.announce,
          onHover: (unit, anchor) => hoverUnit(context, shown, unit, anchor),
          onChoose: (unit) => goToUnit(context, shown, unit),
        },
      ];
    },
  );
  return { element, update: drawing.update, destroy: drawing.stop };
}

/** The scores of the method that leads. */
const leading = ({ methods }: SaliencyShown): readonly (number | null)[] => methods[0]?.scores ?? [];

/** The estimate of a unit whose score is still to come; null where there is none. */
export function estimateOf({ result, methods }: SaliencyShown, unit: number): number | null {
  const [first] = methods;
  if (first?.method !== 'occlusion' || first.scores[unit] !== null) return null;
  if (unscoredBy('occlusion', result).has(unit)) return null;
  return result.estimate?.scores[unit] ?? null;
}

/** A sentence that holds only line breaks: nobody looks for it, and its row would be empty. */
function isBare({ prompt, result }: SaliencyShown, unit: number): boolean {
  return result.by === 'sentence' && unitText(prompt, result.units[unit]).trim() === '';
}

export function rankingData(shown: SaliencyShown, order: RankingOrder): UnitRankingData {
  const { prompt, result } = shown;
  const scores = leading(shown);
  const rows = result.units.flatMap((each, unit): RankedUnit[] => {
    if (isBare(shown, unit)) return [];
    const score = scores[unit] ?? null;
    const estimate = estimateOf(shown, unit);
    const estimated = score === null && estimate !== null;
    return [{ unit, text: unitText(prompt, each), score: score ?? estimate, estimated, rank: rankOf(scores, unit) }];
  });
  return {
    groups: order === 'text' ? [{ title: null, rows }] : ranked(rows, shown),
    full: { known: shownTop(scores), estimated: shownTop(result.estimate?.scores ?? []) },
    estimateSigned: result.estimate?.method !== 'attention',
  };
}

/** Known scores first, then estimates, each from the strongest support to the strongest against; units without a score come last. */
function ranked(rows: readonly RankedUnit[], shown: SaliencyShown): RankedGroup[] {
  const down = (some: readonly RankedUnit[]) =>
    [...some].sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.unit - b.unit);
  const known = down(rows.filter(({ score, estimated }) => score !== null && !estimated));
  const estimated = down(rows.filter((row) => row.estimated));
  const others = rows.filter(({ score }) => score === null);
  const { by, operator } = shown.result;
  if (estimated.length === 0) return [{ title: null, rows: [...known, ...others] }];
  const measured = t(
    '{0}, {1} of {2} {3}',
    methodName('occlusion', operator),
    known.length,
    rows.length,
    unitsName(by),
  );
  return [
    ...(known.length > 0 ? [{ title: measured, rows: known }] : []),
    { title: estimateTitle(shown), rows: estimated },
    ...(others.length > 0 ? [{ title: t('No score'), rows: others }] : []),
  ];
}

function estimateTitle({ result, running }: SaliencyShown): string {
  const name = midSentence(methodName(result.estimate?.method ?? 'attentionGradient', result.operator));
  return running
    ? t('Estimate by {0}, replaced one after another', name)
    : t('Estimate by {0}: the run did not come this far', name);
}

/** What the tab's first sentence leaves out: whether all scores are known, and the strongest on the other side. */
export function findingWords(shown: SaliencyShown): string {
  const { prompt, result, methods, running } = shown;
  const scores = leading(shown);
  const known = scores.flatMap((score, unit) => (score === null ? [] : [{ score, unit }]));
  if (known.length === 0) return result.estimate ? t('All scores so far are estimates.') : t('No score is known yet.');
  const [first] = methods;
  const most = known.reduce((best, each) => (each.score > best.score ? each : best));
  const least = known.reduce((best, each) => (each.score < best.score ? each : best));
  const name = ({ unit }: { unit: number }) => clippedEnd(unitText(prompt, result.units[unit]));
  const partial = first && pending({ scores, unscored: unscoredBy(first.method, result) }) > 0;
  const told = [most, least].reduce((a, b) => (Math.abs(b.score) > Math.abs(a.score) ? b : a));
  return inProse([
    ...(partial ? [running ? t('Not all scores are known yet.') : t('The run was not finished.')] : []),
    most.score <= 0 ? t('Nothing supports the answer.') : '',
    most.score > 0 && most !== told ? t('“{0}” supports the answer most ({1}).', name(most), signed(most.score)) : '',
    least.score < 0 && least !== told ? t('“{0}” works against it most ({1}).', name(least), signed(least.score)) : '',
  ]);
}

/** A unit's beginning, which names it in a sentence. */
function clippedEnd(text: string): string {
  const letters = [...visible(text.trim() || text)];
  return letters.length <= LONGEST
    ? letters.join('')
    : `${letters
        .slice(0, LONGEST - 1)
        .join('')
        .trimEnd()}…`;
}

/** What the bars mean and where they are cut, one statement a line. */
export function rankingNotes(shown: SaliencyShown): string[] {
  const { result, methods } = shown;
  const { full, estimateSigned } = rankingData(shown, 'text');
  const scores = leading(shown);
  const [first] = methods;
  const longest = Math.max(0, ...scores.map((score) => Math.abs(score ?? 0)));
  const cut = scores.filter((score) => Math.abs(score ?? 0) > full.known * 1.001).length;
  const estimated = result.units.some((_, unit) => estimateOf(shown, unit) !== null);
  const bare = result.units.filter((_, unit) => isBare(shown, unit)).length;
  return [
    t('to the right: supports the target; to the left, hatched: works against it'),
    ...(first ? [scoreNote(first.method, result.operator)] : []),
    ...(cut > 0
      ? [
          t(
            'bars end at {0}, so that the others can be seen; {1} are longer and have a stroke at the end, up to {2}',
            domain(full.known),
            cut,
            domain(longest),
          ),
        ]
      : []),
    ...(bare > 0 ? [t('{0} with line breaks alone are in the table, not here', bare)] : []),
    ...(estimated
      ? [
          estimateSigned
            ? t('hollow, with the word “estimate”: to first order, from one pass, on a scale of its own')
            : t('hollow, with the word “estimate”: share of attention, without a direction, on a scale of its own'),
        ]
      : []),
  ];
}

function scoreNote(method: SaliencyMethod, operator: Operator): string {
  const name = midSentence(methodName(method, operator));
  return method === 'occlusion'
    ? t('score: {0}, in nats; rank 1 supports the target most', name)
    : t('score: {0}; rank 1 supports the target most', name);
}

export function rankedSpoken(shown: SaliencyShown, unit: number): string {
  const estimate = estimateOf(shown, unit);
  if (estimate === null) return unitSpoken(shown, unit);
  const { prompt, result } = shown;
  return inList([unitText(prompt, result.units[unit]).trim(), t('estimate {0}', signed(estimate))]);
}
