/**
 * The analyses that a panel shows, as questions to the engine: the question, what the answer depends on, and how much of it is kept. Knows
 * the wire, but neither VS Code nor the session.
 */

import type { AttentionData } from '../../analysis/attention/contract';
import { type Analysis, contracts, type DataOf, type EngineApi } from '../../analysis/contracts';
import { dependence } from '../../analysis/declare';
import type { LayersData } from '../../analysis/logitLens/contract';
import type { Options, Values } from '../../analysis/options';
import type { Intent } from '../../analysis/panel';
import { patchParts } from '../../analysis/patching/contract';
import type { ProbabilitiesData } from '../../analysis/probabilities/contract';
import type { SaliencyData, SaliencyParams, SaliencyResult } from '../../analysis/saliency/contract';
import type { TargetResult, TargetSpec } from '../../analysis/shared/contract';
import type { CallOptions } from '../../protocol/channel';
import { clause } from '../../protocol/clauses';
import type { LoadedModel, Prompt, PromptInput, Range } from '../../protocol/model';
import { type Problem, ProblemError } from '../../protocol/problem';
import { leftOpen, leftOpenLike } from '../../protocol/promptEnd';
import type { PartialProgress, Progress } from '../../protocol/request';
import type { EngineStatus } from '../engine/supervisor';
import type { OpenPrompt } from './embeddedTexts';
import { askEmbeddings } from './embeddingsAnalysis';
import { askAnswer, askLie, askProbe } from './lieAnalysis';
import type { PromptSource } from './promptSource';

type Requests = EngineApi['requests'];

/** The part of the supervisor that the session needs. */
export interface SessionEngine {
  readonly status: EngineStatus;
  load(): Promise<LoadedModel>;
  request<K extends keyof Requests>(
    method: K,
    params: Requests[K]['params'],
    options?: CallOptions<Requests[K] extends { progress: infer P } ? P : undefined>,
  ): Promise<Requests[K]['result']>;
}

/** `partial`: the result so far, for analyses that deliver it in parts. */
export interface Asked<T> {
  signal?: AbortSignal;
  onProgress?: (progress: Progress, partial?: T) => void;
}

/** The user's choices; `units`: the ranges of the file that were selected when the unit "selection" was chosen. */
export interface Switches {
  intent: Intent;
  units: readonly Range[];
}

export interface Question extends Switches {
  source: PromptSource;
  input: PromptInput;
  /** Translates a problem that is part of a result into the user's language. */
  translate: (problem: Problem) => Problem;
  openPrompts: () => Promise<OpenPrompt[]>;
}

/** The answer is the data that is shown, and says how long the engine took. */
export type Answered<T> = Promise<T & { runMs: number }>;
type Ask<T> = (engine: SessionEngine, question: Question, asked: Asked<T>) => Answered<T>;

/** Candidates requested after the last position: enough for the sampling sliders to redraw the distribution. */
export const nextCandidates = 200;
/** Candidates kept before each token: few, since a message per keystroke must stay small. */
export const candidatesPerToken = 10;
/** Cells per side of a head's thumbnail. */
export const overviewSize = 48;
/** Number of last positions in the logit lens that are sent unasked; the page asks for others. */
export const lensColumns = 12;
/** Candidates in each cell of the lens. */
export const lensCandidates = 5;

/** How each analysis is requested; its contract describes it. */
export const questions: { readonly [A in Analysis]: Ask<DataOf[A]> } = {
  probabilities: (engine, { input }, asked) => askProbabilities(engine, input, asked),
  repeat(engine, { input: prompt, intent }, asked) {
    const { maxTokens, runs } = intent.probabilities.repeat;
    return engine.request('repeat', { prompt, maxTokens, runs }, growing(asked));
  },
  attention: askAttention,
  saliency: askSaliency,
  layers: askLayers,
  heads: (engine, { input: prompt, intent: { target } }, asked) =>
    engine.request('heads', { prompt, target, preview: true }, growing(asked)),
  examples: (engine, { input: prompt, intent: { target } }, asked) =>
    engine.request('examples', { prompt, target }, growing(asked)),
  async patching(engine, { source, input: prompt, intent }, asked) {
    const { target, patching } = intent;
    const from = leftOpenLike(prompt, await source.readText(patching.from ?? source.text));
    if (!from) throw new ProblemError('nothingToContinue', [clause('secondPrompt')]);
    const params = { prompt, from, target, parts: [...patchParts], preview: true };
    return engine.request('patching', params, growing(asked));
  },
  embeddings: askEmbeddings,
  lie: askLie,
  answer: askAnswer,
  probe: askProbe,
};

