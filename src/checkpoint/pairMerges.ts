/**
 * Byte-pair merging of one word (Sennrich et al. 2016), by ids: the adjacent pair with the lowest rank is merged first, and among
 * equals the leftmost. A heap makes it n log n, so a line of a million spaces takes about a second; the library's own merging
 * compares texts and takes ten times as long. A property test compares the two.
 */

/** Ids and positions are packed into exact doubles: pair = left · 2^24 + right, candidate = rank · 2^28 + position. */
const pairUnit = 2 ** 24;
const candidateUnit = 2 ** 28;
const rememberedWords = 20_000;
const rememberedLength = 64;

interface Merge {
  rank: number;
  id: number;
}

/** What two adjacent tokens are merged to; undefined where they stay apart. */
export type FindMerge = (left: number, right: number) => Merge | undefined;

/** `merges` in order of rank, each "left right". A merge whose parts or result are not entries can never apply and is left out. */
function listedMerges(ids: ReadonlyMap<string, number>, merges: readonly string[]): FindMerge {
  const merged = new Map<number, Merge>();
  for (let rank = 0; rank < merges.length; rank++) {
    const gap = merges[rank].indexOf(' ', 1);
    const [left, right] = [merges[rank].slice(0, gap), merges[rank].slice(gap + 1)];
    const [leftId, rightId, id] = [ids.get(left), ids.get(right), ids.get(left + right)];
    if (leftId !== undefined && rightId !== undefined && id !== undefined)
      merged.set(leftId * pairUnit + rightId, { rank, id });
  }
  return (left, right) => merged.get(left * pairUnit + right);
}

/** SentencePiece's way: two tokens are merged to any entry that they spell, the one with the highest score first. */
export function scoredMerges(
  entries: readonly string[],
  ids: ReadonlyMap<string, number>,
  scores: readonly number[],
): FindMerge {
  const falling = [...new Set(scores)].sort((a, b) => b - a);
  const ranks = new Map(falling.map((score, rank) => [score, rank]));
  return (left, right) => {
    const id = ids.get(entries[left] + entries[right]);
    return id === undefined ? undefined : { rank: ranks.get(scores[id]) ?? falling.length, id };
  };
}

export class PairMerges {
  private readonly find: FindMerge;
  private readonly known = new Map<string, readonly number[]>();

  constructor(
    private readonly ids: ReadonlyMap<string, number>,
    merges: readonly string[] | FindMerge,
    private readonly wholeWords: boolean,
  ) {
    this.find = typeof merges === 'function' ? merges : listedMerges(ids, merges);
  }

  /** The ids of a word in the byte alphabet; a byte that is not an entry gets no id. */
  merge(word: string): readonly number[] {
    const known = this.known.get(word);
    if (known) return known;
    const whole = this.wholeWords ? this.ids.get(word) : undefined;
    const symbols = () => Array.from(word, (character) => this.ids.get(character));
    const ids = whole === undefined ? this.mergeSymbols(symbols()) : [whole];
    if (word.length <= rememberedLength) {
      if (this.known.size >= rememberedWords) this.known.clear();
      this.known.set(word, ids);
    }
    return ids;
  }

  /** The ids of a word of which each symbol is an entry already, or none; overwrites `symbols`. */
  mergeSymbols(symbols: (number | undefined)[]): number[] {
    const count = symbols.length;
    // The symbols form a doubly linked list over positions; a position that was merged away holds no symbol.
    const next = Int32Array.from({ length: count }, (_, i) => i + 1);
    const previous = Int32Array.from({ length: count }, (_, i) => i - 1);
    const heap = new CandidateHeap();
    const mergeAt = (at: number) => {
      const [left, right] = at < 0 || next[at] >= count ? [] : [symbols[at], symbols[next[at]]];
      return left === undefined || right === undefined ? undefined : this.find(left, right);
    };
    const consider = (at: number): void => {
      const merge = mergeAt(at);
      if (merge) heap.push(merge.rank * candidateUnit + at);
    };
    for (let at = 0; at < count - 1; at++) consider(at);
    for (let candidate = heap.pop(); candidate !== undefined; candidate = heap.pop()) {
      const at = candidate % candidateUnit;
      const merge = mergeAt(at);
      // An earlier merge took one of the two, so the candidate is out of date.
      if (merge?.rank !== Math.floor(candidate / candidateUnit)) continue;
      symbols[at] = merge.id;
      symbols[next[at]] = undefined;
      next[at] = next[next[at]];
      if (next[at] < count) previous[next[at]] = at;
      consider(previous[at]);
      consider(at);
    }
    return symbols.filter((id) => id !== undefined);
  }
}

/** A heap with the smallest number first. */
class CandidateHeap {
  private readonly items: number[] = [];

  push(item: number): void {
    const { items } = this;
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent] <= item) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && items[child + 1] < items[child]) child++;
      if (items[child] >= last) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return top;
  }
}
