/**
 * The common parts of every request to the engine: the prompt, progress, and an answer with the prompt it belongs to. Leaf: types
 * only.
 */
import type { EngineOptions, LoadedModel, Prompt, PromptInput } from './model';

/** `stage` is a key the host translates: opening, compiling, loading, running. */
export interface Progress {
  stage: 'opening' | 'compiling' | 'loading' | 'running';
  done: number;
  total: number;
  unit: 'bytes' | 'tokens' | 'steps';
}

export interface PromptRequest {
  prompt: PromptInput;
}

/** Of an analysis with texts of its own: the text on show, whose tokens the answer carries. */
export interface ShownRequest {
  shown?: PromptInput | null;
}

export interface Shown {
  /** Null where no text was named, or one that is longer than the model reads. */
  prompt: Prompt | null;
}

/** A result with the prompt it belongs to and the time it took. */
export interface Answer<R> {
  prompt: Prompt;
  runMs: number;
  /** Tokens whose states were reused from an earlier run. */
  reused: number;
  result: R;
}

/** A partial result with the prompt it belongs to. At most one is sent every 100 ms. */
export interface PartialProgress<R> extends Progress {
  prompt: Prompt;
  partial: R;
}

/** Requests about a model and its files, whatever is analysed. */
export interface ModelRequests {
  load: { params: EngineOptions; result: LoadedModel; progress: Progress };
  /** Tokenises without loading weights into the runtime. */
  tokenize: { params: PromptRequest; result: Prompt };
  /** The token of each id, or the ids of a text, for look-ups. */
  vocabulary: { params: { ids: number[] } | { text: string }; result: { id: number; text: string; bytes: string }[] };
  /**
   * The folder of compiled graphs; `clear` removes everything that no process is writing. It needs no model, and a running engine
   * continues.
   */
  compiledGraphs: {
    params: { folder: string | null; limitGb: number | null; clear: boolean };
    result: { folder: string; bytes: number; freedBytes: number; limitBytes: number };
  };
  /** Writes raw tensors to a safetensors file. */
  save: {
    params: PromptRequest & { path: string; tensors: ('hidden' | 'attention' | 'logits')[] };
    result: { path: string; bytes: number };
    progress: Progress;
  };
}
