/**
 * The parts of one row of the saliency text: characters on their grid, lanes of bars, tints with a direction mark, rules. Drawing
 * only.
 */
import { interpolateLab } from 'd3';
import type { StandIn } from '../../../src/analysis/saliency/contract';
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { labelWidth, type Piece, type Stave, type UnitStretch } from './layout';
import { dashMark, scoreBar, unknownMark } from './parts';
import { type Lane, share } from './scores';

/** Sizes in px. */
export interface StaveGround {
  /** Space left of the text, for the names of the lanes. */
  gutter: number;
  /** Width of a half-width character. */
  cell: number;
  /** Heights of a row with the gap under it, and of a row without a unit, which has no lanes. */
  height: number;
  bare: number;
  gap: number;
  baseline: number;
  /** Top and bottom of the characters' box. */
  box: [number, number];
}

export interface StaveLook {
  theme: Theme;
  hatch: string;
  /** Pattern over a lane that must not be read. */
  unreadable: string;
  coarse: readonly StandIn[];
  /** [U] index into `coarse`. */
  holders: readonly (number | null)[];
  /** True if the text has changed since: its words are dim, its marks pale. */
  stale: boolean;
  /** The unit set in bold. */
  best: number | null;
}

const LANE = 19;
const LANES_TOP = 22;
const FONT = 13;

/** Advance width of a character of the token font at 13 px. */
function advance(theme: Theme): number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return FONT * 0.6;
  context.font = `${FONT}px ${theme.fonts.token}`;
  const width = context.measureText('0').width;
  return width > 0 ? width : FONT * 0.6;
}

export function staveMetrics(
  options: { theme: Theme; style: 'bars' | 'heat' | 'underline' },
  lanes: readonly Lane[],
): StaveGround {
  const cell = advance(options.theme);
  if (options.style === 'heat') return { gutter: 2, cell, height: 38, bare: 30, gap: 4, baseline: 21, box: [7, 26] };
  if (options.style === 'underline')
    return { gutter: 2, cell, height: 32, bare: 26, gap: 6, baseline: 15, box: [1, 19] };
  const longest = Math.max(0, ...lanes.map(({ label }) => labelWidth(label, 6)));
  const height = 20 + lanes.length * LANE + 10;
  return { gutter: Math.max(40, longest + 14), cell, height, bare: 26, gap: 10, baseline: 14, box: [0, 19] };
}

/** One text element per token: plain letters share one list of places, other characters stand each on its own. */
export function textElements(row: Stave, ground: StaveGround, look: StaveLook): SVGElement[] {
  const bold = row.units.find(({ unit }) => unit === look.best);
  return row.pieces.flatMap((piece) => {
    const strong = bold !== undefined && piece.at[0] >= bold.from - 1 && piece.at[0] < bold.to;
    const plain = piece.own && !look.stale;
    const colour = plain ? look.theme.foreground : look.theme.dim;
    return pieceTexts(piece).map(({ text, at }) =>
      svgEl(
        'text',
        {
          class: piece.own ? 'mono' : 'mono dim',
          x: at.map((cell) => (ground.gutter + cell * ground.cell).toFixed(2)).join(' '),
          y: ground.baseline,
          'font-family': look.theme.fonts.token,
          'font-size': FONT,
          'font-weight': strong ? 700 : undefined,
          fill: colour,
          style: { fill: colour },
        },
        text,
      ),
    );
  });
}

/**
 * The characters of a piece without white space, which needs no drawing because every character has its own place. A list of
 * places counts UTF-16 units, and shaping joins some characters, so only plain letters are drawn together.
 */
function pieceTexts(piece: Piece): { text: string; at: number[] }[] {
  const plain = /^[\u0021-\u024f↵⇥]$/;
  const runs: { text: string; at: number[]; open: boolean }[] = [];
  piece.characters.forEach((character, i) => {
    const last = runs.at(-1);
    const joins = plain.test(character);
    if (character.trim() === '') runs.push({ text: '', at: [], open: false });
    else if (joins && last?.open) {
      last.text += character;
      last.at.push(piece.at[i]);
    } else runs.push({ text: character, at: [piece.at[i]], open: joins });
  });
  return runs.filter(({ text }) => text !== '');
}

