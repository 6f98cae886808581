/**
 * The target's log-probability for many variants of one prompt, on which occlusion, deletion curves, head knock-out and patching are built.
 * Attention is causal, so a variant runs only from its first changed position, on the unchanged prefix's past (batch 1, shared). Variants
 * of equal length that begin near each other are one batch; the grouping never changes the numbers by more than 1e-4.
 */
import type { Range } from '../../protocol/model';
import type { Model, Pass, PastState } from './model';
import { type KnownPast, type OnTokens, prefill, shortened } from './prefix';
import type { Target, TargetSide } from './target';

export interface Variant {
  /** [N] the prompt's tokens as changed; the target follows them. */
  ids: readonly number[];
  /** [N] Their positions, ascending; default: 0 … N − 1. Places everywhere below count within `ids`. */
  positions?: readonly number[];
  /** Everything before this place is unchanged, 0 … N − 1. */
  start: number;
  /** Places [i, j) that no place outside them may attend to, in any block and head; disjoint. */
  closed?: readonly Range[];
  /** [L, H] factors on the heads' outputs. */
  headScale?: Float32Array;
  /** Added to the residual stream entering block `layer` at `position` ≥ start. */
  patch?: { layer: number; position: number; delta: Float32Array };
  /** Added to one head's output at every position of `ids`, [N, C]; zeros before `start`. */
  headPatch?: { layer: number; head: number; delta: Float32Array };
}

export interface ScoringOptions {
  known?: KnownPast | null;
  signal?: AbortSignal;
  /** Receives the values of some variants as soon as they are known; `indices` are into the given list. */
  onValues?: (indices: readonly number[], values: readonly number[]) => void;
  /** The number of tokens run and to run. */
  onProgress?: OnTokens;
  /** The most variants in one pass. */
  batch?: number;
  /**
   * Floats of attention scores [B, H, T, S] that a block may hold; where they do not suffice, batches are smaller and their passes shorter.
   */
  scoreFloats?: number;
}

/** Tokens of all variants in one pass; the products become no faster with more. */
const passTokens = 384;
/** Tokens of one long variant in one pass: twice as many would take a quarter of a gigabyte more. */
const longestPass = 512;
/** 10 MB, which a block holds a few times over: for a text of 1,000 tokens, the bundled model takes 270 in one pass. */
const scoreBudget = 2.5e6;
/** The fixed cost of a pass, in tokens: the time to read the weights from memory. */
const passOverhead = 16;
/** Added to the score of a key that must not be attended to: e^−1e9 is exactly 0. */
const forbidden = -1e9;

/**
 * The target's value for each variant, natural logarithm. Groups that begin last are run first, because they are the quickest. Rejects with
 * `cancelled` between passes.
 */
export async function scoreVariants(
  model: Model,
  target: Target,
  variants: readonly Variant[],
  { known, signal, onValues, onProgress, batch = passTokens, scoreFloats = scoreBudget }: ScoringOptions = {},
): Promise<number[]> {
  const limits: Limits = { batch, pairs: scoreFloats / model.info.heads };
  const values: number[] = [];
  const groups = groupVariants(variants, limits);
  const unchanged = target.sides[0].input.slice(0, target.before);
  const reach = Math.max(0, ...groups.map(({ start }) => start));
  const past = await prefill(model, known, unchanged, reach, { signal });
  const total = groups.reduce((sum, group) => sum + tokensOf(group), 0);
  let done = 0;
  for (const group of groups) {
    const members = group.indices.map((index) => variants[index]);
    const prefix = past && shortened(model, past, group.start);
    const sums = new Array<number>(members.length).fill(0);
    for (const sides of runsOf(target)) {
      const run = { start: group.start, prefix, sides, pairs: limits.pairs, signal };
      (await scoreSides(model, members, run)).forEach((value, place) => {
        sums[place] += value;
      });
    }
    group.indices.forEach((index, place) => {
      values[index] = sums[place];
    });
    done += tokensOf(group);
    onValues?.(group.indices, sums);
    onProgress?.(done, total);
  }
  return values;
}

interface Group {
  indices: number[];
  start: number;
  length: number;
}

