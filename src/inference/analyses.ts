/**
 * Maps each request about a text to its handler, one line each. A request of the contracts without a line here does not compile.
 * Engine only.
 */
import { attentionBetween, attentionHeads, attentionOverview } from '../analysis/attention/attention';
import { choose } from '../analysis/choose/choose';
import type { AnalysisRequests } from '../analysis/contracts';
import { explainByExamples, explainByHeads, explainByLens, explainByPatching, explainBySaliency } from './explanations';
import {
  embeddingsGround,
  type Ground,
  type PromptHandler,
  type PromptRequests,
  stepsDone,
  type TextsHandler,
  timed,
  tokensDone,
  truthGround,
} from './ground';
import { continued, scored } from './keptRuns';
import { fitProbe } from './layerProbeRequest';
import { repeated } from './repeatRequest';
import { truthDirection } from './truthDirection';
import { evaluateTruth, judge, trainTruth } from './truthRequests';
import { followingEntries } from './vocabularyEntries';

/** Analyses of one prompt: each waits its turn, is timed, and answers with the prompt. */
export const promptAnalyses: { readonly [K in PromptRequests]: PromptHandler<K> } = {
  probabilities: scored,
  generate: continued,
  repeat: withRoom(repeated),
  choose: async ({ model, prompt, known }, { choices, threshold }, { signal, progress }) => ({
    result: await choose(model, prompt, choices, { threshold, known, signal, onProgress: stepsDone(progress) }),
  }),
  attentionOverview: async ({ model, ids, known }, { size, sink }, { signal, progress }) => ({
    result: await attentionOverview(model, ids, { size, sink, known, signal, onProgress: tokensDone(progress) }),
  }),
  attentionHeads: async ({ model, ids, known }, { heads }, { signal }) => ({
    result: await attentionHeads(model, ids, heads, { known, signal }),
  }),
  attentionBetween: async ({ model, ids, known }, { from, to }, { signal }) => ({
    result: { weights: await attentionBetween(model, ids, from, to, { known, signal }) },
  }),
  saliency: withRoom(explainBySaliency),
  logitLens: explainByLens,
  heads: withRoom(explainByHeads),
  examples: explainByExamples,
  patching: withRoom(explainByPatching),
};

type TextRequests = Exclude<keyof AnalysisRequests, PromptRequests | keyof typeof lookUps>;

/** Analyses that bring texts of their own: each waits its turn. */
export const textAnalyses: { readonly [K in TextRequests]: TextsHandler<K> } = {
  embeddings: async (ground, params, context) => ({
    prompt: await ground.shown(params.shown ?? null),
    ...(await timed(ground.running.points.embeddings(embeddingsGround(ground), params, context).then(asResult))),
  }),
  neighbours: (ground, params, context) => ground.running.points.neighbours(embeddingsGround(ground), params, context),
  probe: (ground, params, context) => timed(fitProbe(truthGround(ground), params, context).then(asResult)),
  truth: (ground, params, context) => timed(judge(truthGround(ground), params, context)),
  trainTruth: (ground, params, context) =>
    timed(trainTruth(truthGround(ground), params, context).then((probe) => ({ probe }))),
  evaluateTruth: (ground, params, context) => timed(evaluateTruth(truthGround(ground), params, context)),
};

/** Answers that need no pass, and so do not wait for a turn. */
export const lookUps = {
  truthDirection: (ground, params) => truthDirection(truthGround(ground), params),
  follow: async ({ model, running, read }, { prompt, ...params }) =>
    followingEntries(model, running.checkpoint.tokenizer, await read(prompt), params),
} satisfies Partial<{ [K in keyof AnalysisRequests]: TextsHandler<K> }>;

/** A gradient needs memory, so data that is kept only to save time is dropped first. */
function withRoom<K extends PromptRequests>(handler: PromptHandler<K>): PromptHandler<K> {
  return (ground: Ground, params, context) => {
    ground.running.kept.makeRoom();
    return handler(ground, params, context);
  };
}

const asResult = <R>(result: R) => ({ result });
