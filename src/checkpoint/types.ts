/** The types of a checkpoint, whatever file it came from. The graph folder may import only these types from here. */
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

export interface HyperParameters {
  family: string;
  layers: number;
  heads: number;
  keyValueHeads: number;
  width: number;
  headWidth: number;
  feedForward: number;
  vocabulary: number;
  /** Longest prompt in tokens, even where the file announces more. */
  context: number;
  ropeTheta: number;
  /** Positions are divided by it before they rotate: 1, or the factor of a linear scaling. */
  positionDivisor: number;
  /** Number of channels of each head that rotate. */
  ropeDimensions: number;
  normEpsilon: number;
  /** Whether the unembedding is the embedding table. */
  tied: boolean;
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
  readonly hyper: HyperParameters;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly tokenizer: Tokenizer;
  readonly hasTemplate: boolean;
  /** End of turn, end of text. */
  readonly endIds: readonly number[];
  /** As stored: rows of blocks. The rotary row order of llama-type GGUF (attn_q, attn_k) is already undone. */
  readRaw(name: string): Promise<Uint8Array>;
  /** Dequantised and row-major, with the rotary row order undone. */
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
