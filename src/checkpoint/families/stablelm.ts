/** StableLM 2: a llama with layer norms, of which a part of each head rotates. */
import {
  activation,
  blocksOf,
  dimensions,
  type Family,
  plainDecoder,
  plainTensors,
  readBiasKeys,
  turningAlike,
  usualDefaults,
} from './family';

export const stablelm: Family = {
  modelType: 'stablelm',
  defaults: { ...usualDefaults, layer_norm_eps: 1e-5, partial_rotary_factor: 0.25 },
  spec: (config) => {
    const own = dimensions(config);
    readBiasKeys(config);
    config.must('qk_layernorm', false);
    return {
      ...own,
      ...plainDecoder,
      norm: { kind: 'layer', epsilon: config.number('layer_norm_eps') },
      residual: config.flag('use_parallel_residual') ? 'parallel' : 'sequential',
      mlp: { gated: true, activation: activation(config, 'hidden_act') },
      ...turningAlike(config, own),
      blocks: blocksOf(own, () => ({})),
    };
  },
  tensors: plainTensors,
};
