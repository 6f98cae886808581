/**
 * Attention times its gradient: how far the target would follow, to first order, if a head read a token more,
 *
 *   credit[l, h, q, k] = A[l, h, q, k] · ∂target/∂A[l, h, q, k]                    A: post-softmax weights
 *
 * added up over queries and keys for a head, over blocks, heads and queries for a token. (Barkan et al. 2021, without their
 * rectifier: signs stay.) The first token, which heads rest on, keeps its credit. For the analyses of this folder.
 *
 * Over the keys of a query it adds up to what the head's whole output does: output = Σ_k A v_k, so that
 * Σ_k A · ∂target/∂A = Σ_k A · (v_k · ∂target/∂output) = output · ∂target/∂output, the knock-out of the head to first order.
 */
import type { ModelInfo } from '../../protocol/model';
import type { Differentiable } from '../shared/differentiable';
import type { OnTokens } from '../shared/prefix';
import type { Target } from '../shared/target';

export interface AttentionGradient {
  /** [L][H] */
  perHead: number[][];
  /** [before] of the tokens that the target depends on. */
  perToken: number[];
  /** [before · D] ∂target/∂e of the token embeddings, which the same passes give. */
  embeddings: Float64Array;
}

/** `info` of the model. Rejects as `Differentiable.gradient` does. */
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