interface Limits {
  /** The most variants in one pass. */
  batch: number;
  /** The most query-key pairs over all variants of a pass. */
  pairs: number;
}

/** The approximate cost of one run of these variants, in tokens. */
export const costOf = (variants: readonly Variant[]): number =>
  variants.reduce((sum, { ids, start }) => sum + ids.length - start, 0);

/** The groups of sides that share a run: sides that differ only in their last token, such as two answers of one token. */
export function runsOf({ sides }: Target): TargetSide[][] {
  const byInput = new Map<string, TargetSide[]>();
  for (const side of sides) {
    const input = side.targets.slice(0, -1).join();
    byInput.set(input, [...(byInput.get(input) ?? []), side]);
  }
  return [...byInput.values()];
}

const tokensOf = ({ indices, start, length }: Group): number => indices.length * (length - start);

/** Groups variants by length, then cuts where the additional tokens cost more than the passes saved. */
function groupVariants(variants: readonly Variant[], limits: Limits): Group[] {
  const byLength = new Map<number, number[]>();
  variants.forEach(({ ids }, index) => {
    const same = byLength.get(ids.length);
    if (same) same.push(index);
    else byLength.set(ids.length, [index]);
  });
  const groups: Group[] = [];
  for (const [length, indices] of byLength) {
    indices.sort((a, b) => variants[b].start - variants[a].start || a - b);
    const starts = indices.map((index) => variants[index].start);
    for (const [from, to] of cheapestCuts(starts, length, limits)) {
      groups.push({ indices: indices.slice(from, to), start: starts[to - 1], length });
    }
  }
  return groups.sort((a, b) => b.start - a.start);
}

/**
 * Consecutive batches [from, to) of variants, `starts` descending, that cost least in all: a batch of B beginning at its
 * earliest start s costs B · (length − s) tokens and one pass. best[n] is the least cost of the first n.
 */
function cheapestCuts(starts: readonly number[], length: number, { batch, pairs }: Limits): Range[] {
  const best = [0];
  const cut = [0];
  for (let n = 1; n <= starts.length; n++) {
    best[n] = Number.POSITIVE_INFINITY;
    const tokens = length - starts[n - 1];
    const affordable = Math.min(batch, passTokens / tokens, pairs / (tokens * length));
    for (let size = 1; size <= n && (size === 1 || size <= affordable); size++) {
      const cost = best[n - size] + passOverhead + size * tokens;
      if (cost >= best[n]) continue;
      best[n] = cost;
      cut[n] = n - size;
    }
  }
  const cuts: Range[] = [];
  for (let end = starts.length; end > 0; end = cut[end]) cuts.unshift([cut[end], end]);
  return cuts;
}

interface SidesRun {
  start: number;
  /** The past of [0, start). */
  prefix: PastState | null;
  /** The sides that share one input. */
  sides: readonly TargetSide[];
  pairs: number;
  signal: AbortSignal | undefined;
}

/** The sum of the sides' weighted log-probabilities after each variant (all of one length). */
async function scoreSides(
  model: Model,
  variants: readonly Variant[],
  { start, prefix, sides, pairs, signal }: SidesRun,
): Promise<number[]> {
  const given = sides[0].targets.slice(0, -1);
  const sequences = variants.map(({ ids }) => [...ids, ...given]);
  const places = placesOf(variants, given.length);
  const length = sequences[0].length;
  const firstRow = variants[0].ids.length - 1;
  const most = Math.max(1, Math.min(longestPass, Math.floor(pairs / (variants.length * length))));
  // With passes of equal length, the largest pass needs the least memory.
  const step = Math.ceil((length - start) / Math.ceil((length - start) / most));
  let past = prefix;
  for (let from = start; ; ) {
    // All rows are read in the last pass.
    const to = length - from <= step ? length : Math.min(from + step, firstRow);
    const last = to === length || to <= from;
    const end = last ? length : to;
    const count = end - from;
    const rowsOf = (b: number) =>
      Array.from({ length: given.length + 1 }, (_, row) => b * count + firstRow - from + row);
    const pass: Pass = {
      ids: sequences.map((ids) => ids.slice(from, end)),
      positions: places?.map((positions) => positions.slice(from, end)),
      past,
      mask: maskOf(variants, from, end),
      headScale: headScales(variants, model.info.layers, model.info.heads),
      patches: patchesOf(variants, from, end),
      headPatches: headPatchesOf(variants, from, end),
      ...(last
        ? {
            rows: variants.flatMap((_, b) => sides.flatMap(() => rowsOf(b))),
            targets: variants.flatMap(() => sides.flatMap(({ targets }) => targets)),
          }
        : { rows: [0], want: { past: true } }),
    };
    const result = await model.run(pass, signal);
    if (last) return weighed(result.logprob, variants.length, sides);
    past = result.past;
    from = end;
  }
}

