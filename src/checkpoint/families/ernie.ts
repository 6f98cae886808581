/** ERNIE 4.5, dense: a llama that rotates neighbouring channels. */
import { type Family, plain, plainTensors, readBiasKeys, usualDefaults, withBlock } from './family';

export const ernie: Family = {
  modelType: 'ernie4_5',
  defaults: {
    ...usualDefaults,
    rms_norm_eps: 1e-5,
    num_key_value_heads: 2,
    head_dim: 128,
    rope_theta: 500_000,
    tie_word_embeddings: true,
  },
  spec: (config) => {
    readBiasKeys(config);
    return plain(config);
  },
  tensors: ({ heads, keyValueHeads }) =>
    withBlock(plainTensors(), {
      attn_q: { from: 'self_attn.q_proj', neighbours: { heads } },
      attn_k: { from: 'self_attn.k_proj', neighbours: { heads: keyValueHeads } },
    }),
};
