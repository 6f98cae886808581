/** The bundled model, loaded once for each form that the tests need, and the reference values that its numbers are compared with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel, type RunningModel } from '../../src/inference/loadModel';
import type { Precision, PromptInput } from '../../src/protocol/model';

/** Computed with transformers; see the README beside the files. Natural logarithms. */
export interface ReferenceCase {
  name: string;
  text: string | null;
  messages: { role: string; content: string }[] | null;
  rendered: string;
  ids: number[];
  next_top: [id: number, logprob: number][];
  next_entropy_nats: number;
  token_logprob: (number | null)[];
  token_rank: (number | null)[];
  entropy: number[];
  /** Layer → first eight values at the last position. */
  hidden_last: Record<string, number[]>;
  attention_rows: [layer: number, head: number, query: number, weights: number[]][];
  greedy: number[];
  greedy_gap: number[];
}

const folder = join(__dirname, '..', 'fixtures', 'reference');

export const referenceCases: ReferenceCase[] = ['smollm2.json', 'smollm2-more.json'].flatMap(
  (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ReferenceCase[],
);

export function promptOf({ text, messages }: ReferenceCase): PromptInput {
  if (text !== null) return { kind: 'raw', file: null, text, pieces: [] };
  return { kind: 'chat', file: null, messages: (messages ?? []).map((message) => ({ ...message, pieces: [] })) };
}

export function loadBundled(precision: Precision = 'exact'): Promise<RunningModel> {
  const model = join(__dirname, '..', '..', 'models', 'SmolLM2-135M-Instruct.Q4_1.gguf');
  const options = { model, provider: 'cpu', precision, threads: 1, cache: null } as const;
  return loadModel(options, { signal: new AbortController().signal, progress: () => {} });
}
