/**
 * Ways of computing the same numbers: each reads one distribution after another of a text, and cuts the text into different passes. In
 * exact arithmetic all would agree; in floating point, a sum that is added up in another order may differ.
 */
import type { Model, PastState } from '../shared/model';
import { chunkTokens, prefill, shortened } from '../shared/prefix';

/** stepwise = as `generate` does it: token by token, on the kept past of the text before. */
export type WayName = 'stepwise' | 'withoutCache' | 'afterEdit' | 'batch';

export interface WayText {
  /** The prompt and the part of the continuation that is read. */
  ids: readonly number[];
  /** Number of prompt tokens, at least one. */
  prompt: number;
  /** The first position whose next-token distribution is wanted, prompt − 1 or later; those of all later positions are wanted too. */
  from: number;
}

/** Logits [n, V] after n consecutive positions, in order from `from` on. */
export type WayRows = AsyncGenerator<Float32Array, void, undefined>;

/**
 * Floats of attention scores [H, T, S] that a block may hold at once: 5 MB; it holds them a few times over, and the runtime keeps that
 * memory.
 */
const scoreFloats = 1.2e6;
/** The rows of a batch: one text and seven copies of it. */
export const batchRows = 8;

export const ways: Record<WayName, (model: Model, text: WayText, signal?: AbortSignal) => WayRows> = {
  stepwise,
  withoutCache,
  afterEdit,
  batch,
};

/** The number of tokens that a way runs for a text. */
export function costOf(name: WayName, { ids: { length }, from }: WayText): number {
  const rows = length - from;
  if (name === 'withoutCache') {
    const ends = Array.from({ length: Math.ceil(rows / chunkTokens) }, (_, turn) => from + (turn + 1) * chunkTokens);
    return ends.reduce((sum, end) => sum + Math.min(end, length), 0);
  }
  return name === 'batch' ? length + rows * batchRows : length;
}

/** Runs the prompt in passes of `chunkTokens`, then one pass per token; tokens that are added to `ids` in the meantime are run too. */
async function* stepwise(model: Model, { ids, from }: WayText, signal?: AbortSignal): WayRows {
  let past = await prefill(model, null, ids, from, { signal });
  const want = { past: true, logits: true };
  for (let position = from; position < ids.length; position++) {
    const result = await model.run({ ids: [[ids[position]]], past, rows: [0], want }, signal);
    past = result.past;
    yield logitsOf(result.logits);
  }
}

/** Runs the text from its beginning each time, with nothing kept; when more rows are wanted than one run reads, it starts over. */
async function* withoutCache(model: Model, { ids, from }: WayText, signal?: AbortSignal): WayRows {
  for (let first = from; first < ids.length; first += chunkTokens) {
    const text = ids.slice(0, first + chunkTokens);
    const size = Math.ceil(text.length / wholePasses(model, text.length));
    yield* inPasses(model, text, { start: 0, past: null, from: first, size, signal });
  }
}

/** The number of passes for a text of this length: one, unless its attention scores would take too much memory. */
export function wholePasses({ info: { heads } }: Pick<Model, 'info'>, length: number): number {
  return Math.ceil(length / Math.max(chunkTokens, Math.floor(scoreFloats / (heads * length))));
}

/**
 * Runs the text as a panel does after an edit in the middle of the prompt: half of the prompt is known from a text that continued
 * differently, that past is cut back to where the two agree, and everything after it is run in passes of `chunkTokens`.
 */
async function* afterEdit(model: Model, { ids, prompt, from }: WayText, signal?: AbortSignal): WayRows {
  const start = prompt >> 1;
  const longer = await prefill(model, null, ids, start === 0 ? 0 : start + 1, { signal });
  const past = longer && shortened(model, longer, start);
  yield* inPasses(model, ids, { start, past, from, size: chunkTokens, signal });
}

interface Passes {
  /** Number of positions that `past` holds. */
  start: number;
  past: PastState | null;
  /** The first position whose row is read. */
  from: number;
  /** The most tokens of one pass. */
  size: number;
  signal: AbortSignal | undefined;
}

async function* inPasses(model: Model, ids: readonly number[], { start, past, from, size, signal }: Passes): WayRows {
  for (let first = start; first < ids.length; first += size) {
    const end = Math.min(ids.length, first + size);
    const wanted = range(Math.min(end, Math.max(from, first)), end).map((position) => position - first);
    const read = wanted.length > 0;
    const rows = read ? wanted : [end - first - 1];
    const want = { past: end < ids.length, logits: read };
    const result = await model.run({ ids: [ids.slice(first, end)], past, rows, want }, signal);
    past = result.past;
    if (read) yield logitsOf(result.logits);
  }
}

/**
 * Runs the text as answers and occluded variants are computed: eight texts share the keys and values of the preceding text, which is run
 * alone, and their next tokens are one pass. Here all eight are the same text; the last one is read.
 */
async function* batch(model: Model, { ids, from }: WayText, signal?: AbortSignal): WayRows {
  const tokens = Math.floor(chunkTokens / batchRows);
  let past: PastState | null = null;
  for (let first = from; first < ids.length; first += tokens) {
    past = await prefill(model, past && { ids, past }, ids, first, { signal });
    const next = ids.slice(first, first + tokens);
    const rows = range((batchRows - 1) * next.length, batchRows * next.length);
    const inputs = Array.from({ length: batchRows }, () => next);
    const { logits } = await model.run({ ids: inputs, past, rows, want: { logits: true } }, signal);
    yield logitsOf(logits);
  }
}

function logitsOf(logits: Float32Array | null): Float32Array {
  if (!logits) throw new Error('a pass that was asked for logits gave none');
  return logits;
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, index) => start + index);
