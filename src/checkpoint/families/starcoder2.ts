/** Lozhkov et al. 2024: layer norms, a plain MLP, biases everywhere, a window in every layer. */
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
  windowOf,
} from './family';

export const starcoder2: Family = {
  modelType: 'starcoder2',
  defaults: {
    ...usualDefaults,
    num_key_value_heads: 2,
    hidden_act: 'gelu_pytorch_tanh',
    norm_epsilon: 1e-5,
    tie_word_embeddings: true,
  },
  idle: /^(?:scale_)?attention_softmax_in_fp32$|^activation_function$/,
  spec: (config) => {
    const own = dimensions(config);
    readBiasKeys(config);
    config.must('norm_type', 'layer_norm');
    config.must('scale_attn_weights', true);
    config.must('mlp_type', 'default');
    return {
      ...own,
      ...plainDecoder,
      norm: { kind: 'layer', epsilon: config.number('norm_epsilon') },
      mlp: { gated: false, activation: activation(config, 'hidden_act') },
      ...turningAlike(config, own),
      blocks: blocksOf(own, () => ({ window: windowOf(config) })),
    };
  },
  tensors: () => {
    const names = plainTensors();
    const { ffn_gate: _, ...block } = names.block;
    return { ...names, block: { ...block, ffn_up: 'mlp.c_fc', ffn_down: 'mlp.c_proj' } };
  },
};
