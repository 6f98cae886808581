/**
 * The model's expectation at every position of a text.
 *
 *   logprob[t] = log p(x_t | x_<t)          rank[t] = #{v : z_v > z_{x_t}}          both from the row of position t − 1
 *   entropy[t] = −Σ_v p_v log p_v           from the row of position t (the distribution after it)
 *   perplexity = exp(−mean_{t ≥ 1} logprob[t])
 *
 * p is the full-vocabulary softmax of the raw logits. A Run keeps these per position, with the past, so that after an edit only the tokens
 * from the last one before the change are computed: that token is run again because its row had another target.
 */
import { candidateOf } from '../shared/candidate';
import type { Candidate } from '../shared/contract';
import type { Model, PassResult, PastState } from '../shared/model';
import { chunkTokens, commonPrefix, type OnTokens, shortened } from '../shared/prefix';
import type { ProbabilitiesResult } from './contract';

/** All results for a text of T ≥ 1 tokens, with K candidates per position. A run is never modified once made. */
export interface Run {
  readonly ids: readonly number[];
  readonly past: PastState;
  /** [T] natural logs and ranks of the token at t; position 0 has no meaning. */
  readonly logprob: Float32Array;
  readonly rank: Float32Array;
  /** [T] nats, of the distribution after t. */
  readonly entropy: Float32Array;
  /** [T, K] the distribution after t, best first. */
  readonly topIds: Int32Array;
  readonly topLogprob: Float32Array;
  /** K. */
  readonly top: number;
  /** Log-probability of the model's end token after the last position; null for a model without one. */
  readonly endLogprob: number | null;
  /** Number of positions taken over from the run that this one extends. */
  readonly reused: number;
}

export interface RunOptions {
  /** Candidates kept for each position. */
  top: number;
  signal?: AbortSignal;
  onProgress?: OnTokens;
  /** Receives the run of the first tokens of a long text, each time that twice as many are known. */
  onPart?: (run: Run) => void;
}

/** A pass over fewer tokens is over too soon for numbers on the way. */
const leastForParts = 1024;
const firstPart = 512;

/**
 * The run of `ids` (T ≥ 1), reusing the part of `run` that is still valid: for the same ids nothing is run, and everything is when `run`
 * kept fewer candidates than are asked for. Rejects with `cancelled` between passes; `run` stays valid.
 */
export async function extendRun(
  model: Model,
  run: Run | null,
  ids: readonly number[],
  options: RunOptions,
): Promise<Run> {
  const top = Math.min(options.top, model.info.vocabulary);
  const usable = run && run.top >= top ? run : null;
  const same = usable ? commonPrefix(usable.ids, ids) : 0;
  if (usable && same === ids.length && same === usable.ids.length) return { ...usable, reused: same };

  const start = Math.max(0, same - 1);
  const next = startRun(ids, usable ? usable.top : top);
  if (usable) copyRows(next, usable, start, same);
  let past = usable ? shortened(model, usable.past, start) : null;
  let part = ids.length - start > leastForParts ? start + firstPart : Number.POSITIVE_INFINITY;
  for (let done = start; done < ids.length; ) {
    const end = Math.min(ids.length, done + chunkTokens);
    // The last row has no token to predict, so it reads the end token's probability instead.
    const targets = ids.slice(done + 1, end + 1);
    if (end === ids.length) targets.push(model.endIds[0] ?? 0);
    const rows = Array.from(targets, (_, row) => row);
    const chunk = ids.slice(done, end);
    const pass = { ids: [chunk], past, rows, targets, top: next.top, want: { past: true } };
    const result = await model.run(pass, options.signal);
    storeRows(next, result, done);
    past = result.past;
    if (end === ids.length && model.endIds.length > 0) next.endLogprob = result.logprob[rows.length - 1];
    done = end;
    options.onProgress?.(done - start, ids.length - start);
    if (done >= part && done < ids.length && past && options.onPart) {
      part = start + 2 * (done - start);
      options.onPart({ ...firstRows(next, done), past, reused: start });
    }
  }
  if (!past) throw new Error('a pass that was asked for its past gave none');
  return { ...next, past, reused: start };
}

