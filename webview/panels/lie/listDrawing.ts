/** The list of statements as a drawing, for exported pictures. */
import { contradicts, type LieData } from '../../../src/analysis/truth/contract';
import { svgEl } from '../../base/dom';
import { signed } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { abstainBand, probabilityMarks, verdictMark } from '../../charts/lie/marks';
import { words } from '../../charts/shared/stepChart';
import { labelWords, probabilityText, verdictWords } from './words';

const ROW = 24;
const TRACK = 160;
const VERDICT = 84;
const LABEL = 56;
const VALUE = 40;
/** A picture with more statements would be too long to be useful. */
const MOST = 200;

export function listDrawing(data: LieData, theme: Theme, width: number): SVGSVGElement {
  const statements = data.result.statements.slice(0, MOST);
  const wide = Math.max(width, 640);
  const track = wide - LABEL - VALUE - TRACK;
  const letters = Math.floor((track - VERDICT - 16) / 6);
  const rows = statements.map((statement, i) => {
    const y = i * ROW + ROW / 2;
    const label = data.labels[i] ?? null;
    const { text, verdict, probability, score, outside } = statement;
    const short = text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
    const place = svgEl('g', { transform: `translate(${track},${i * ROW})` });
    place.append(...probabilityMarks(theme, verdict, probability, TRACK));
    const value = probability === null ? signed(score, 1) : probabilityText(probability);
    const said = label === null ? '' : `${labelWords(label)}${contradicts(verdict, label) ? ' ≠' : ''}`;
    return svgEl(
      'g',
      {},
      verdictMark(theme, verdict, 6, y),
      words(theme, verdictWords(statement), { x: 18, y, dy: '.34em', pale: false }),
      words(theme, short, { x: VERDICT, y, dy: '.34em', pale: false }),
      outside ? words(theme, t('untested: no probability'), { x: track, y, dy: '.34em' }) : place,
      words(theme, value, { x: track + TRACK + VALUE - 4, y, dy: '.34em', 'text-anchor': 'end', pale: false }),
      words(theme, said, { x: track + TRACK + VALUE + 4, y, dy: '.34em', pale: false }),
    );
  });
  const height = statements.length * ROW;
  const band = svgEl('g', { transform: `translate(${track},0)` }, abstainBand(theme, TRACK, height));
  return svgEl('svg', { width: wide, height }, band, ...rows);
}
