/** The saliency tab as rows (units, curves, correlations) and as one picture with its legends. */
import type { TableTwin } from '../../base/a11y';
import { t } from '../../base/strings';
import { legendDrawing } from '../../charts/saliency/legend';
import { rankOf } from '../../charts/saliency/scores';
import { type DrawingPart, svgDocument } from '../../charts/shared/svgDocument';
import { FEWEST } from './agreementSection';
import { NO_SCORE } from './card';
import { deletionData, verdictNotes } from './judgeSection';
import { legendItems, legendNotes } from './legend';
import { estimateOf, findingWords, rankingNotes } from './rankingSection';
import { orderedUnits, type SaliencyShown } from './shown';
import { methodName, targetFormula, unitsName, unitText } from './words';

/** Every unit with its score and rank under every method, in the order of the text; a dash if there is no score and will be none. */
export function unitsTable(shown: SaliencyShown): TableTwin {
  const { prompt, result, methods, lanes } = shown;
  const estimated = result.units.some((_, unit) => estimateOf(shown, unit) !== null);
  const names = methods.map(({ method, completeness }) => {
    const name = methodName(method, result.operator);
    return completeness?.reliable === false ? t('{0} (not reliable)', name) : name;
  });
  return {
    caption: t('Scores of {0} {1}: {2}', result.units.length, unitsName(result.by), targetFormula(result.target)),
    columns: [
      ...[t('first token'), t('last token'), t('text')],
      ...names.flatMap((name) => [name, t('{0}, rank', name)]),
      ...(estimated ? [t('estimate')] : []),
    ],
    rows: result.units.map((each, unit) => [
      each.tokens[0] + 1,
      each.tokens[1],
      unitText(prompt, each),
      ...lanes.flatMap(({ scores, unscored, unreliable }) => {
        if (unscored.has(unit)) return [NO_SCORE, NO_SCORE];
        return [scores[unit] ?? null, unreliable ? NO_SCORE : rankOf(scores, unit)];
      }),
      ...(estimated ? [estimateOf(shown, unit)] : []),
    ]),
  };
}

/** One row for each share of the units taken away. */
export function curvesTable(shown: SaliencyShown): TableTwin | null {
  const data = deletionData(shown);
  if (!data) return null;
  const names = data.curves.map(({ label }) => label);
  return {
    caption: t('Target after taking {0} away', unitsName(shown.result.by)),
    columns: [
      t('share taken away'),
      ...names.flatMap((name) => [t('{0}, most first', name), t('{0}, least first', name)]),
      t('random orders, mean'),
      t('random orders, sd'),
    ],
    rows: data.fractions.map((fraction, step) => [
      fraction,
      ...data.curves.flatMap(({ mostFirst, leastFirst }) => [mostFirst[step] ?? null, leastFirst[step] ?? null]),
      data.random.mean[step] ?? null,
      data.random.spread[step] ?? null,
    ]),
  };
}

export function agreementTable({ readable: methods, result, agreement }: SaliencyShown): TableTwin | null {
  if (methods.length < 2 || orderedUnits(result) < FEWEST) return null;
  const names = methods.map(({ method }) => methodName(method, result.operator));
  return {
    caption: t('Rank correlation between {0} methods', methods.length),
    columns: [t('method'), ...names],
    rows: names.map((name, row) => [
      name,
      ...names.map((_, column) => (row === column ? 1 : (agreement[row]?.[column] ?? null))),
    ]),
  };
}

/**
 * Columns named as the command line's `--csv` names them; a missing score is an empty cell. A method that checks itself has two
 * more columns: at how many points, and whether it may be read.
 */
export function saliencyCsv({ result, methods }: SaliencyShown): TableTwin {
  return {
    caption: '',
    columns: [
      ...['text', 'start', 'end', 'firstPositionFrom1', 'lastPositionFrom1'],
      ...methods.flatMap(({ method, completeness }) =>
        completeness ? [method, `${method}Steps`, `${method}Reliable`] : [method],
      ),
    ],
    rows: result.units.map(({ start, end, tokens: [i, j], text }, unit) => [
      ...[text, start, end, i + 1, j],
      ...methods.flatMap(({ scores, completeness }) => {
        const score = scores[unit] ?? null;
        return completeness ? [score, completeness.steps, String(completeness.reliable)] : [score];
      }),
    ]),
  };
}

export interface PictureSources {
  text: HTMLElement;
  judge: HTMLElement;
  agreement: HTMLElement;
  bars: HTMLElement;
  ranking: HTMLElement;
}

/** The drawings on the page, each with a heading above; legends and verdict in words below. */
export function saliencySvg(shown: SaliencyShown, sources: PictureSources): string {
  const { text, judge, agreement, bars, ranking } = sources;
  const { theme, result } = shown;
  const chart = (box: HTMLElement, name: string) => box.querySelector<SVGSVGElement>(`svg.${name}`);
  const judged = chart(judge, 'deletion-curves');
  const notes = legendNotes(shown).flatMap(({ text, warning }) => (warning ? sentences(`\u26a0 ${text}`) : [text]));
  const ranked: DrawingPart[] = [
    { title: targetFormula(result.target), drawing: chart(ranking, 'unit-ranking') },
    { title: t('Legend'), drawing: legendDrawing(theme, [], [findingWords(shown), ...rankingNotes(shown)], 'ranking') },
  ];
  const staves = chart(text, 'saliency-staves');
  const parts: DrawingPart[] = [
    ...(shown.long ? ranked : []),
    { title: shown.long ? t('The scores in the text') : targetFormula(result.target), drawing: staves },
    {
      title: staves ? t('Legend') : '',
      drawing: staves && legendDrawing(theme, legendItems(shown), notes, 'export-legend'),
    },
    { title: t('Does the ranking matter?'), drawing: judged },
    {
      title: '',
      drawing:
        judged &&
        legendDrawing(
          theme,
          [],
          verdictNotes(shown).flatMap(({ text }) => sentences(text)),
          'export-verdict',
        ),
    },
    { title: t('Do the methods agree?'), drawing: chart(agreement, 'rank-agreement') },
    {
      title: t('The strongest {0}', unitsName(result.by)),
      drawing: shown.long || bars.hidden ? null : chart(bars, 'unit-bars'),
    },
  ];
  return svgDocument(theme, t('Saliency'), parts);
}

/** A picture does not wrap text, so each sentence is on a line of its own. */
function sentences(text: string): string[] {
  return text.split(/(?<=\.)\s+|(?<=。)\s*/).filter(Boolean);
}
