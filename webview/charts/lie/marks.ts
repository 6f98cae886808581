/**
 * Verdicts by shape and colour: ▲ looks true (filled), ▽ looks false (hollow), – can't tell; and a probability on 0–1 with the
 * abstain band.
 */
import { unsureBetween, type Verdict } from '../../../src/analysis/truth/contract';
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';

const GLYPH = 10;
const ROW = 24;

/** A mark centred at (x, y). */
export function verdictMark(theme: Theme, verdict: Verdict, x: number, y: number): SVGElement {
  const move = `translate(${x - GLYPH / 2},${y - GLYPH / 2})`;
  switch (verdict) {
    case 'true':
      return svgEl('path', { transform: move, d: 'M5 1L9.5 9H.5z', fill: theme.positive });
    case 'false':
      return svgEl('path', {
        ...{ transform: move, d: 'M5 8.7L1 1.6h8z' },
        ...{ fill: 'none', stroke: theme.negative, 'stroke-width': 1.4 },
      });
    case 'unsure':
      return svgEl('path', { transform: move, d: 'M1 5h8', stroke: theme.muted, 'stroke-width': 1.6 });
  }
}

export function verdictGlyph(theme: Theme, verdict: Verdict): SVGSVGElement {
  const size = { width: GLYPH, height: GLYPH, viewBox: `0 0 ${GLYPH} ${GLYPH}` };
  return svgEl('svg', { ...size, 'aria-hidden': 'true' }, verdictMark(theme, verdict, GLYPH / 2, GLYPH / 2));
}

/** The parts of one row, `width` px wide and 24 high; without a probability only the line is drawn. */
export function probabilityMarks(
  theme: Theme,
  verdict: Verdict,
  probability: number | null,
  width: number,
): SVGElement[] {
  const middle = ROW / 2;
  const ground = [svgEl('line', { x1: 0, x2: width, y1: middle, y2: middle, stroke: theme.faint })];
  if (probability === null) return ground;
  const colour = { true: theme.positive, false: theme.negative, unsure: theme.foreground }[verdict];
  const at = probability * width;
  return [
    ...ground,
    svgEl('line', {
      ...{ x1: width / 2, x2: at, y1: middle, y2: middle },
      ...{ stroke: theme.foreground, 'stroke-width': 2 },
    }),
    svgEl('line', { x1: width / 2, x2: width / 2, y1: 7, y2: 17, stroke: theme.faint }),
    svgEl('circle', {
      ...{ cx: at, cy: middle, r: 4, 'stroke-width': 1.75 },
      ...{ fill: verdict === 'true' ? colour : theme.background, stroke: colour },
    }),
  ];
}

/** The abstain band behind the rows. */
export function abstainBand(theme: Theme, width: number, height: number): SVGElement {
  const [low, high] = unsureBetween;
  return svgEl('rect', { x: low * width, y: 0, width: (high - low) * width, height, fill: theme.band });
}

export function probabilityTrack(
  theme: Theme,
  verdict: Verdict,
  probability: number | null,
  width: number,
): SVGSVGElement {
  const marks = probabilityMarks(theme, verdict, probability, width);
  return svgEl('svg', { width, height: ROW, 'aria-hidden': 'true' }, ...marks);
}
