/**
 * Hidden states of chosen tokens of many texts, the basis of embeddings, probes and the lie detector. The common beginning of all texts is
 * run once and its past shared; the rest runs in batches of similar lengths, padded at the end, where causal attention cannot see the
 * padding.
 */
import type { Model, PastState } from './model';
import { chunkTokens, commonPrefix, prefill } from './prefix';

export interface ReadText {
  /** At least one token. */
  ids: readonly number[];
  /** Positions whose states are read, 0 … T − 1; at least one. */
  positions: readonly number[];
  /** The beginning of the part whose mean log-probability is wanted, 1 … T − 1; null = not wanted. */
  scoredFrom?: number | null;
}

export interface StatesOptions {
  /** 0 … L. */
  layers: readonly number[];
  /** Returns one point for each text: the mean over its positions. */
  mean?: boolean;
  /** Among the layers that are read, those whose states of each text's last position are returned as well. */
  ends?: readonly number[];
  signal?: AbortSignal;
  /** The number of texts read and to read. */
  onProgress?: (done: number, total: number) => void;
}

export interface States {
  /** Layer → [N, D], points in the order of the texts and, unless they are means, of their positions. */
  layers: ReadonlyMap<number, Float32Array>;
  /** Layer → [N, D], one point for each text. */
  ends: ReadonlyMap<number, Float32Array>;
  /** For each text, the mean of log p(ids[t] | ids[0, t)) over t ≥ scoredFrom, in nats; null where it was not wanted. */
  logprob: (number | null)[];
}

/** Tokens of one batch; the products become no faster with more. */
const batchTokens = 384;

/** Rejects with `cancelled` between passes. */
export async function readStates(
  model: Model,
  texts: readonly ReadText[],
  { layers, mean = false, ends = [], signal, onProgress }: StatesOptions,
): Promise<States> {
  const { width } = model.info;
  const firstPoint: number[] = [];
  let points = 0;
  for (const { positions } of texts) {
    firstPoint.push(points);
    points += mean ? 1 : positions.length;
  }
  const out = new Map(layers.map((layer) => [layer, new Float32Array(points * width)]));
  const last = new Map(ends.map((layer) => [layer, new Float32Array(texts.length * width)]));
  const logprob: (number | null)[] = texts.map(() => null);
  const shared = sharedPrefix(texts);
  const past = shared > 0 ? await prefill(model, null, texts[0].ids, shared, { signal }) : null;
  let done = 0;
  for (const batch of batches(texts, shared)) {
    const sums = new Array<number>(batch.length).fill(0);
    const members = batch.map((index) => texts[index]);
    await runBatch(model, members, { start: shared, past, layers, signal }, (piece) => {
      for (const [layer, states] of piece.hidden) {
        const target = out.get(layer);
        members.forEach(({ positions }, b) => {
          positions.forEach((position, place) => {
            if (position < piece.from || position >= piece.to) return;
            const row = b * (piece.to - piece.from) + position - piece.from;
            const state = states.subarray(row * width, (row + 1) * width);
            const point = (firstPoint[batch[b]] + (mean ? 0 : place)) * width;
            const share = mean ? 1 / positions.length : 1;
            for (let d = 0; target && d < width; d++) target[point + d] += share * state[d];
            if (place === positions.length - 1) last.get(layer)?.set(state, batch[b] * width);
          });
        });
      }
      for (const { member, value } of piece.logprob) sums[member] += value;
    });
    members.forEach(({ ids, scoredFrom }, b) => {
      if (scoredFrom) logprob[batch[b]] = sums[b] / (ids.length - scoredFrom);
    });
    done += batch.length;
    onProgress?.(done, texts.length);
  }
  return { layers: out, ends: last, logprob };
}

/** The number of tokens that all texts begin with and that are not asked about; each text keeps at least one to run. */
function sharedPrefix(texts: readonly ReadText[]): number {
  if (texts.length < 2) return 0;
  const [first] = texts;
  return texts.reduce((shared, { ids, positions, scoredFrom }) => {
    // The state before the first scored token predicts that token.
    const asked = Math.min(ids.length - 1, ...positions, scoredFrom ? scoredFrom - 1 : Number.POSITIVE_INFINITY);
    return Math.min(shared, asked, commonPrefix(first.ids, ids));
  }, first.ids.length);
}

/** Indices of texts that run together: texts of similar length, as many as fit into `batchTokens` once padded. */
function batches(texts: readonly ReadText[], shared: number): number[][] {
  const order = texts.map((_, index) => index).sort((a, b) => texts[a].ids.length - texts[b].ids.length);
  const result: number[][] = [];
  for (const index of order) {
    const last = result.at(-1);
    const length = texts[index].ids.length - shared;
    if (last && (last.length + 1) * length <= batchTokens) last.push(index);
    else result.push([index]);
  }
  return result;
}

interface Piece {
  /** Positions [from, to) of every member of the batch. */
  from: number;
  to: number;
  /** [B, to − from, D] each. */
  hidden: ReadonlyMap<number, Float32Array>;
  /** The log-probability of one member's token. */
  logprob: { member: number; value: number }[];
}

interface BatchRun {
  start: number;
  past: PastState | null;
  layers: readonly number[];
  signal: AbortSignal | undefined;
}

async function runBatch(
  model: Model,
  members: readonly ReadText[],
  { start, past: before, layers, signal }: BatchRun,
  onPiece: (piece: Piece) => void,
): Promise<void> {
  const length = Math.max(...members.map(({ ids }) => ids.length));
  const padded = members.map(({ ids }) => [...ids, ...new Array<number>(length - ids.length).fill(ids[0])]);
  const step = Math.max(1, Math.floor(batchTokens / members.length), members.length === 1 ? chunkTokens : 1);
  let past = before;
  for (let from = start; from < length; from += step) {
    const to = Math.min(length, from + step);
    const wanted = members.flatMap(({ ids, scoredFrom }, member) => {
      if (!scoredFrom) return [];
      const first = Math.max(from, scoredFrom - 1);
      const count = Math.max(0, Math.min(to, ids.length - 1) - first);
      return Array.from({ length: count }, (_, place) => ({ member, position: first + place }));
    });
    const rows = wanted.map(({ member, position }) => member * (to - from) + position - from);
    const result = await model.run(
      {
        ids: padded.map((ids) => ids.slice(from, to)),
        past,
        ...(rows.length > 0
          ? { rows, targets: wanted.map(({ member, position }) => padded[member][position + 1]) }
          : { rows: [0] }),
        want: { hidden: layers, past: to < length },
      },
      signal,
    );
    const logprob = wanted.map(({ member }, index) => ({ member, value: result.logprob[index] }));
    onPiece({ from, to, hidden: result.hidden, logprob });
    past = result.past;
  }
}
