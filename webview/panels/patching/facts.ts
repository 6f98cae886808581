/**
 * Facts that the Patching tab derives from a result: how the positions pair up, where the map begins, which places carry the
 * difference. Pure, without elements.
 */
import type { AlignedStretch, PatchingData, PatchMap } from '../../../src/analysis/patching/contract';
import type { Prompt } from '../../../src/protocol/model';
import { isPiece, joined, readable } from '../../../src/protocol/pieces';
import { visible } from '../../base/format';

/** A place "carries" the difference from this share on: half of it. */
export const HALF = 0.5;

export interface PatchFacts {
  data: PatchingData;
  map: PatchMap;
  /** The number of positions in the map. */
  tokens: number;
  blocks: number;
  heads: number;
  /** The first position at which the prompts differ; earlier ones cannot carry the difference. */
  start: number;
  /** [tokens] this prompt's token, and the second prompt's if it differs. */
  names: { first: string; second: string | null }[];
}

/** Null if the lengths differ. */
export function patchFacts(data: PatchingData): PatchFacts | null {
  const { map, from } = data.result;
  if (!map) return null;
  const tokens = map.residual[0].length;
  const names = Array.from({ length: tokens }, (_, position) => {
    const [mine, theirs] = [data.prompt.tokens[position], from.tokens[position]];
    return { first: visible(readable(mine)), second: mine.id === theirs.id ? null : visible(readable(theirs)) };
  });
  const start = Math.max(
    0,
    names.findIndex(({ second }) => second !== null),
  );
  return { data, map, tokens, blocks: map.heads.length, heads: map.heads[0]?.length ?? 0, start, names };
}

/** Rows [from, to] in which one position carries at least half of the difference; row 0 = embeddings, row l = after block l. */
export interface Carrier {
  position: number;
  from: number;
  to: number;
}

/** Carriers in the order of the rows, from the embeddings on; null while a number is missing. */
export function carriers(residual: readonly (readonly (number | null)[])[]): Carrier[] | null {
  const runs: Carrier[] = [];
  for (const [row, shares] of residual.entries()) {
    if (shares.includes(null)) return null;
    const known = shares as number[];
    const position = known.indexOf(Math.max(...known));
    if (known[position] < HALF) continue;
    const last = runs.at(-1);
    if (last?.position === position && last.to === row - 1) last.to = row;
    else runs.push({ position, from: row, to: row });
  }
  return runs;
}

export interface BestPosition {
  position: number;
  /** The strongest share and the row it stands in. */
  share: number;
  row: number;
  /** The rows in which it carries half: the first and the last of them; null for none. */
  half: [from: number, to: number] | null;
}

/** Positions by their strongest share, without those that reach `least` in no row; values not known yet count as 0. */
export function bestPositions(
  residual: readonly (readonly (number | null)[])[],
  most: number,
  least: number,
): BestPosition[] {
  const best = (residual[0] ?? []).map((_, position): BestPosition => {
    const shares = residual.map((row) => row[position] ?? 0);
    const row = strongest(shares);
    const carrying = shares.flatMap((share, at) => (share >= HALF ? [at] : []));
    const half: BestPosition['half'] = carrying.length > 0 ? [carrying[0], carrying[carrying.length - 1]] : null;
    return { position, share: shares[row], row, half };
  });
  return best
    .filter(({ share }) => Math.abs(share) >= least)
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, most);
}

function strongest(shares: readonly number[]): number {
  return shares.reduce((best, share, row) => (Math.abs(share) > Math.abs(shares[best]) ? row : best), 0);
}

/** Exact values where they are known, otherwise previews. */
export function bestValues(
  exact: readonly (readonly (number | null)[])[],
  preview: readonly (readonly number[])[] | null,
): (number | null)[][] {
  return exact.map((row, i) => row.map((share, j) => share ?? preview?.[i][j] ?? null));
}

export interface BestHead {
  layer: number;
  head: number;
  share: number;
}

/** The heads whose output alone moves the target most, in either direction. */
export function bestHeads(heads: readonly (readonly (number | null)[])[], most: number): BestHead[] {
  return heads
    .flatMap((row, layer) => row.flatMap((share, head) => (share === null ? [] : [{ layer, head, share }])))
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, most);
}

/** The target's value in nats with that one place patched. */
export function patchedValue({ value, second }: Pick<PatchMap, 'value' | 'second'>, share: number): number {
  return value + share * (second - value);
}

/** Stretches of different token counts, which prevent a map. */
export function unequal(stretches: readonly AlignedStretch[]): AlignedStretch[] {
  return stretches.filter(({ same, first, second }) => !same && first[1] - first[0] !== second[1] - second[0]);
}

/** A stretch's text in lists: `·dull·and`. */
export function stretchText(prompt: Prompt, [start, end]: readonly [number, number]): string {
  const tokens = prompt.tokens.slice(start, end);
  // Pieces of one character are told as the character.
  return tokens.some(isPiece) ? visible(joined(tokens)) : tokens.map((token) => visible(token.text)).join('');
}

/** The difference between two lists of tokens: the parts between their common beginning and their common end. */
export function difference<T extends { id: number }>(
  first: readonly T[],
  second: readonly T[],
): { first: T[]; second: T[] } {
  const shorter = Math.min(first.length, second.length);
  let start = 0;
  while (start < shorter && first[start].id === second[start].id) start++;
  let end = 0;
  while (end < shorter - start && first.at(-1 - end)?.id === second.at(-1 - end)?.id) end++;
  return { first: first.slice(start, first.length - end), second: second.slice(start, second.length - end) };
}
