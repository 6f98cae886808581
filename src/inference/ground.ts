/**
 * Everything that the engine prepares for an analysis: the loaded model, what earlier runs know, and the tokenised prompt. Engine
 * only.
 */
import { dirname } from 'node:path';
import type { AnalysisRequests } from '../analysis/contracts';
import type { KnownPast } from '../analysis/shared/prefix';
import type { HandlerContext } from '../protocol/channel';
import type { Prompt, PromptInput } from '../protocol/model';
import type { Answer, Progress, PromptRequest } from '../protocol/request';
import type { EmbeddingsRequests } from './embeddingsRequest';
import type { KeptRuns } from './keptRuns';
import type { RunningModel } from './loadModel';
import { bundledProbe } from './probeFile';

/** Results computed with a model that may be used again. They are dropped with the model. */
export interface Kept {
  kept: KeptRuns;
  points: EmbeddingsRequests;
}

/** The ground of an analysis that brings its own texts. */
export interface TextsGround {
  running: RunningModel & Kept;
  model: RunningModel['decoder'];
  /** The tokenised prompt, which is neither empty nor longer than the model reads. */
  read(input: PromptInput): Promise<Prompt>;
  /** The text on show, if any; null for one that is longer than the model reads, which its own parts need not be. */
  shown(input: PromptInput | null): Promise<Prompt | null>;
}

/** The ground of an analysis of one prompt. */
export interface Ground extends TextsGround {
  prompt: Prompt;
  ids: number[];
  /** The part of the prompt that an earlier run knows. */
  known: KnownPast | null;
  differentiable: RunningModel['gradients'];
}

type Params<K extends keyof AnalysisRequests> = AnalysisRequests[K]['params'];
type ProgressOf<K extends keyof AnalysisRequests> = AnalysisRequests[K] extends { progress: infer P } ? P : unknown;

/** Requests about one prompt, which the engine tokenises and times. */
export type PromptRequests = {
  [K in keyof AnalysisRequests]: AnalysisRequests[K] extends { params: PromptRequest; result: Answer<unknown> }
    ? K
    : never;
}[keyof AnalysisRequests];

/** An answer without the fields that the engine adds itself; with `reused` where the analysis knows it better. */
export type Analysed<K extends PromptRequests> = Omit<AnalysisRequests[K]['result'], 'prompt' | 'runMs' | 'reused'> & {
  reused?: number;
};

export type PromptHandler<K extends PromptRequests> = (
  ground: Ground,
  params: Params<K>,
  context: HandlerContext<ProgressOf<K>>,
) => Promise<Analysed<K>>;

export type TextsHandler<K extends keyof AnalysisRequests> = (
  ground: TextsGround,
  params: Params<K>,
  context: HandlerContext<ProgressOf<K>>,
) => Promise<AnalysisRequests[K]['result']>;

export const tokensDone = (progress: (p: Progress) => void) => (done: number, total: number) =>
  progress({ stage: 'running', done, total, unit: 'tokens' });

export const stepsDone = (progress: (p: Progress) => void) => (done: number, total: number) =>
  progress({ stage: 'running', done, total, unit: 'steps' });

/** The result together with the milliseconds that the work took. */
export async function timed<R extends object>(
  work: Promise<R>,
  started = performance.now(),
): Promise<R & { runMs: number }> {
  const result = await work;
  return { ...result, runMs: performance.now() - started };
}

/** The inputs of the requests around the truth probe. */
export function truthGround({ running, model, read, shown }: TextsGround) {
  const folder = dirname(running.model.path);
  return { model, prompt: read, shown, threads: running.runtime.threads, bundledProbe: bundledProbe(folder) };
}

export function embeddingsGround({ running, model, read }: TextsGround) {
  return { model, table: running.table, prompt: read };
}
