/**
 * Entry of the engine process: it is forked by the extension host and by the command line, speaks analysis/contracts.ts over the
 * fork's channel, and ends when its parent is gone.
 */

import type { EngineApi, HostApi } from '../analysis/contracts';
import { Channel } from '../protocol/channel';
import { failures } from '../protocol/problem';
import { type ProcessEnd, processPort } from '../protocol/processPort';
import { compiledGraphs } from './cacheFolder';
import { Engine } from './engine';

// Exact means float32: with TF32 the CUDA libraries would round products to 19 bits.
process.env.NVIDIA_TF32_OVERRIDE = '0';

const engine = new Engine();
const parent = {
  send: (message: unknown, callback?: (error: unknown) => void) =>
    process.send?.(message, undefined, undefined, callback),
  on: process.on.bind(process) as ProcessEnd['on'],
};
const channel = new Channel<HostApi, EngineApi>(processPort(parent), failures);
channel.handle({
  ...engine.analyses(),
  load: (params, context) => engine.load(params, context),
  tokenize: (params) => engine.tokenize(params),
  vocabulary: (params) => engine.vocabulary(params),
  save: (params, context) => engine.save(params, context),
  compiledGraphs,
});
process.on('disconnect', () => process.exit(0));
