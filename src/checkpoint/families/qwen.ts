/** Qwen 1.5 to 2.5 (biases of queries, keys and values), and Qwen 3 (a norm of queries and keys); the upper layers may have a window. */
import type { Config } from '../folder/config';
import type { BlockSpec, DecoderSpec } from '../types';
import {
  blocksOf,
  type Family,
  plain,
  plainTensors,
  readBiasKeys,
  slidingLayers,
  usedWindowOf,
  usualDefaults,
  withBlock,
} from './family';

const defaults = { ...usualDefaults, use_sliding_window: false, sliding_window: 4096, max_window_layers: 28 };

function windows(config: Config, spec: DecoderSpec): BlockSpec[] {
  const first = config.number('max_window_layers');
  const window = usedWindowOf(config);
  const slides = slidingLayers(config, spec.layers, (block) => window !== null && block >= first);
  return blocksOf(spec, (block) => ({ window: slides[block] ? window : null }));
}

export const qwen2: Family = {
  modelType: 'qwen2',
  defaults,
  spec: (config) => {
    const spec = plain(config);
    return { ...spec, blocks: windows(config, spec) };
  },
  tensors: plainTensors,
};

export const qwen3: Family = {
  modelType: 'qwen3',
  defaults: { ...defaults, head_dim: 128 },
  spec: (config) => {
    readBiasKeys(config);
    const spec = plain(config);
    return { ...spec, queryKeyNorm: { span: 'head', after: false }, blocks: windows(config, spec) };
  },
  tensors: () => withBlock(plainTensors(), { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' }),
};
