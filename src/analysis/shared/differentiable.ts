/**
 * What an analysis sees of the gradient: passes forward and backward, without a past. Float32 whatever form the decoder's weights
 * have. Shapes as in model.ts: B batch, T tokens, R rows, H query heads,
 * L blocks, D width, C channels a head.
 */

export interface GradientPass {
  /** B arrays of T token ids, all the same length. */
  ids: readonly (readonly number[])[];
  /** Instead of the token embeddings: [B, T, D]. */
  embeddings?: Float32Array;
  /** Flat positions (b·T + t), at least one, each at most once. */
  rows: readonly number[];
  /** [R] one id for each row. */
  targets: readonly number[];
  /** [R] what is differentiated is Σ_r weights[r] · log p(targets[r] after rows[r]). */
  weights: readonly number[];
  taps?: GradientTaps;
}

/**
 * Who wants more than the gradient of the embeddings: called once for each layer or block, in any order, and before the pass is
 * over. What is handed out is not kept: of a long prompt all layers together are hundreds of megabytes.
 */
export interface GradientTaps {
  /** ∂/∂ residual stream of layer 0 … L: [B, T, D]. */
  hidden?(layer: number, gradient: Float32Array): void;
  /** ∂/∂ what the block's heads put out before the output projection, side by side: [B, T, H, C]. */
  heads?(block: number, gradient: Float32Array): void;
  /** Σ over queries of A · ∂/∂A for each key, A the block's post-softmax weights: [B, H, T]. */
  attention?(block: number, credit: Float32Array): void;
}

export interface GradientResult {
  /** [R] natural logs. */
  logprob: Float32Array;
  /** [B, T, D] with respect to the embeddings. */
  embeddings: Float32Array;
}

export interface Differentiable {
  /** Whether a gradient of so many tokens can begin at once; asking starts what it would have to wait for. Missing: always. */
  ready?(tokens: number): boolean;
  /** How many texts of so many tokens a pass takes before it must go a slower way; 0 where one is too many. Missing: any. */
  room?(tokens: number): number;
  /** [B, T, D] as they enter the residual stream. */
  embeddings(ids: readonly (readonly number[])[]): Float32Array;
  /** Rejects with `outOfMemory` before a pass that would not fit, and with `cancelled` when the signal aborts (between passes). */
  gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult>;
}
