/**
 * Attention times its gradient: how much the target would change, to first order, if a head attended more to a token,
 *
 *   credit[l, h, q, k] = A[l, h, q, k] · ∂target/∂A[l, h, q, k]                    A: post-softmax weights
 *
 * summed over queries and keys for a head, and over blocks, heads and queries for a token. (Barkan et al. 2021, without their rectifier:
 * signs stay.) The first token, which heads attend to by default, keeps its credit.
 *
 * Summed over the keys of a query, the credit equals the effect of the head's whole output: output = Σ_k A v_k, so that Σ_k A · ∂target/∂A
 * = Σ_k A · (v_k · ∂target/∂output) = output · ∂target/∂output, the knock-out of the head to first order.
 */
import type { ModelInfo } from '../../protocol/model';
import type { Differentiable } from '../shared/differentiable';
import type { OnTokens } from '../shared/prefix';
import type { Target } from '../shared/target';

export interface AttentionGradient {
  /** [L][H] */
  perHead: number[][];
  /** [before] The credit of the tokens that the target depends on. */
  perToken: number[];
  /** [before · D] ∂target/∂e of the token embeddings, which the same passes compute. */
  embeddings: Float64Array;
}

/** `info` describes the model. Rejects as `Differentiable.gradient` does. */
export async function attentionGradient(
  { layers, heads, width }: ModelInfo,
  differentiable: Differentiable,
  { before, sides }: Target,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: OnTokens } = {},
): Promise<AttentionGradient> {
  const perHead = Array.from({ length: layers }, () => new Array<number>(heads).fill(0));
  const perToken = new Array<number>(before).fill(0);
  const embeddings = new Float64Array(before * width);
  for (const [place, { input, rows, targets, weight }] of sides.entries()) {
    const length = input.length;
    const attention = (block: number, credit: Float32Array) => {
      credit.forEach((value, at) => {
        perHead[block][Math.floor(at / length)] += value;
        if (at % length < before) perToken[at % length] += value;
      });
    };
    const pass = { ids: [input], rows, targets, weights: rows.map(() => weight), taps: { attention } };
    const gradient = await differentiable.gradient(pass, signal);
    for (let at = 0; at < embeddings.length; at++) embeddings[at] += gradient.embeddings[at];
    onProgress?.(place + 1, sides.length);
  }
  return { perHead, perToken, embeddings };
}
