/** Cuts a changed text into entries: by pairs (SentencePiece's BPE) or by the likeliest sequence (its Unigram). */
import { PairMerges, scoredMerges } from '../pairMerges';
import { Prefixes } from './modelText';

/** Units [from, to) of the text; `id` is null for a stretch without an entry. */
export interface Segment {
  id: number | null;
  from: number;
  to: number;
}

export type Cut = (text: string) => Segment[];

export interface Vocabulary {
  entries: readonly string[];
  scores: readonly number[];
  /** Entries that a text can hold; the others are never found in it. */
  usable: (id: number) => boolean;
  /** Entries that the user defined: they are kept whole wherever they stand. */
  userDefined: ReadonlySet<number>;
}

/** `merges`: pairs in order of rank, where the scores do not say which comes first. */
export function cutByPairs({ entries, scores, usable, userDefined }: Vocabulary, merges?: readonly string[]): Cut {
  const ids = new Map<string, number>();
  entries.forEach((entry, id) => {
    if (usable(id)) ids.set(entry, id);
  });
  const find = scoredMerges(entries, ids, scores);
  const kept =
    merges ??
    ((left: number, right: number) =>
      userDefined.has(left) || userDefined.has(right) ? undefined : find(left, right));
  const pairs = new PairMerges(ids, kept, false);
  const fixed = new Prefixes([...userDefined].map((id) => entries[id]));
  return (text) => {
    const segments: Segment[] = [];
    let symbols: number[] = [];
    let places: number[] = [];
    const merge = (end: number) => {
      let next = 0;
      for (const id of pairs.mergeSymbols([...symbols])) {
        const count = id === symbols[next] ? 1 : [...entries[id]].length;
        segments.push({ id, from: places[next], to: places[next + count] ?? end });
        next += count;
      }
      [symbols, places] = [[], []];
    };
    for (let at = 0; at < text.length; ) {
      const own = fixed.longestAt(text, at) ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
      const id = ids.get(own);
      if (id === undefined) {
        merge(at);
        segments.push({ id: null, from: at, to: at + own.length });
      } else {
        symbols.push(id);
        places.push(at);
      }
      at += own.length;
    }
    merge(text.length);
    return segments;
  };
}

/** How much less likely than the least likely entry a character without an entry is. */
const unknownPenalty = 10;

/**
 * The sequence of entries with the highest sum of scores (Kudo 2018), by Viterbi from left to right. `single`: sums are rounded to single
 * precision, as in SentencePiece; the tokenizers library keeps them double.
 */
export function cutByLikelihood(vocabulary: Vocabulary, single: boolean): Cut {
  const { entries, scores, usable, userDefined } = vocabulary;
  const ids = new Map<string, number>();
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  /** The longest entry that begins with two units, so that no longer one is looked for. */
  const longest = new Map<string, number>();
  entries.forEach((entry, id) => {
    if (!usable(id) || entry === '') return;
    ids.set(entry, id);
    const head = entry.slice(0, 2);
    longest.set(head, Math.max(longest.get(head) ?? 0, entry.length));
    if (userDefined.has(id)) return;
    least = Math.min(least, scores[id]);
    most = Math.max(most, scores[id]);
  });
  const rounded = single ? Math.fround : (value: number) => value;
  const unknown = rounded((Number.isFinite(least) ? least : 0) - unknownPenalty);
  const scoreOf = (id: number) =>
    userDefined.has(id) ? rounded(Buffer.byteLength(entries[id]) * most - 0.1) : scores[id];
  return (text) => {
    const best = new Float64Array(text.length + 1);
    const from = new Int32Array(text.length + 1).fill(-1);
    const chosen = new Int32Array(text.length + 1);
    const offer = (at: number, end: number, id: number, score: number) => {
      const sum = rounded(score + best[at]);
      if (from[end] >= 0 && sum <= best[end]) return;
      best[end] = sum;
      from[end] = at;
      chosen[end] = id;
    };
    for (let at = 0; at < text.length; ) {
      const width = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      const reach = Math.min(text.length, at + Math.max(longest.get(text.slice(at, at + 2)) ?? 0, 2));
      let alone = false;
      for (let end = at + 1; end <= reach; end++) {
        const id = ids.get(text.slice(at, end));
        if (id === undefined) continue;
        offer(at, end, id, scoreOf(id));
        if (end === at + width) alone = true;
      }
      if (!alone) offer(at, at + width, -1, unknown);
      at += width;
    }
    const segments: Segment[] = [];
    for (let to = text.length; to > 0; to = from[to])
      segments.push({ id: chosen[to] < 0 ? null : chosen[to], from: from[to], to });
    return segments.reverse();
  };
}
