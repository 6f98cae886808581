/**
 * Facts that the Embeddings tab derives from a result: groups, names of points, the points of a locked token, left-out tokens.
 * Pure, without elements.
 */
import type {
  EmbeddedPoint,
  EmbeddingsData,
  EmbeddingsIntent,
  EmbeddingsResult,
} from '../../../src/analysis/embeddings/contract';
import { visible } from '../../base/format';
import { mostGroups } from '../../charts/embeddings/groupMark';

export interface EmbeddingFacts {
  data: EmbeddingsData;
  points: EmbeddingsResult['points'];
  /**
   * Number of points drawn, which come first, and of points compared, which come first among them, before those shown only for
   * comparison.
   */
  drawn: number;
  compared: number;
  /** Groups by size, the largest first. */
  groups: string[];
  /** [points] index into `groups`; −1 without a group. */
  groupOf: number[];
  /** [points] short names, as they stand beside the marks. */
  names: string[];
  /** The highest layer: after the last block. */
  blocks: number;
}

export function embeddingFacts(data: EmbeddingsData): EmbeddingFacts {
  const { points, layers } = data.result;
  const drawn = points.filter(({ leftOut }) => !leftOut).length;
  const compared = points.filter(({ leftOut, beside }) => !leftOut && !beside).length;
  const sizes = new Map<string, number>();
  for (const { group, beside } of points) if (group !== null && !beside) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const groups = [...sizes].sort((a, b) => b[1] - a[1]).map(([group]) => group);
  return {
    data,
    points,
    drawn,
    compared,
    groups,
    groupOf: points.map(({ group }) => (group === null ? -1 : groups.indexOf(group))),
    names: points.map((point) => nameOf(data, point)),
    blocks: layers.at(-1)?.layer ?? 0,
  };
}

/** A row's own words; for a word, the word with its line number; otherwise the token. */
function nameOf({ plan, texts }: EmbeddingsData, { text, source, beside }: EmbeddedPoint): string {
  const token = visible(text.trim() === '' ? text : text.trim());
  if (beside || texts.length === 1) return token;
  if (plan.at === 'last') return texts[source]?.label ?? token;
  return plan.at === 'pattern' ? `${token} ${source + 1}` : token;
}

/** The points that belong to a token of the file. */
export function pointsAtToken({ data }: EmbeddingFacts, token: number | null): number[] {
  return token === null ? [] : data.places.flatMap((place, index) => (place === token ? [index] : []));
}

/** A third of the way up by default: contexts have had their effect there, but the next word does not dominate yet. */
export function shownLayer({ layer }: Pick<EmbeddingsIntent, 'layer'>, blocks: number): number {
  return Math.min(layer ?? Math.round(blocks / 3), blocks);
}

/** Every third layer out of thirty, and so on; every sixth where there is little room. */
export function stripLayers(blocks: number, narrow: boolean): number[] {
  const step = Math.max(1, Math.ceil(blocks / 10)) * (narrow ? 2 : 1);
  return Array.from({ length: blocks + 1 }, (_, layer) => layer).filter((layer) => layer % step === 0);
}

/** The points left out, grouped by text: the number of first tokens, then each other token with its count. */
export function leftOut({ points }: EmbeddingFacts): { first: number; others: { text: string; count: number }[] } {
  const out = points.filter((point) => point.leftOut);
  const counts = new Map<string, number>();
  for (const { position, text } of out) if (position > 0) counts.set(text, (counts.get(text) ?? 0) + 1);
  return {
    first: out.filter(({ position }) => position === 0).length,
    others: [...counts].map(([text, count]) => ({ text: visible(text), count })),
  };
}

/** Mean number of tokens up to the point for each group: groups that differ in it may separate for that reason alone. */
export function meanTokens({ points, groups, groupOf, compared }: EmbeddingFacts): { group: string; tokens: number }[] {
  return groups.map((group, index) => {
    const own = points.filter((_, point) => point < compared && groupOf[point] === index);
    return { group, tokens: own.reduce((sum, { position }) => sum + position + 1, 0) / (own.length || 1) };
  });
}

/** The order for pictures of pairs: group by group. */
export function byGroup({ compared, groupOf, groups }: EmbeddingFacts): number[] {
  const rank = (point: number) => (groupOf[point] < 0 ? groups.length : groupOf[point]);
  return Array.from({ length: compared }, (_, point) => point).sort((a, b) => rank(a) - rank(b) || a - b);
}

/** The lower end of a cosine ramp: the smallest available value, rounded down to a tenth. */
export function rampStart(values: readonly number[]): number {
  const least = Math.min(...values, 0.9);
  return Math.max(-1, Math.floor(least * 10) / 10);
}

/** The name of the next group made by hand: A, B, … */
export function nextGroupName(marks: EmbeddingsIntent['marks']): string {
  const taken = new Set(marks.map(({ group }) => group));
  for (let code = 65; code < 91; code++) if (!taken.has(String.fromCharCode(code))) return String.fromCharCode(code);
  return String(taken.size + 1);
}

/** The number of groups beyond those that have a look of their own. */
export function unnamedGroups({ groups }: EmbeddingFacts): number {
  return Math.max(0, groups.length - mostGroups);
}
