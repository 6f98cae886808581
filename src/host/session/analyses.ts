/**
 * The two analyses a panel shows, as questions to the engine: what is asked, and how much of the answer is kept. Knows the wire,
 * neither VS Code nor the session. Used by session/lensSession.ts and by the baseline command.
 */
import type { CallOptions } from '../../protocol/channel';
import type { EngineApi, LoadedModel, Progress, SinkMode } from '../../protocol/engine';
import type { PromptInput } from '../../protocol/model';
import type { AttentionData, ProbabilitiesData } from '../../protocol/panel';
import type { EngineStatus } from '../engine/supervisor';

type Requests = EngineApi['requests'];

/** What the session needs of the supervisor. */
export interface SessionEngine {
  readonly status: EngineStatus;
  load(): Promise<LoadedModel>;
  request<K extends keyof Requests>(
    method: K,
    params: Requests[K]['params'],
    options?: CallOptions<Requests[K] extends { progress: infer P } ? P : undefined>,
  ): Promise<Requests[K]['result']>;
}

export interface Asked {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** Candidates asked after the last position: enough for the sampling sliders to redraw the distribution. */
export const nextCandidates = 200;
/** Candidates kept before each token: a message per keystroke must stay small. */
export const candidatesPerToken = 10;
/** Cells a side of a head's thumbnail. */
export const overviewSize = 48;

export interface Finished<T> {
  data: T;
  runMs: number;
}

export async function askProbabilities(
  engine: SessionEngine,
  prompt: PromptInput,
  asked: Asked = {},
): Promise<Finished<ProbabilitiesData>> {
  const answer = await engine.request(
    'probabilities',
    { prompt, top: candidatesPerToken, nextTop: nextCandidates },
    asked,
  );
  return { data: { prompt: answer.prompt, result: answer.result, end: answer.end }, runMs: answer.runMs };
}

export async function askAttention(
  engine: SessionEngine,
  prompt: PromptInput,
  sink: SinkMode,
  asked: Asked = {},
): Promise<Finished<AttentionData>> {
  const answer = await engine.request('attentionOverview', { prompt, size: overviewSize, sink }, asked);
  // A tensor from the engine is a view into the whole message; only its own bytes go on to the page.
  const overview = { ...answer.result, thumbnails: answer.result.thumbnails.slice() };
  return { data: { prompt: answer.prompt, overview }, runMs: answer.runMs };
}