/** [B][N + given] The position of each token, with the target's tokens after the prompt's; undefined where all are consecutive. */
function placesOf(variants: readonly Variant[], given: number): number[][] | undefined {
  if (variants.every(({ positions }) => !positions)) return undefined;
  return variants.map(({ ids, positions = [...ids.keys()] }) => {
    const next = positions[ids.length - 1] + 1;
    return [...positions, ...Array.from({ length: given }, (_, k) => next + k)];
  });
}

/** `logprobs` [B, sides, n] → [B]. */
function weighed(logprobs: Float32Array, count: number, sides: readonly TargetSide[]): number[] {
  const n = sides[0].targets.length;
  return Array.from({ length: count }, (_, b) =>
    sides.reduce((sum, { weight }, side) => {
      const first = (b * sides.length + side) * n;
      return sum + weight * sumOf(logprobs.subarray(first, first + n));
    }, 0),
  );
}

const sumOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);

/** [B, 1, T, S], or [1, 1, T, S] where no variant closes anything: queries [from, end) on keys [0, end). */
function maskOf(variants: readonly Variant[], from: number, end: number): Pass['mask'] {
  const alike = variants.every(({ closed }) => !closed?.length);
  const masks = alike ? [[]] : variants.map(({ closed = [] }) => closed);
  const queries = end - from;
  const data = new Float32Array(masks.length * queries * end);
  masks.forEach((closed, variant) => {
    for (let query = from; query < end; query++) {
      const row = (variant * queries + query - from) * end;
      data.fill(forbidden, row + query + 1, row + end);
      for (const [i, j] of closed) {
        const inside = query >= i && query < j;
        if (!inside) data.fill(forbidden, row + i, row + Math.min(j, end));
      }
    }
  });
  return { data, shape: [masks.length, 1, queries, end] };
}

/** [L, B, H]; undefined where no variant has factors. */
function headScales(variants: readonly Variant[], layers: number, heads: number): Float32Array | undefined {
  if (variants.every(({ headScale }) => !headScale)) return undefined;
  const scales = new Float32Array(layers * variants.length * heads).fill(1);
  variants.forEach(({ headScale }, b) => {
    if (!headScale) return;
    for (let layer = 0; layer < layers; layer++) {
      const row = headScale.subarray(layer * heads, (layer + 1) * heads);
      scales.set(row, (layer * variants.length + b) * heads);
    }
  });
  return scales;
}

function patchesOf(variants: readonly Variant[], from: number, end: number): Pass['patches'] {
  return variants.flatMap(({ patch }, batch) => {
    if (!patch || patch.position < from || patch.position >= end) return [];
    return [{ layer: patch.layer, batch, position: patch.position - from, delta: patch.delta }];
  });
}

function headPatchesOf(variants: readonly Variant[], from: number, end: number): Pass['headPatches'] {
  return variants.flatMap(({ ids, headPatch }, batch) => {
    if (!headPatch) return [];
    const { layer, head, delta } = headPatch;
    const channels = delta.length / ids.length;
    const part = delta.subarray(from * channels, end * channels);
    if (end <= ids.length) return [{ layer, head, batch, delta: part }];
    // The target's own tokens follow the prompt and receive no patch.
    const padded = new Float32Array((end - from) * channels);
    padded.set(part);
    return [{ layer, head, batch, delta: padded }];
  });
}