type Draft = Omit<Run, 'past' | 'reused' | 'endLogprob'> & { endLogprob: number | null };

function startRun(ids: readonly number[], top: number): Draft {
  return {
    ids: [...ids],
    logprob: new Float32Array(ids.length),
    rank: new Float32Array(ids.length),
    entropy: new Float32Array(ids.length),
    topIds: new Int32Array(ids.length * top),
    topLogprob: new Float32Array(ids.length * top),
    top,
    endLogprob: null,
  };
}

/** The run of the first `length` tokens. */
function firstRows({ ids, logprob, rank, entropy, topIds, topLogprob, top }: Draft, length: number): Draft {
  return {
    ids: ids.slice(0, length),
    logprob: logprob.subarray(0, length),
    rank: rank.subarray(0, length),
    entropy: entropy.subarray(0, length),
    topIds: topIds.subarray(0, length * top),
    topLogprob: topLogprob.subarray(0, length * top),
    top,
    endLogprob: null,
  };
}

/** Rows [0, start) predict the tokens after them, so they also give logprob and rank of the tokens up to `start`. */
function copyRows(to: Draft, from: Run, start: number, same: number): void {
  to.logprob.set(from.logprob.subarray(0, same));
  to.rank.set(from.rank.subarray(0, same));
  to.entropy.set(from.entropy.subarray(0, start));
  to.topIds.set(from.topIds.subarray(0, start * to.top));
  to.topLogprob.set(from.topLogprob.subarray(0, start * to.top));
}

function storeRows(to: Draft, result: PassResult, first: number): void {
  to.entropy.set(result.entropy, first);
  to.topIds.set(result.topIds, first * to.top);
  to.topLogprob.set(result.topLogprob, first * to.top);
  const known = Math.min(result.logprob.length, to.ids.length - first - 1);
  to.logprob.set(result.logprob.subarray(0, known), first + 1);
  to.rank.set(result.rank.subarray(0, known), first + 1);
}

/** The first `top` candidates per position; `top` is at most the number that the run kept. */
export function toProbabilities(run: Run, model: Model, top: number): ProbabilitiesResult {
  const length = run.ids.length;
  const after = (t: number) => candidatesAfter(run, model, t, top);
  const positions = Array.from({ length }, (_, t) => t);
  const scored = run.logprob.subarray(1);
  const sum = scored.reduce((total, value) => total + value, 0);
  return {
    logprob: positions.map((t) => (t === 0 ? null : run.logprob[t])),
    rank: positions.map((t) => (t === 0 ? null : run.rank[t])),
    entropy: Array.from(run.entropy),
    top: positions.map((t) => (t === 0 ? [] : after(t - 1))),
    next: after(length - 1),
    perplexity: length > 1 ? Math.exp(-sum / scored.length) : null,
  };
}

/** The model's end token with its log-probability after the last position; null for a model without one. */
export function endCandidate(run: Run, model: Model): Candidate | null {
  if (run.endLogprob === null) return null;
  return candidateOf(model, model.endIds[0], run.endLogprob);
}

function candidatesAfter(run: Run, model: Model, t: number, top: number): Candidate[] {
  return Array.from({ length: Math.min(top, run.top) }, (_, k) => {
    const id = run.topIds[t * run.top + k];
    return candidateOf(model, id, run.topLogprob[t * run.top + k]);
  });
}

/** The probabilities of a single text, with nothing kept. */
export async function probabilities(
  model: Model,
  ids: readonly number[],
  options: RunOptions,
): Promise<ProbabilitiesResult> {
  return toProbabilities(await extendRun(model, null, ids, options), model, options.top);
}
