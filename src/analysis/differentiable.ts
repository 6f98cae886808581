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
  /** Blocks whose post-softmax attention weights get a gradient too. */
  attention?: readonly number[];
  /** Layers, 0 … L, whose residual stream gets a gradient too. */
  hidden?: readonly number[];
  /** Blocks whose heads' outputs are handed out with their gradient. */
  heads?: readonly number[];
}

export interface GradientResult {
  /** [R] natural logs. */
  logprob: Float32Array;
  /** [B, T, D] with respect to the embeddings. */
  embeddings: Float32Array;
  /** Block → [B, H, T, T], queries by keys. */
  attention: ReadonlyMap<number, Float32Array>;
  /** Layer → [B, T, D]. */
  hidden: ReadonlyMap<number, Float32Array>;
  /** Block → what the heads put out before the output projection, side by side, and the gradient: [B, T, H, C] each. */
  heads: ReadonlyMap<number, { outputs: Float32Array; gradient: Float32Array }>;
}

export interface Differentiable {
  /** Whether a gradient can begin at once; asking starts what it would have to wait for. Missing: always. */
  ready?(): boolean;
  /** [B, T, D] as they enter the residual stream. */
  embeddings(ids: readonly (readonly number[])[]): Float32Array;
  /** Rejects with `outOfMemory` before a pass that would not fit, and with `cancelled` when the signal aborts (between passes). */
  gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult>;
}
