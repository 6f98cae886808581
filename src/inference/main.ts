/**
 * Entry of the engine process: forked by the extension host and by the command line, speaks protocol/engine.ts over the fork's
 * channel, ends when the parent is gone.
 */

import type { EngineApi, HostApi } from '../analysis/contracts';
import { Channel, type Handlers } from '../protocol/channel';
import { type ProcessEnd, processPort } from '../protocol/processPort';
import { compiledGraphs } from './cacheFolder';
import { Engine } from './engine';

// Exact means float32: the CUDA libraries would round products to 19 bits.
process.env.NVIDIA_TF32_OVERRIDE = '0';

const engine = new Engine();
const parent = {
  send: (message: unknown, callback?: (error: unknown) => void) =>
    process.send?.(message, undefined, undefined, callback),
  on: process.on.bind(process) as ProcessEnd['on'],
};
const channel = new Channel<HostApi, EngineApi>(processPort(parent));
channel.handle({
  load: (params, context) => engine.load(params, context),
  tokenize: (params) => engine.tokenize(params),
  probabilities: (params, context) => engine.probabilities(params, context),
  generate: (params, context) => engine.generate(params, context),
  choose: (params, context) => engine.choose(params, context),
  attentionOverview: (params, context) => engine.attentionOverview(params, context),
  attentionHeads: (params, context) => engine.attentionHeads(params, context),
  attentionBetween: (params, context) => engine.attentionBetween(params, context),
  occlusion: (params, context) => engine.occlusion(params, context),
  gradients: (params, context) => engine.gradients(params, context),
  lens: (params, context) => engine.lens(params, context),
  heads: (params, context) => engine.heads(params, context),
  patch: (params, context) => engine.patch(params, context),
  saliency: (params, context) => engine.saliency(params, context),
  lensTable: (params, context) => engine.lensTable(params, context),
  headMap: (params, context) => engine.headMap(params, context),
  examples: (params, context) => engine.examples(params, context),
  patching: (params, context) => engine.patching(params, context),
  embeddings: (params, context) => engine.embeddings(params, context),
  neighbours: (params, context) => engine.neighbours(params, context),
  probe: (params, context) => engine.probe(params, context),
  truth: (params, context) => engine.truth(params, context),
  truthDirection: (params) => engine.truthDirection(params),
  trainTruth: (params, context) => engine.trainTruth(params, context),
  evaluateTruth: (params, context) => engine.evaluateTruth(params, context),
  follow: (params) => engine.follow(params),
  vocabulary: (params) => engine.vocabulary(params),
  save: (params, context) => engine.save(params, context),
  compiledGraphs,
} satisfies Handlers<EngineApi>);
process.on('disconnect', () => process.exit(0));
