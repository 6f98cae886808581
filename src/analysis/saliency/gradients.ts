/**
 * How strongly the target depends on each token of a prompt, from its gradient with respect to the token embeddings e:
 *
 *   input        Σ_d e[t,d] · ∂target/∂e[t,d]                                        (gradient x input)
 *   norm         ‖∂target/∂e[t]‖₂
 *   integrated   Σ_d e[t,d] · (1/N) Σ_k ∂target/∂e at ((k + ½)/N)·e                   (Sundararajan et al. 2017)
 *
 * Integrated gradients go along the straight line from zero embeddings to the prompt's; the tokens of the target itself stay as they are.
 * With infinitely many steps their sum would be target(e) − target(0): `completeness` says how far it is from that, and whether it is near
 * enough to interpret the scores. On a rough path no number of steps brings the two together, and each number gives different scores.
 */

import type { Differentiable } from '../shared/differentiable';
import type { Model } from '../shared/model';
import type { GivenTarget, Target, TargetSequence } from '../shared/target';
import type { Completeness, GradientMethod } from './contract';

/** Tokens in one batch of steps: enough to keep the cores busy, few enough for a quick cancellation. */
const batchTokens = 256;

interface Passes {
  signal?: AbortSignal;
  /** The number of gradients computed and to compute. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * `mean` [before · D] is ∂target/∂e averaged over the `points`, the factors on the prompt's embeddings; `logprobs` are those of each side
 * at the last point, without its sign. Rejects as `Differentiable.gradient` does.
 */
export async function embeddingGradient(
  model: Model,
  differentiable: Differentiable,
  { before, sides }: Pick<GivenTarget, 'before' | 'sides'>,
  points: readonly number[],
  { signal, onProgress }: Passes = {},
): Promise<{ mean: Float64Array; logprobs: number[] }> {
  const mean = new Float64Array(before * model.info.width);
  const logprobs: number[] = [];
  let done = 0;
  for (const side of sides) {
    const logprob = await addGradients(differentiable, side, before, points, mean, {
      signal,
      onDone: (count) => {
        done += count;
        onProgress?.(done, points.length * sides.length);
      },
    });
    logprobs.push(logprob);
  }
  return { mean, logprobs };
}

/** [T] Scores from the gradient of the tokens before the target; 0 after them. */
export function gradientScores(
  differentiable: Differentiable,
  ids: readonly number[],
  gradient: Float64Array,
  method: GradientMethod,
): number[] {
  const embeddings = differentiable.embeddings([ids]);
  const width = embeddings.length / ids.length;
  return ids.map((_, t) => {
    const own = gradient.subarray(t * width, (t + 1) * width);
    if (own.length === 0) return 0;
    return method === 'norm' ? Math.hypot(...own) : dot(own, embeddings.subarray(t * width));
  });
}

/** Scores [T] from `steps` midpoints between zero and the prompt's embeddings. Rejects as `Differentiable.gradient` does. */
export async function integratedGradients(
  model: Model,
  differentiable: Differentiable,
  ids: readonly number[],
  target: Target,
  { steps, ...passes }: Passes & { steps: number },
): Promise<{ scores: number[]; completeness: Completeness }> {
  const { mean } = await embeddingGradient(model, differentiable, target, midpoints(steps), passes);
  const scores = gradientScores(differentiable, ids, mean, 'integrated');
  const sum = scores.reduce((total, value) => total + value, 0);
  const zero = await valueAtZero(model, differentiable, target.sides, target.before, passes.signal);
  return { scores, completeness: completenessOf(sum, target.value - zero, steps) };
}

/** The sum and the difference of the target may differ by this share of the difference … */
const tolerance = 0.1;
/** … and in any case by this much, in nats: where zero embeddings hardly change the target, the share means nothing. */
const leastTolerance = 0.01;

export function completenessOf(sum: number, difference: number, steps: number): Completeness {
  const allowed = Math.max(tolerance * Math.abs(difference), leastTolerance);
  return { sum, difference, steps, baseline: 'zero', reliable: Math.abs(sum - difference) <= allowed };
}

const midpoints = (steps: number): number[] => Array.from({ length: steps }, (_, k) => (k + 0.5) / steps);

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, index) => sum + value * b[index], 0);

/** Adds the side's gradient, signed and averaged over the points, to `mean` [before · D]. Returns its value at the last point. */
async function addGradients(
  differentiable: Differentiable,
  { input, rows, targets, weight }: TargetSequence,
  before: number,
  points: readonly number[],
  mean: Float64Array,
  { signal, onDone }: { signal?: AbortSignal; onDone: (count: number) => void },
): Promise<number> {
  const room = differentiable.room?.(input.length) ?? points.length;
  const size = Math.max(1, Math.min(room, Math.floor(batchTokens / input.length)));
  const embeddings = differentiable.embeddings([input]);
  const width = embeddings.length / input.length;
  let value = Number.NaN;
  for (let first = 0; first < points.length; first += size) {
    const batch = points.slice(first, first + size);
    const pass = {
      ids: batch.map(() => input),
      embeddings: scaled(embeddings, before * width, batch),
      rows: batch.flatMap((_, b) => rows.map((row) => b * input.length + row)),
      targets: batch.flatMap(() => targets),
      weights: batch.flatMap(() => rows.map(() => weight / points.length)),
    };
    const { embeddings: gradient, logprob } = await differentiable.gradient(pass, signal);
    value = logprob.subarray(-rows.length).reduce((sum, one) => sum + one, 0);
    batch.forEach((_, b) => {
      const from = b * embeddings.length;
      for (let at = 0; at < mean.length; at++) mean[at] += gradient[from + at];
    });
    onDone(batch.length);
  }
  return value;
}

/** [B, T, D] The first `length` numbers times each factor, the rest unchanged. */
function scaled(embeddings: Float32Array, length: number, factors: readonly number[]): Float32Array {
  const out = new Float32Array(factors.length * embeddings.length);
  factors.forEach((factor, b) => {
    out.set(embeddings, b * embeddings.length);
    for (let at = 0; at < length; at++) out[b * embeddings.length + at] *= factor;
  });
  return out;
}

/** The target's value where the prompt's embeddings are zero. */
async function valueAtZero(
  model: Model,
  differentiable: Differentiable,
  sides: readonly TargetSequence[],
  before: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let value = 0;
  for (const { input, rows, targets, weight } of sides) {
    const own = differentiable.embeddings([input]);
    const embeddings = scaled(own, (before * own.length) / input.length, [0]);
    const { logprob } = await model.run({ ids: [input], embeddings, rows, targets }, signal);
    value += weight * logprob.reduce((sum, one) => sum + one, 0);
  }
  return value;
}
