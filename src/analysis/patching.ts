/**
 * Where the difference between two prompts is carried (activation patching: Vig et al. 2020, Meng et al. 2022): the residual
 * stream of the second prompt is put into the first at one place,
 *
 *   hidden[l, t] ← hidden′[l, t]          score[l, t] = (patched − first) / (second − first)
 *
 * of the target's value: 0 = as without the patch, 1 = as with the whole second prompt. Positions before t are as they were,
 * so this costs (L + 1) · T²/2 token passes.
 */
import { ProblemError } from '../protocol/problem';
import type { Model, PastState } from './model';
import { unchanged } from './occlusion';
import { chunkTokens } from './prefix';
import type { Target } from './target';
import { type ScoringOptions, scoreVariants, type Variant } from './variants';

export interface PatchingOptions extends Omit<ScoringOptions, 'onValues'> {
  /** Some places' scores, as soon as they are known; places numbered l · T + t. */
  onScores?: (places: readonly number[], scores: readonly number[]) => void;
}

/** Log-probabilities nearer than this are told apart by rounding only. */
const indistinct = 1e-3;

/**
 * [L + 1][T] over the tokens before the target (all of the prompt's unless the target is a span of it); `from`: the second
 * prompt. Rejects with `lengthsDiffer`, `nothingToRecover` (the target is as likely after both) and `cancelled` between passes.
 */
export async function residualPatching(
  model: Model,
  ids: readonly number[],
  from: readonly number[],
  target: Target,
  { onScores, ...options }: PatchingOptions = {},
): Promise<number[][]> {
  if (ids.length !== from.length) throw new ProblemError('lengthsDiffer', [ids.length, from.length]);
  const first = ids.slice(0, target.before);
  const second = from.slice(0, target.before);
  const { known, signal } = options;
  const [[base], [other]] = [
    await scoreVariants(model, target, [unchanged(first)], { known, signal }),
    await scoreVariants(model, target, [{ ids: second, start: 0 }], { signal }),
  ];
  if (Math.abs(other - base) < indistinct) throw new ProblemError('nothingToRecover');
  const recovered = (value: number) => (value - base) / (other - base);

  const deltas = await differences(model, first, second, signal);
  const T = first.length;
  const variants = deltas.flatMap((rows, layer) =>
    rows.map((delta, position): Variant => ({ ids: first, start: position, patch: { layer, position, delta } })),
  );
  const values = await scoreVariants(model, target, variants, {
    ...options,
    onValues: (places, some) => onScores?.(places, some.map(recovered)),
  });
  return deltas.map((_, layer) => values.slice(layer * T, (layer + 1) * T).map(recovered));
}

/** [L + 1][T] rows of D: hidden of `second` less that of `first`. */
async function differences(
  model: Model,
  first: readonly number[],
  second: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[][]> {
  const { layers, width } = model.info;
  const every = Array.from({ length: layers + 1 }, (_, layer) => layer);
  const result: Float32Array[][] = every.map(() => []);
  let past: PastState | null = null;
  for (let at = 0; at < first.length; at += chunkTokens) {
    const chunks = [first, second].map((ids) => ids.slice(at, at + chunkTokens));
    const want = { hidden: every, past: true };
    const { hidden, past: next } = await model.run({ ids: chunks, past, rows: [0], want }, signal);
    past = next;
    const rows = chunks[0].length;
    for (const [layer, data] of hidden) {
      for (let row = 0; row < rows; row++) {
        const own = data.subarray(row * width, (row + 1) * width);
        const others = data.subarray((rows + row) * width, (rows + row + 1) * width);
        result[layer].push(own.map((value, channel) => others[channel] - value));
      }
    }
  }
  return result;
}
