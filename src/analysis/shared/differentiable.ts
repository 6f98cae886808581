/**
 * The analyses' view of the gradient: passes forward and backward, without a past. Everything is float32, whatever form the decoder's
 * weights have. Shapes as in model.ts: B batch, T tokens, R rows, H query heads, L blocks, D width, C channels a head.
 */

export interface GradientPass {
  /** B arrays of T token ids, all the same length. */
  ids: readonly (readonly number[])[];
  /** Instead of the token embeddings: [B, T, D]. */
  embeddings?: Float32Array;
  /** Flat positions (b·T + t), at least one, none repeated. */
  rows: readonly number[];
  /** [R] One id for each row. */
  targets: readonly number[];
  /** [R] The differentiated value is Σ_r weights[r] · log p(targets[r] after rows[r]). */
  weights: readonly number[];
  taps?: GradientTaps;
}

/**
 * Receivers of more than the gradient of the embeddings: each is called once for each layer or block, in any order, before the pass is
 * over. The arrays are not kept, because for a long prompt all layers together take hundreds of megabytes.
 */
export interface GradientTaps {
  /** ∂/∂ residual stream of layer 0 … L: [B, T, D]. */
  hidden?(layer: number, gradient: Float32Array): void;
  /** ∂/∂ the outputs of the block's heads before the output projection, side by side: [B, T, H, C]. */
  heads?(block: number, gradient: Float32Array): void;
  /** For each key, Σ over queries of A · ∂/∂A, where A is the block's post-softmax weights: [B, H, T]. */
  attention?(block: number, credit: Float32Array): void;
}

export interface GradientResult {
  /** [R] natural logs. */
  logprob: Float32Array;
  /** [B, T, D] The gradient with respect to the embeddings. */
  embeddings: Float32Array;
}

export interface Differentiable {
  /** Whether a gradient over this many tokens can begin at once; asking starts the preparations. Missing: always. */
  ready?(tokens: number): boolean;
  /**
   * The number of texts of this many tokens that fit into a pass before it must take a slower way; 0 where a single text does not fit.
   * Missing: any number.
   */
  room?(tokens: number): number;
  /** [B, T, D] The embeddings as they enter the residual stream. */
  embeddings(ids: readonly (readonly number[])[]): Float32Array;
  /** Rejects with `outOfMemory` before a pass that would not fit, and with `cancelled` when the signal aborts (between passes). */
  gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult>;
}
