/** The saliency tab as rows (units, curves, correlations) and as one picture with its legends. For table, CSV and SVG. */
import { type TableTwin, tableCsv } from '../../base/a11y';
import { t } from '../../base/strings';
import { legendDrawing } from '../../charts/saliencyLegend';
import { rankOf } from '../../charts/saliencyScores';
import { type DrawingPart, svgDocument } from '../../charts/svgDocument';
import { deletionData, verdictWords } from './judgeSection';
import { legendItems, legendNotes } from './legend';
import type { SaliencyShown } from './shown';
import { methodName, targetFormula, unitsName } from './words';

/** Every unit with its score and rank under every method, in the order of the text. */
export function unitsTable({ result, methods }: SaliencyShown): TableTwin {
  const names = methods.map(({ method }) => methodName(method, result.operator));
  return {
    caption: t('Scores of {0} {1}: {2}', result.units.length, unitsName(result.by), targetFormula(result.target)),
    columns: [t('first token'), t('last token'), t('text'), ...names.flatMap((name) => [name, t('{0}, rank', name)])],
    rows: result.units.map(({ text, tokens: [i, j] }, unit) => [
      i,
      j - 1,
      text,
      ...methods.flatMap(({ scores }) => [scores[unit] ?? null, rankOf(scores, unit)]),
    ]),
  };
}

/** One row a share of the units taken away. */
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

export function agreementTable({ methods, result, agreement }: SaliencyShown): TableTwin | null {
  if (methods.length < 2) return null;
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

/** Columns named as the command line's `--json` names them. */
export function saliencyCsv({ result, methods }: SaliencyShown): string {
  return tableCsv({
    caption: '',
    columns: ['start', 'end', 'first_token', 'end_token', 'text', ...methods.map(({ method }) => method)],
    rows: result.units.map(({ start, end, tokens: [i, j], text }, unit) => [
      start,
      end,
      i,
      j,
      text,
      ...methods.map(({ scores }) => scores[unit] ?? null),
    ]),
  });
}

export interface PictureSources {
  text: HTMLElement;
  judge: HTMLElement;
  agreement: HTMLElement;
  bars: HTMLElement;
}

/** What is drawn on the page now, a heading above each part, legends and verdict in words below. */
export function saliencySvg(shown: SaliencyShown, { text, judge, agreement, bars }: PictureSources): string {
  const { theme, result } = shown;
  const chart = (box: HTMLElement, name: string) => box.querySelector<SVGSVGElement>(`svg.${name}`);
  const judged = chart(judge, 'deletion-curves');
  const parts: DrawingPart[] = [
    { title: targetFormula(result.target), drawing: chart(text, 'saliency-staves') },
    { title: t('Legend'), drawing: legendDrawing(theme, legendItems(shown), legendNotes(shown), 'export-legend') },
    { title: t('Does the ranking matter?'), drawing: judged },
    { title: '', drawing: judged && legendDrawing(theme, [], sentences(verdictWords(shown)), 'export-verdict') },
    { title: t('Do the methods agree?'), drawing: chart(agreement, 'rank-agreement') },
    { title: t('The strongest {0}', unitsName(result.by)), drawing: bars.hidden ? null : chart(bars, 'unit-bars') },
  ];
  return svgDocument(theme, t('Saliency'), parts);
}

/** A picture does not wrap: one sentence a line. */
function sentences(text: string): string[] {
  return text.split(/(?<=\.)\s+|(?<=。)\s*/).filter(Boolean);
}
