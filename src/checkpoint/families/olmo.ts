/**
 * OLMo 2 and 3: norms behind the sublayers, and one over whole rows of queries and keys; OLMo 3 with windows, and a scaled rotation in
 * the layers without one.
 */
import {
  blocksOf,
  type Family,
  plain,
  plainTensors,
  readBiasKeys,
  slidingLayers,
  type TensorNames,
  turningByKind,
  usualDefaults,
  windowOf,
} from './family';

export function normedBehind(): TensorNames {
  const names = plainTensors();
  const { attn_norm: _, ffn_norm: __, ...block } = names.block;
  return {
    ...names,
    block: {
      ...block,
      attn_q_norm: 'self_attn.q_norm',
      attn_k_norm: 'self_attn.k_norm',
      post_attention_norm: 'post_attention_layernorm',
      post_ffw_norm: 'post_feedforward_layernorm',
    },
  };
}

export const olmo2: Family = {
  modelType: 'olmo2',
  defaults: { ...usualDefaults, rms_norm_eps: 1e-5 },
  spec: (config) => {
    readBiasKeys(config);
    return { ...plain(config), placement: 'after', queryKeyNorm: { span: 'row', after: false } };
  },
  tensors: normedBehind,
};

export const olmo3: Family = {
  modelType: 'olmo3',
  defaults: { ...usualDefaults, rms_norm_eps: 1e-5, rope_theta: 500_000, sliding_window: 4096 },
  spec: (config) => {
    const own = olmo2.spec(config);
    const window = windowOf(config);
    const slides = slidingLayers(config, own.layers, (block) => (block + 1) % 4 !== 0);
    return {
      ...own,
      ...turningByKind(config, own),
      blocks: blocksOf(own, (block) => (slides[block] ? { window, rotary: 1 } : {})),
    };
  },
  tensors: normedBehind,
};
