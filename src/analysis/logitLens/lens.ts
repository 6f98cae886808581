/**
 * The logit lens (nostalgebraist 2020): what the model would say if it stopped after block l,
 *
 *   p_l = softmax(unembed(finalNorm(hidden[l, position])))        l = 0 (the embedding) … L (the model's own answer)
 *
 * Early layers do not write in the final layer's terms: what they seem to say is a reading, not a belief.
 */
import { clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import type { Model } from '../shared/model';
import { type KnownPast, prefill } from '../shared/prefix';
import type { LensResult } from './contract';

export interface LensOptions {
  /** Candidates for each layer. */
  top: number;
  /** Id followed through the layers; null = the last layer's likeliest. */
  target?: number | null;
  known?: KnownPast | null;
  signal?: AbortSignal;
}

/** Of the distribution after `position`, 0 … T − 1 of `ids`; throws `outOfRange`. */
export async function logitLens(
  model: Model,
  ids: readonly number[],
  position: number,
  { top, target = null, known, signal }: LensOptions,
): Promise<Omit<LensResult, 'boundary'>> {
  if (!Number.isInteger(position) || position < 0 || position >= ids.length) {
    throw new ProblemError('outOfRange', [clause('position'), 1, ids.length]);
  }
  const { layers, width, vocabulary } = model.info;
  const every = Array.from({ length: layers + 1 }, (_, layer) => layer);
  const past = await prefill(model, known, ids, position, { signal });
  const token = [ids[position]];
  const last = await model.run({ ids: [token], past, rows: [0], top: 1, want: { hidden: every } }, signal);
  const residual = new Float32Array(every.length * width);
  for (const [layer, row] of last.hidden) residual.set(row, layer * width);

  const followed = target ?? last.topIds[0];
  const k = Math.min(top, vocabulary);
  // A pass must read a row of its own: the first one, left out below.
  const targets = [followed, ...every.map(() => followed)];
  const read = await model.run({ ids: [token], rows: [0], extra: residual, targets, top: k }, signal);
  return {
    position,
    layers: every.map((layer) => {
      const row = layer + 1;
      const candidates = Array.from(read.topIds.subarray(row * k, (row + 1) * k), (id, place) => ({
        id,
        text: model.text(id),
        logprob: read.topLogprob[row * k + place],
      }));
      return { top: candidates, target: { id: followed, logprob: read.logprob[row], rank: read.rank[row] } };
    }),
  };
}
