/** The types of a checkpoint, whatever file it came from. The graph folder may import only these types from here. */
import type { Clause } from '../protocol/clauses';
import type { Prompt, PromptInput } from '../protocol/model';

/** The block formats of ggml, and plain floats. */
export type StorageType =
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'Q4_0'
  | 'Q4_1'
  | 'Q5_0'
  | 'Q5_1'
  | 'Q8_0'
  | 'Q2_K'
  | 'Q3_K'
  | 'Q4_K'
  | 'Q5_K'
  | 'Q6_K'
  | 'IQ4_NL';

export interface TensorInfo {
  /** ggml's names: `token_embd.weight`, `blk.0.attn_q.weight`, … */
  name: string;
  type: StorageType;
  /** Row-major: a linear layer is [outputs, inputs]. */
  shape: number[];
  sizeBytes: number;
}

/**
 * A decoder, whatever family it came from: everything that its graph depends on. Numbers that a family does not use are neutral. A
 * bias, a second norm or a bias of a norm exists where its tensor does.
 */
export interface DecoderSpec {
  layers: number;
  heads: number;
  keyValueHeads: number;
  /** Channels of the residual stream. */
  width: number;
  /** Channels of each head. */
  headWidth: number;
  /** Channels inside an MLP. */
  feedForward: number;
  /** Rows of the embedding table; a published table may have more of them than there are tokens. */
  vocabulary: number;
  /** Longest prompt in tokens, even where the file announces more. */
  context: number;
  /** Whether the unembedding is the embedding table. */
  tied: boolean;
  norm: { kind: 'rms' | 'layer'; epsilon: number };
  /** Where a sublayer is normed: its input, its input and its output, or its output alone. */
  placement: 'before' | 'around' | 'after';
  /** Whether the MLP reads the stream behind attention, or the one before it. */
  residual: 'sequential' | 'parallel';
  /** A norm of queries and keys, of each head or of the whole row, before the rotation or after it. */
  queryKeyNorm: null | { span: 'head' | 'row'; after: boolean };
  mlp: { gated: boolean; activation: Activation };
  /** `learned`: a table of positions is added to the embeddings. `rotated`: the channels of each head that rotate. */
  positions: { learned: boolean; rotated: number; tables: readonly RotaryTable[] };
  /** The embeddings, each sublayer's contribution and the logits are multiplied by these. */
  scale: { embedding: number; residual: number; logits: number };
  /** c in c · tanh(x / c) on attention scores and on logits. */
  cap: { attention: number | null; logits: number | null };
  blocks: readonly BlockSpec[];
}

export type Activation = 'silu' | 'geluTanh' | 'geluErf' | 'relu' | 'reluSquared';

export interface BlockSpec {
  /** A key is seen where query − key < window. */
  window: number | null;
  /** Index of the rotary table; null where nothing rotates. */
  rotary: number | null;
  /** Scores are multiplied by it before the softmax. */
  scale: number;
}

export interface RotaryTable {
  base: number;
  /** Each channel pair's frequency is divided by its entry: a list, or a tensor of the file. */
  divisors: readonly number[] | { tensor: string } | null;
  /** All frequencies are divided by it. */
  divisor: number;
  /** cos and sin are multiplied by it. */
  amplitude: number;
}

export interface Tokenizer {
  readonly size: number;
  readonly special: ReadonlySet<number>;
  /** Special tokens in the string are parsed; nothing is added. UTF-16 offsets. */
  encode(text: string): { id: number; start: number; end: number }[];
  decode(ids: readonly number[]): string;
  bytes(id: number): Uint8Array;
  /** The token decoded alone, with U+FFFD where its bytes are part of a character. */
  text(id: number): string;
}

export interface Checkpoint {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly quantisation: string;
  /** What the file calls its architecture. */
  readonly family: string;
  readonly spec: DecoderSpec;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly tokenizer: Tokenizer;
  readonly hasTemplate: boolean;
  /** What is assumed because the file does not say it; missing where nothing is. */
  readonly notes?: readonly Clause[];
  /** End of turn, end of text. */
  readonly endIds: readonly number[];
  /** As stored: rows of blocks, with the rows of queries and keys in the order of rotated halves. */
  readRaw(name: string): Promise<Uint8Array>;
  /** Dequantised and row-major, in the same order of rows. */
  readFloat32(name: string): Promise<Float32Array>;
  /** Messages → template → tokens, with every token's place in the user's file. */
  prompt(input: PromptInput): Promise<Prompt>;
  /** Whether the file still holds the bytes of `sha256`: its times are compared, and where they changed, it is hashed. */
  isCurrent(): Promise<boolean>;
  /**
   * Runs work that reads tensors and makes sure that all of them come from the bytes of `sha256`; `thorough` for results that are
   * kept. Rejects with modelChanged.
   */
  steadily<R>(work: () => Promise<R>, options?: { thorough: boolean }): Promise<R>;
  close(): Promise<void>;
}