/** The choices that the answer depends on, besides text and model. */
export function dependsOn(analysis: Analysis, { intent, units }: Switches): unknown {
  const contract = contracts[analysis];
  const values = intent[contract.tab] as Values<Options>;
  const selected = analysis === 'saliency' && intent.saliency.by === 'selection' ? units : null;
  return [
    contract.targeted ? targetKey(intent.target) : null,
    dependence(contract as Parameters<typeof dependence>[0], values),
    selected,
  ];
}

export function askProbabilities(
  engine: SessionEngine,
  prompt: PromptInput,
  asked: Asked<ProbabilitiesData> = {},
): Answered<ProbabilitiesData> {
  return engine.request(
    'probabilities',
    { prompt, top: candidatesPerToken, nextTop: nextCandidates },
    {
      signal: asked.signal,
      onProgress: ({ part, ...progress }) => asked.onProgress?.(progress, part && { ...part, end: null, part: true }),
    },
  );
}

async function askAttention(
  engine: SessionEngine,
  {
    input: prompt,
    intent: {
      attention: { sink },
    },
  }: Question,
  asked: Asked<AttentionData>,
): Answered<AttentionData> {
  const answer = await engine.request('attentionOverview', { prompt, size: overviewSize, sink }, asked);
  // A tensor from the engine is a view into the whole message; only its own bytes are passed to the page.
  const overview = { ...answer.result, thumbnails: answer.result.thumbnails.slice() };
  return { prompt: answer.prompt, overview, runMs: answer.runMs };
}

async function askSaliency(
  engine: SessionEngine,
  { input: prompt, intent: { target, saliency }, units, translate }: Question,
  asked: Asked<SaliencyData>,
): Answered<SaliencyData> {
  const { by, operator, scope, pattern, methods } = saliency;
  const params = {
    ...{ prompt, target, by, operator, scope, methods, replacement: null },
    ...{ steps: null, curves: true, warnings: true, limits: 'panel' as const },
    long: askedOfLong(saliency),
    pattern: by === 'match' ? pattern : null,
    selection: by === 'selection' ? [...units] : [],
  };
  const told = <D extends SaliencyData>(data: D): D => ({ ...data, result: inWords(data.result, translate) });
  const onProgress: Asked<SaliencyData>['onProgress'] = (progress, partial) =>
    asked.onProgress?.(progress, partial && told(partial));
  return told(await engine.request('saliency', params, growing({ signal: asked.signal, onProgress })));
}

/** Unless chosen otherwise, a long prompt is explained by its lines, and by knock-out alone. */
function askedOfLong({ by, unitChosen, others, methods }: Intent['saliency']): NonNullable<SaliencyParams['long']> {
  return {
    by: by === 'word' && !unitChosen ? 'line' : by,
    methods: others ? methods : ['occlusion'],
    curves: others,
  };
}

function inWords(result: SaliencyResult, translate: Question['translate']): SaliencyResult {
  const methods = result.methods.map((each) => ({ ...each, refused: each.refused && translate(each.refused) }));
  return { ...result, methods };
}

/** The columns before the target, or the last ones of the prompt. */
async function askLayers(
  engine: SessionEngine,
  { input: prompt, intent: { target, layers } }: Question,
  asked: Asked<LayersData>,
): Answered<LayersData> {
  const follow = layers.pins.map(({ id }) => id);
  const params = { prompt, target, positions: { last: lensColumns }, top: lensCandidates, follow, change: true };
  const answer = await engine.request('logitLens', params, asked);
  const { target: found, ...table } = answer.result;
  // The request has a target, so the answer has one.
  return { prompt: answer.prompt, target: found as TargetResult, table, runMs: answer.runMs };
}

/** The key does not depend on the order in which a page wrote the fields. */
function targetKey({ text, span, contrast }: TargetSpec): unknown {
  return [text ?? null, span ?? null, contrast ?? null];
}

/** The prompt, with its last message left open where that is chosen and possible. */
export function opened(input: PromptInput, { continueLast }: Pick<Intent, 'continueLast'>): PromptInput {
  return (continueLast && leftOpen(input)) || input;
}

/** The engine's progress may carry the partial result; the session keeps the two apart. */
function growing<R>({
  signal,
  onProgress,
}: Asked<{ prompt: Prompt; result: R }>): CallOptions<PartialProgress<R | null>> {
  return {
    signal,
    onProgress: ({ prompt, partial, stage, done, total, unit }) =>
      onProgress?.({ stage, done, total, unit }, partial === null ? undefined : { prompt, result: partial }),
  };
}
