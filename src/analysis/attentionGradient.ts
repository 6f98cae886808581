/**
 * Attention times its gradient: how far the target would follow, to first order, if a head read a token more,
 *
 *   credit[l, h, q, k] = A[l, h, q, k] · ∂target/∂A[l, h, q, k]                    A: post-softmax weights
 *
 * added up over queries and keys for a head, over blocks, heads and queries for a token. (Barkan et al. 2021, without their
 * rectifier: signs stay.) The first token, which heads rest on, keeps its credit. For the analyses of this folder.
 */
import { scanAttention } from './attention';
import type { Differentiable } from './differentiable';
import type { Model } from './model';
import type { OnTokens } from './prefix';
import type { Target, TargetSide } from './target';

export interface AttentionGradient {
  /** [L][H] */
  perHead: number[][];
  /** [before] of the tokens that the target depends on. */
  perToken: number[];
}

export interface AttentionGradientOptions {
  signal?: AbortSignal;
  /** Passes of gradients made, to make. */
  onProgress?: OnTokens;
  /** [before · D] ∂target/∂e of the token embeddings, which the first passes give besides. */
  onEmbeddings?: (gradient: Float64Array) => void;
  /** Floats of attention gradients [H, T, T] that one pass may return. */
  gradientFloats?: number;
}

/** 256 MB; at 512 tokens the bundled model's thirty blocks take two passes. */
const gradientBudget = 64 * 1024 * 1024;

/** Rejects as `Differentiable.gradient` does. */
export async function attentionGradient(
  model: Model,
  differentiable: Differentiable,
  target: Target,
  { signal, onProgress, onEmbeddings, gradientFloats = gradientBudget }: AttentionGradientOptions = {},
): Promise<AttentionGradient> {
  const { layers, heads, width } = model.info;
  const { before, sides } = target;
  const groups = blockGroups(model, target, gradientFloats);
  const credit: Credit = {
    perHead: Array.from({ length: layers }, () => new Array<number>(heads).fill(0)),
    perToken: new Array<number>(before).fill(0),
  };
  const embeddings = new Float64Array(before * width);
  let done = 0;
  for (const blocks of groups) {
    for (const side of sides) {
      const { input, rows, targets, weight } = side;
      const pass = { ids: [input], rows, targets, weights: rows.map(() => weight), attention: blocks };
      const gradient = await differentiable.gradient(pass, signal);
      if (blocks === groups[0])
        for (let at = 0; at < embeddings.length; at++) embeddings[at] += gradient.embeddings[at];
      if (blocks === groups[0] && side === sides[sides.length - 1]) onEmbeddings?.(embeddings);
      await addCredit(model, side, gradient.attention, credit, signal);
      onProgress?.(++done, groups.length * sides.length);
    }
  }
  return credit;
}

/** How many passes of gradients it takes. */
export const attentionGradientPasses = (model: Model, target: Target, gradientFloats = gradientBudget): number =>
  blockGroups(model, target, gradientFloats).length * target.sides.length;

/** Blocks whose gradients fit together. */
function blockGroups({ info: { layers, heads } }: Model, { sides }: Target, gradientFloats: number): number[][] {
  const longest = Math.max(...sides.map(({ input }) => input.length));
  const size = Math.max(1, Math.floor(gradientFloats / (heads * longest ** 2)));
  const blocks = Array.from({ length: layers }, (_, block) => block);
  return Array.from({ length: Math.ceil(layers / size) }, (_, group) => blocks.slice(group * size, (group + 1) * size));
}

type Credit = AttentionGradient;

/** Adds what one side gives for the blocks of `gradients` (block → [H, T, T]). */
async function addCredit(
  model: Model,
  { input }: TargetSide,
  gradients: ReadonlyMap<number, Float32Array>,
  { perHead, perToken }: Credit,
  signal: AbortSignal | undefined,
): Promise<void> {
  const length = input.length;
  await scanAttention(
    model,
    input,
    [...gradients.keys()],
    ({ layer, heads, first, queries, keys, data }) => {
      const gradient = gradients.get(layer) as Float32Array;
      for (let head = 0; head < heads; head++) {
        for (let row = 0; row < queries; row++) {
          const weights = (head * queries + row) * keys;
          const slopes = (head * length + first + row) * length;
          for (let key = 0; key <= first + row; key++) {
            const credit = data[weights + key] * gradient[slopes + key];
            perHead[layer][head] += credit;
            if (key < perToken.length) perToken[key] += credit;
          }
        }
      }
    },
    { signal },
  );
}