const left = (ground: StaveGround, { from }: UnitStretch) => ground.gutter + from * ground.cell;
const wideness = (ground: StaveGround, { from, to }: UnitStretch) => Math.max(2, (to - from) * ground.cell - 1);

/** One lane per method: its name, its axis, a bar on each unit. */
export function drawLanes(row: Stave, lanes: readonly Lane[], ground: StaveGround, look: StaveLook): SVGElement[] {
  const { theme } = look;
  const right = ground.gutter + row.cells * ground.cell;
  return lanes.flatMap((lane, index) => {
    const middle = LANES_TOP + index * LANE + LANE / 2;
    const axis = Math.round(lane.signed ? middle : middle + LANE / 2 - 1);
    const full = lane.signed ? LANE / 2 - 1 : LANE - 4;
    const line = { x1: ground.gutter, x2: right, y1: axis + 0.5, y2: axis + 0.5 };
    const name = svgEl(
      'text',
      { class: 'm', fill: theme.muted, x: ground.gutter - 10, y: middle, dy: '.32em', 'text-anchor': 'end' },
      lane.label,
    );
    const rule = svgEl('line', { ...line, stroke: theme.faint, 'shape-rendering': 'crispEdges' });
    const bars = row.units.flatMap((stretch) => {
      const score = lane.scores[stretch.unit] ?? null;
      const x = left(ground, stretch);
      const width = wideness(ground, stretch);
      if (score === null)
        return lane.unscored.has(stretch.unit)
          ? [gap({ x, width, y: axis, height: 1, fill: theme.background }), dashMark(theme, x, width, axis - 5)]
          : [unknownMark(theme, x, width, axis)];
      return scoreBar(score, lane.full, { x, width, axis, full }, { theme, signed: lane.signed, hatch: look.hatch });
    });
    const standIns = lane.method === 'occlusion' ? drawStandIns(row, lane, ground, { axis, full }, look) : [];
    if (!lane.unreliable) return [name, rule, ...standIns, ...bars];
    for (const bar of bars) bar.setAttribute('opacity', PALE);
    const box = { x: ground.gutter, y: middle - LANE / 2 + 1, width: right - ground.gutter, height: LANE - 2 };
    return [name, rule, ...bars, unreadableBox(box, look)];
  });
}

/** A box over the line of a lane, where it is interrupted. */
const gap = (box: Record<string, string | number>): SVGElement =>
  svgEl('rect', { class: 'gap', ...box, 'shape-rendering': 'crispEdges' });

/** Opacity of marks that must not be read. */
const PALE = '0.35';

function unreadableBox(
  box: Record<'x' | 'y' | 'width' | 'height', number>,
  look: StaveLook,
  opacity = 0.45,
): SVGElement {
  return svgEl('rect', { class: 'unreadable', ...box, fill: `url(#${look.unreadable})`, opacity });
}

/** Outlines of the coarser units' scores over the places of scores that are not known yet. */
function drawStandIns(
  row: Stave,
  lane: Lane,
  ground: StaveGround,
  place: { axis: number; full: number },
  look: StaveLook,
): SVGElement[] {
  const stretches: (UnitStretch & { holder: number })[] = [];
  let before: number | null = null;
  for (const stretch of row.units) {
    const holder = lane.scores[stretch.unit] == null ? look.holders[stretch.unit] : null;
    const last = stretches.at(-1);
    if (holder !== null && holder === before && last) last.to = stretch.to;
    else if (holder !== null) stretches.push({ ...stretch, holder });
    before = holder;
  }
  return stretches.flatMap((stretch) => {
    const { score } = look.coarse[stretch.holder];
    const at = { x: left(ground, stretch), width: wideness(ground, stretch), ...place };
    return scoreBar(score, lane.full, at, { theme: look.theme, signed: true, hatch: look.hatch, hollow: true });
  });
}

