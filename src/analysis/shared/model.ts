/**
 * The analyses' only view of the machine: a decoder that runs passes. No VS Code, no ONNX Runtime, no DOM. Shapes: B batch, T new tokens, P
 * tokens in the past, S = P + T, H query heads, L blocks, D width, C channels a head, R rows, K candidates.
 */
import type { ModelInfo } from '../../protocol/model';

/** Keys and values of P positions, batch 1 or B; opaque to analyses. */
export interface PastState {
  readonly length: number;
  readonly batch: number;
}

export interface Pass {
  /** B arrays of T token ids, all the same length. */
  ids: readonly (readonly number[])[];
  /** [B][T] The position of each token, ascending; default: consecutive after the past. */
  positions?: readonly (readonly number[])[];
  /** The past of the preceding tokens; a batch of 1 serves every variant. */
  past?: PastState | null;
  /** Additive attention mask [B|1, H|1, T, S]; default: causal. */
  mask?: { data: Float32Array; shape: readonly [number, number, number, number] };
  /** Factor on each head's output before the output projection, [L, H] or one for each variant [L, B, H]; default: ones. */
  headScale?: Float32Array;
  /** Added to the residual stream entering block `layer` (L = after the last block). */
  patches?: readonly { layer: number; batch: number; position: number; delta: Float32Array }[];
  /** Added to the output of one head at every new position, before the output projection and after `headScale`: [T, C]. */
  headPatches?: readonly { layer: number; head: number; batch: number; delta: Float32Array }[];
  /** Instead of the token embeddings: [B, T, D]. */
  embeddings?: Float32Array;
  /** Flat positions (b·T + t) whose next-token distribution is wanted, at least one; the unembedding costs a quarter of the pass. */
  rows: readonly number[];
  /** Residual rows [E, D] read by the same final norm and unembedding; their statistics come after those of `rows`. */
  extra?: Float32Array;
  /** One id for each row, the extra ones last; needed for `logprob` and `rank`. */
  targets?: readonly number[];
  /** Candidates for each row; 0 = none. */
  top?: number;
  want?: {
    /** Residual stream of these layers, 0 … L: [B, T, D] each. */
    hidden?: readonly number[];
    /** Post-softmax attention of these blocks: [B, H, T, S] each. */
    attention?: readonly number[];
    /** Outputs of these blocks' heads before `headScale`: [B, H, T, C] each. */
    heads?: readonly number[];
    /** Keys and values of past and new tokens together. */
    past?: boolean;
    /** Raw logits [R, V]. */
    logits?: boolean;
  };
}

/** R includes the extra rows. */
export interface PassResult {
  /** [R] natural logs; empty without targets. */
  logprob: Float32Array;
  /** [R] The number of entries with a strictly higher logit; empty without targets. */
  rank: Float32Array;
  /** [R] nats. */
  entropy: Float32Array;
  /** [R, K] Ids, best first, and their log-probabilities. */
  topIds: Int32Array;
  topLogprob: Float32Array;
  logits: Float32Array | null;
  hidden: ReadonlyMap<number, Float32Array>;
  attention: ReadonlyMap<number, Float32Array>;
  heads: ReadonlyMap<number, Float32Array>;
  past: PastState | null;
}

export interface Model {
  readonly info: ModelInfo;
  /** Ids that end a turn or the text. */
  readonly endIds: readonly number[];
  /** Token ids of a plain text, with nothing added. */
  tokenize(text: string): number[];
  /** The text of one token, decoded alone. */
  text(id: number): string;
  /** The bytes of one token; absent where no token is a piece of a character. */
  bytes?(id: number): Uint8Array;
  /** Decodes tokens together, so that a character spread over several tokens is complete. */
  decode(ids: readonly number[]): string;
  /** The first `length` positions of a past, 0 < length <= past.length; the original stays valid. */
  truncate(past: PastState, length: number): PastState;
  /** Rejects with `cancelled` when the signal aborts (between runs). */
  run(pass: Pass, signal?: AbortSignal): Promise<PassResult>;
  /** Tokens per second of its fastest pass so far, 0 before the first; absent where no user waits for the result. */
  tokensPerSecond?(): number;
}
