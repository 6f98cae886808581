/** Nemotron 3 and 4, dense, and Minitron: layer norms by 1 + w with a bias, a plain MLP with squared ReLU, a part of each head rotates. */
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
  withBlock,
} from './family';
import { onePlus } from './gemma';

export const nemotron: Family = {
  modelType: 'nemotron',
  defaults: { ...usualDefaults, hidden_act: 'relu2', norm_eps: 1e-5, partial_rotary_factor: 0.5 },
  spec: (config) => {
    const own = dimensions(config);
    readBiasKeys(config);
    return {
      ...own,
      ...plainDecoder,
      norm: { kind: 'layer', epsilon: config.number('norm_eps') },
      mlp: { gated: false, activation: activation(config, 'hidden_act') },
      ...turningAlike(config, own),
      blocks: blocksOf(own, () => ({})),
    };
  },
  tensors: () => {
    const { whole, block, ...names } = plainTensors();
    const { ffn_gate: _, ...ungated } = block;
    const normed = { attn_norm: onePlus('input_layernorm'), ffn_norm: onePlus('post_attention_layernorm') };
    return withBlock({ ...names, whole: { ...whole, output_norm: onePlus('model.norm') }, block: ungated }, normed);
  },
};
