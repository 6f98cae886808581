/**
 * The prompt as staves: running text on a grid of cells, cut into rows that fit, and the place of each unit in each row. Line
 * ends stay on the row they end; blank lines add no row. Pure.
 */

import type { Unit } from '../../../src/analysis/shared/contract';
import type { Prompt } from '../../../src/protocol/model';
import { running } from '../../base/format';
import { glyphs } from '../../base/glyphs';
import { ownText } from '../shared/tint';

/** The characters of one token (or of the tokens that share a character), drawn together. */
export interface Piece {
  text: string;
  /** Left edge of each character, in cells. */
  at: number[];
  characters: string[];
  /** The first token. */
  token: number;
  own: boolean;
}

/** A stretch of a row, in cells. */
export interface Stretch {
  from: number;
  to: number;
}

export interface UnitStretch extends Stretch {
  unit: number;
}

export interface Stave {
  pieces: Piece[];
  /** In the order of the text. */
  units: UnitStretch[];
  /** The place of each token's own characters. */
  tokens: Map<number, Stretch>;
  cells: number;
}

interface Cell {
  text: string;
  width: number;
  glyph: number;
  space: boolean;
  lineEnd: boolean;
  /** True if a row may begin here. */
  opening: boolean;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
const picture = /\p{Extended_Pictographic}/u;

/** Width of a character in cells of a half-width character. */
export function cellsOf(character: string): number {
  return wide.test(character) || picture.test(character) || (character.codePointAt(0) ?? 0) >= 0x20000 ? 2 : 1;
}

/** Estimated width of a label in px; `cell` is the width of a half-width character. */
export function labelWidth(text: string, cell: number): number {
  return [...text].reduce((sum, character) => sum + cell * cellsOf(character), 0);
}

/** Cuts the prompt into rows of at most `columns` cells (at least 8). */
export function staves(prompt: Prompt, units: readonly Unit[], columns: number): Stave[] {
  const all = glyphs(prompt);
  const own = ownText(prompt);
  const owner = unitOfToken(prompt, units);
  const rows = wrap(cellsIn(prompt), Math.max(8, columns));
  return rows.map((row) => {
    const pieces: Piece[] = [];
    const tokens = new Map<number, Stretch>();
    let x = 0;
    for (const cell of row) {
      const glyph = all[cell.glyph];
      const last = pieces.at(-1);
      if (last?.token === glyph.from) {
        last.text += cell.text;
        last.characters.push(cell.text);
        last.at.push(x);
      } else {
        const piece = { text: cell.text, characters: [cell.text], at: [x] };
        pieces.push({ ...piece, token: glyph.from, own: own(glyph) });
      }
      x += cell.width;
    }
    for (const [glyph, stretch] of ink(row)) {
      const { from, to, text } = all[glyph];
      // This is the space before a word that wrapped to the next row.
      if (stretch.bare && text.trim() !== '') continue;
      const width = (stretch.to - stretch.from) / (to - from);
      for (let token = from; token < to; token++) {
        const left = stretch.from + (token - from) * width;
        tokens.set(token, { from: left, to: left + width });
      }
    }
    return { pieces, tokens, units: unitStretches(prompt, tokens, owner), cells: x };
  });
}

function unitOfToken(prompt: Prompt, units: readonly Unit[]): (number | null)[] {
  const owner = new Array<number | null>(prompt.tokens.length).fill(null);
  for (const [unit, { tokens }] of units.entries()) owner.fill(unit, tokens[0], Math.min(tokens[1], owner.length));
  return owner;
}

function cellsIn(prompt: Prompt): Cell[] {
  const cells: Cell[] = [];
  let after: Cell | null = null;
  glyphs(prompt).forEach((glyph, index) => {
    for (const { segment } of graphemes.segment(glyph.text)) {
      const lineEnd = /^[\r\n]+$/.test(segment);
      const space = /^\s$/.test(segment);
      // A character that draws nothing is written as several, each in its own place.
      const shown = running(segment.replace('\r\n', '\n'));
      const parts = shown === segment ? [shown] : Array.from(shown);
      parts.forEach((text, part) => {
        const width = cellsOf(text);
        const opening = part === 0 && (space || width > 1 || after?.space === true || (after?.width ?? 1) > 1);
        const cell: Cell = { text, width, glyph: index, space, lineEnd, opening: opening && !lineEnd };
        cells.push(cell);
        after = cell;
      });
    }
  });
  return cells;
}

/** Breaks greedily at the last place where a row may begin, or at the edge if there is none. */
function wrap(cells: readonly Cell[], columns: number): Cell[][] {
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let width = 0;
  const close = (rest: Cell[]) => {
    if (row.length > 0) rows.push(row);
    row = rest;
    width = rest.reduce((sum, cell) => sum + cell.width, 0);
  };
  for (const cell of cells) {
    if (!cell.lineEnd && row.at(-1)?.lineEnd) close([]);
    // One space or a run of blank lines may extend past the edge.
    const past = cell.lineEnd ? 8 : cell.space ? 1 : 0;
    if (width + cell.width > columns + past) {
      const opening = cell.opening ? row.length : lastOpening(row);
      const rest = opening > 0 ? row.splice(opening) : [];
      close(rest);
    }
    row.push(cell);
    width += cell.width;
  }
  close([]);
  return rows;
}

function lastOpening(row: readonly Cell[]): number {
  let at = row.length - 1;
  while (at > 0 && !row[at].opening) at--;
  return at;
}

/** The place of each glyph of a row without the white space around it, or all of it if it is only white space. */
function ink(row: readonly Cell[]): Map<number, Stretch & { bare: boolean }> {
  const found = new Map<number, Stretch & { bare: boolean }>();
  let x = 0;
  for (const cell of row) {
    const bare = cell.space && !cell.lineEnd;
    const known = found.get(cell.glyph);
    const end = x + cell.width;
    if (!known || (known.bare && !bare)) found.set(cell.glyph, { from: x, to: end, bare });
    else if (!bare || known.bare) known.to = end;
    x = end;
  }
  return found;
}

/** Joins a unit's tokens in the row; tokens of white space alone count only if the unit has nothing else in this row. */
function unitStretches(
  prompt: Prompt,
  tokens: ReadonlyMap<number, Stretch>,
  owner: readonly (number | null)[],
): UnitStretch[] {
  const found: (UnitStretch & { bare: boolean })[] = [];
  for (const [token, { from, to }] of tokens) {
    const unit = owner[token];
    if (unit === null) continue;
    const bare = /^[ \t\r\n]*$/.test(prompt.tokens[token].text);
    const last = found.at(-1);
    if (last?.unit !== unit) found.push({ unit, from, to, bare });
    else if (last.bare && !bare) Object.assign(last, { from, to, bare });
    else if (!bare || last.bare) last.to = to;
  }
  return found.map(({ unit, from, to }) => ({ unit, from, to }));
}
