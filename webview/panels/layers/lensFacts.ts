/**
 * Facts about the lens in a state, without elements: the followed tokens, the token that actually follows a position, when the
 * target comes first, and the blocks in the table below. Pure.
 */

import type { LayersData } from '../../../src/analysis/logitLens/contract';
import type { PanelState } from '../../../src/analysis/panel';
import type { TargetResult } from '../../../src/analysis/shared/contract';
import type { Token } from '../../../src/protocol/model';
import { isPiece, type NamedToken, readable } from '../../../src/protocol/pieces';
import { visible } from '../../base/format';
import { glyphIndex, glyphs } from '../../base/glyphs';
import { mostLines } from '../../charts/lens/lines';
import type { LensColumns } from './lensColumns';

export interface LensFacts {
  /** Identifies the prompt, model and target that columns belong to. */
  identity: string;
  tokens: readonly Token[];
  /** Each token as lists show it; all tokens of one character have the same name. */
  names: readonly string[];
  /** L + 1. */
  rows: number;
  vocabulary: number;
  target: TargetResult;
}

export function lensFacts(data: LayersData, model: PanelState['model']): LensFacts {
  const { prompt, target, table } = data;
  const all = glyphs(prompt);
  const targetIds = [target.ids, target.contrast?.ids ?? [], target.position];
  return {
    identity: JSON.stringify([model?.sha256, prompt.tokens.map(({ id }) => id), prompt.rendered, targetIds]),
    tokens: prompt.tokens,
    names: prompt.tokens.map((_, token) => visible(all[glyphIndex(all, token)].text)),
    rows: table.cells[0]?.length ?? 1 + (model?.layers ?? 0),
    vocabulary: model?.vocabulary ?? 2,
    target,
  };
}

export type Role = 'target' | 'contrast' | 'follows' | 'pin';

export interface Line {
  id: number;
  text: string;
  role: Role;
}

/** Lines available for pins besides target, contrast and the token that actually follows. */
export const mostPins = mostLines - 3;

/**
 * Tokens whose rank is followed at `origin`: the first of the target and of its contrast, the token that actually follows (if it
 * is another), then the pins; each id once.
 */
export function followedLines(
  { target, tokens, names }: LensFacts,
  origin: number,
  pins: readonly { id: number; text: string }[],
  columns: Pick<LensColumns, 'name'>,
): Line[] {
  const first = ({ ids, ...own }: { ids: number[] } & NamedToken, role: Role): Line => ({
    id: ids[0],
    text: columns.name(ids[0]) ?? readable(own),
    role,
  });
  const next = tokens[origin + 1];
  const all: Line[] = [
    first(target, 'target'),
    ...(target.contrast ? [first(target.contrast, 'contrast')] : []),
    ...(next ? [{ id: next.id, text: isPiece(next) ? names[origin + 1] : next.text, role: 'follows' as const }] : []),
    ...pins.map(({ id, text }) => ({ id, text, role: 'pin' as const })),
  ];
  return all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
}

/** Id of the token that follows a position: the prompt's own next token, or the target's first after the last position. */
export function followingId({ tokens, target }: LensFacts, position: number): number | null {
  const next = tokens[position + 1];
  if (next) return next.id;
  return target.position === tokens.length ? (target.ids[0] ?? null) : null;
}

/**
 * The line described by the sentence below the table: the target at the position that predicts it, elsewhere the token that
 * actually follows.
 */
export function verdictLine({ target }: Pick<LensFacts, 'target'>, origin: number, lines: readonly Line[]): number {
  if (origin === target.position - 1) return 0;
  return Math.max(
    0,
    lines.findIndex(({ role }) => role === 'follows'),
  );
}

/** The pins after a token was chosen: it is added, or removed if it is pinned already. Null if there is no room. */
export function afterPinning(
  pins: readonly { id: number; text: string }[],
  token: { id: number; text: string },
): { id: number; text: string }[] | null {
  const rest = pins.filter(({ id }) => id !== token.id);
  if (rest.length < pins.length) return rest;
  return pins.length < mostPins ? [...pins, token] : null;
}

/** The first number of blocks after which the rank is 0, and the one from which it stays 0; null = never. */
export function firstPlace(ranks: readonly number[]): { first: number | null; stays: number | null } {
  const first = ranks.indexOf(0);
  let stays = ranks.length;
  while (stays > 0 && ranks[stays - 1] === 0) stays--;
  return { first: first < 0 ? null : first, stays: stays === ranks.length ? null : stays };
}

/** Numbers of blocks whose candidates are listed in the table below, closer together towards the end; `also` is among them. */
export function chosenRows(rows: number, count: number, also: number | null): number[] {
  const last = rows - 1;
  const shares = count >= 6 ? [0, 1 / 3, 2 / 3, 5 / 6, 14 / 15, 1] : [2 / 3, 5 / 6, 14 / 15, 1];
  const chosen = new Set(shares.slice(-count).map((share) => Math.round(share * last)));
  if (also !== null) chosen.add(also);
  return [...chosen].sort((a, b) => a - b);
}

/** The row of the lens for a block of the selection: row r is the stream after r blocks, the last of which is block r − 1. */
export function rowOfLayer(layer: number | null, rows: number): number | null {
  return layer === null || layer < 0 || layer + 1 >= rows ? null : layer + 1;
}

/** The row that a bracket key leads to, wrapping around at the ends but skipping row 0, which no block wrote. */
export function rowAfterKey(key: string, row: number | null, rows: number): number | null {
  const step = { ']': 1, '[': -1 }[key];
  if (!step || rows < 2) return null;
  if (row === null) return step > 0 ? 1 : rows - 1;
  return ((row - 1 + step + rows - 1) % (rows - 1)) + 1;
}

/** The position whose column is locked, else the one that predicts the target; −1 for an empty prompt. */
export function originOf({ prompt, target }: Pick<LayersData, 'prompt' | 'target'>, locked: number | null): number {
  const { length } = prompt.tokens;
  return locked !== null && locked < length ? locked : Math.min(length, Math.max(1, target.position)) - 1;
}
