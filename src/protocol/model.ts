/**
 * The names of a model, its runtime and a tokenised prompt, the same everywhere: engine, panels, exports, command line. Leaf:
 * imports types only.
 */
import type { Clause } from './clauses';

export const precisions = ['exact', 'fast'] as const;
export type Precision = (typeof precisions)[number];
export const providerRequests = ['auto', 'cuda', 'webgpu', 'dml', 'coreml', 'cpu'] as const;
export type ProviderRequest = (typeof providerRequests)[number];
export type ProviderName = Exclude<ProviderRequest, 'auto'>;

export interface ModelInfo {
  name: string;
  path: string;
  /** Hex digest of the checkpoint file. */
  sha256: string;
  /** Decoder family, e.g. `llama`. */
  family: string;
  layers: number;
  heads: number;
  keyValueHeads: number;
  width: number;
  vocabulary: number;
  /** Longest prompt in tokens: the file's value, but at most 131,072. */
  context: number;
  /** As the checkpoint names it, e.g. `Q4_1`. */
  quantisation: string;
  /** What is assumed because the file does not say it; missing where nothing is. */
  notes?: readonly Clause[];
}

export interface RuntimeInfo {
  provider: ProviderName;
  requested: ProviderRequest;
  /** Why the providers tried before this one were refused; null when the first was taken. */
  reason: Clause | null;
  precision: Precision;
  threads: number;
  onnxruntime: string;
  /** How the weights are held: float32, or the checkpoint's own 4-bit blocks mapped exactly. */
  weights: 'float32' | '4-bit';
}

/** Half-open UTF-16 range `[start, end)`. */
export type Range = [start: number, end: number];

export interface Token {
  id: number;
  /** The token decoded alone; U+FFFD where its bytes are only part of a character. */
  text: string;
  /** Its bytes in hex, two digits a byte, no separator. */
  bytes: string;
  /** UTF-16 range in the rendered string. */
  start: number;
  end: number;
  /** UTF-16 range in the user's file, or null for text that the chat template wrote. */
  source: Range | null;
  special: boolean;
  /** Role of the chat message it belongs to, or null in raw text and between messages. */
  role: string | null;
}

/** One stretch of a message's content that stands, unchanged, in the user's file. */
export interface SourcePiece {
  /** Offset in the content string. */
  at: number;
  /**
   * content[at, at + length) corresponds to file[source[0], source[1]). The lengths may differ (an escape in JSON); the piece then
   * maps as a whole.
   */
  length: number;
  source: Range;
}

export interface Message {
  role: string;
  content: string;
  /** Ascending, not overlapping; content outside every piece has no place in the file. */
  pieces: SourcePiece[];
  /** Places of the values of the file's variables in the content: ascending, not overlapping. */
  slots?: Range[];
}

/** A variable of a prompt file. */
export interface PromptVariable {
  name: string;
  /** Its text in the prompt; null where it has none. */
  value: string | null;
  /** Where the value stands: in the file itself, in a file beside it, or given by the user; null where it has none. */
  from: 'file' | 'beside' | 'given' | null;
}

/** What the reader of a prompt file reports beside the text. */
export interface ReadingReport {
  /** Sentences about the reading: what was left out, which of several prompts was read, how the file is encoded. Missing where there are none. */
  notes?: Clause[];
  /** The file's variables in the order of their first appearance; missing where the format has none. */
  variables?: PromptVariable[];
  /** Of a file with several prompts: which one this is, from 1; a list in a list adds a number. Missing where there is only one. */
  chosen?: number[];
}

/** The content of a prompt file that has been read, before the model's template is applied. */
export type PromptInput = ReadingReport & PromptText;

type PromptText =
  | {
      kind: 'raw';
      file: string | null;
      text: string;
      /** Pieces of the text. */
      pieces: SourcePiece[];
      /** Places of the variables' values in the text. */
      slots?: Range[];
    }
  | {
      kind: 'chat';
      file: string | null;
      messages: Message[];
      /** The file ends with an assistant's heading and nothing after it: this is the turn that a template begins anyway. */
      turnBegun?: boolean;
      /** The last message is left open and the text continues it; no new turn begins. */
      continueLast?: boolean;
    };

/** A prompt rendered by the chat template and cut into tokens. */
export interface Prompt {
  file: string | null;
  rendered: string;
  tokens: Token[];
  /** UTF-16 ranges of the variables' values in the rendered string, ascending; missing where there are none. */
  slots?: Range[];
}

export interface EngineOptions {
  /** A path, or a name from models/manifest.json; null = the bundled model. */
  model: string | null;
  provider: ProviderRequest;
  precision: Precision;
  /** 0 = one per physical core. */
  threads: number;
  /** Folder for compiled graphs; null = the user's cache folder. */
  cache: string | null;
  /** Gigabytes that all compiled graphs may take together; null = PROMPT_LENS_CACHE_LIMIT, or 20. */
  cacheLimitGb?: number | null;
  /** Compiles and starts the graphs only when they are first needed: tokenising and describing a model need none. */
  lazy?: boolean;
}

/** The disk space that the compiled graphs of a model take, single step included. */
export interface CompiledSize {
  folder: string;
  bytes: number;
  /** The limit for all models together. */
  limitBytes: number;
}

export interface LoadedModel {
  model: ModelInfo;
  runtime: RuntimeInfo;
  compiled: CompiledSize;
  loadMs: number;
}