/** Below this share of the full scale, no direction is marked. */
const LEAST_MARKED = 0.06;

/** The first method in the text itself: a tint with ▲ above or ▽ below, or a rule, solid for and dashed against. */
export function drawTinted(
  row: Stave,
  lane: Lane,
  style: 'heat' | 'underline',
  ground: StaveGround,
  look: StaveLook,
): SVGElement[] {
  const { theme } = look;
  return row.units.flatMap((stretch) => {
    const known = lane.scores[stretch.unit] ?? null;
    const holder = look.holders[stretch.unit];
    const standIn = known === null && lane.method === 'occlusion' && holder !== null ? look.coarse[holder].score : null;
    const score = known ?? standIn;
    const x = left(ground, stretch);
    const width = wideness(ground, stretch);
    if (score === null)
      return lane.unscored.has(stretch.unit)
        ? [dashMark(theme, x, width, ground.box[1] + 3)]
        : [unknownMark(theme, x, width, ground.box[1] + 1)];
    const part = share(score, lane.full).share;
    const marks =
      style === 'heat' ? tintMarks(part, x, width, lane, ground, look) : ruleMarks(part, x, width, lane, ground, look);
    if (lane.unreliable) {
      for (const mark of marks) mark.setAttribute('opacity', PALE);
      marks.push(unreadableBox({ x, y: ground.box[0], width, height: ground.box[1] - ground.box[0] }, look, 0.3));
    }
    if (standIn !== null) {
      for (const mark of marks) mark.setAttribute('opacity', '0.5');
      marks.push(unknownMark(theme, x, width, ground.box[1] + 1));
    }
    return marks;
  });
}

function tintMarks(
  part: number,
  x: number,
  width: number,
  lane: Lane,
  ground: StaveGround,
  { theme }: StaveLook,
): SVGElement[] {
  const top = lane.signed ? (part >= 0 ? theme.positiveTint : theme.negativeTint) : theme.track;
  const fill = interpolateLab(theme.background, top)(Math.abs(part));
  const [y0, y1] = ground.box;
  const marks: SVGElement[] = [svgEl('rect', { class: 'tint', x, y: y0, width, height: y1 - y0, fill })];
  if (Math.abs(part) < LEAST_MARKED || !lane.signed) return marks;
  const middle = x + Math.min(width, 400) / 2;
  // The mark grows with the score, so that it orders the words as the tint does.
  const size = 1.5 + 2.5 * Math.abs(part);
  const d =
    part > 0
      ? `M${middle - size},${y0 - 1}h${2 * size}l${-size},${-1.5 * size}z`
      : `M${middle - size},${y1 + 1}h${2 * size}l${-size},${1.5 * size}z`;
  const look = part > 0 ? { fill: theme.positive } : { fill: theme.background, stroke: theme.negative };
  marks.push(svgEl('path', { class: part > 0 ? 'mark up' : 'mark down', d, ...look }));
  return marks;
}

function ruleMarks(
  part: number,
  x: number,
  width: number,
  lane: Lane,
  ground: StaveGround,
  { theme }: StaveLook,
): SVGElement[] {
  if (Math.abs(part) < LEAST_MARKED) return [];
  const thickness = 1 + Math.round(4 * Math.abs(part));
  const y = ground.box[1] + thickness / 2;
  const against = lane.signed && part < 0;
  const stroke = lane.signed ? (against ? theme.negative : theme.positive) : theme.muted;
  const dash = against ? '4 3' : undefined;
  const line = { x1: x, x2: x + width, y1: y, y2: y, stroke, 'stroke-width': thickness, 'stroke-dasharray': dash };
  return [svgEl('line', { class: against ? 'rule down' : 'rule up', ...line })];
}
