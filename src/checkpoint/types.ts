/** What a checkpoint is, whatever file it came from. The graph room imports only these types. */
import type { Prompt, PromptInput } from '../protocol/model';

/** Block formats of ggml, and plain floats. */
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
  /** Longest prompt in tokens, whatever the file announces beyond. */
  context: number;
  ropeTheta: number;
  /** Positions are divided by it before they rotate: 1, or the factor of a linear scaling. */
  positionDivisor: number;
  /** How many of each head's channels rotate. */
  ropeDimensions: number;
  normEpsilon: number;
  /** The unembedding is the embedding table. */
  tied: boolean;
}

export interface Tokenizer {
  readonly size: number;
  readonly special: ReadonlySet<number>;
  /** Special tokens in the string are parsed; nothing is added. UTF-16 offsets. */
  encode(text: string): { id: number; start: number; end: number }[];
  decode(ids: readonly number[]): string;
  bytes(id: number): Uint8Array;
  /** Decoded alone, U+FFFD where its bytes are part of a character. */
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
  /** As stored: rows of blocks. Rotary row order of llama-type GGUF (attn_q, attn_k) already undone. */
  readRaw(name: string): Promise<Uint8Array>;
  /** Dequantised, row-major, rotary row order undone. */
  readFloat32(name: string): Promise<Float32Array>;
  /** Messages → template → tokens, with every token's place in the user's file. */
  prompt(input: PromptInput): Promise<Prompt>;
  /** Whether the file still holds the bytes of `sha256`: a look at its times, and a hash where those changed. */
  isCurrent(): Promise<boolean>;
  /** Work that reads tensors, all of them of the bytes of `sha256`; `thorough` for what is kept. Rejects with modelChanged. */
  steadily<R>(work: () => Promise<R>, options?: { thorough: boolean }): Promise<R>;
  close(): Promise<void>;
}
