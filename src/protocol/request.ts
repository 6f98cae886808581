/** What every request to the engine has in common: the prompt, progress, and an answer with the prompt it belongs to. Leaf: types only. */
import type { Prompt, PromptInput } from './model';

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

/** A result with the prompt it belongs to and what it took. */
export interface Answer<R> {
  prompt: Prompt;
  runMs: number;
  /** Tokens whose states were reused from an earlier run. */
  reused: number;
  result: R;
}

/** A result on its way, with the prompt it belongs to. At most one every 100 ms. */
export interface PartialProgress<R> extends Progress {
  prompt: Prompt;
  partial: R;
}
