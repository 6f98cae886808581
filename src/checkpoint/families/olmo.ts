/**
 * OLMo 2 and 3: norms behind the sublayers, and one over whole rows of queries and keys; OLMo 3 with windows, and a scaled rotation in
 * the layers without one.
 */
import {
  blocksOf,
  type Family,
  layerKinds,
  plain,
  plainTensors,
  readBiasKeys,
  type TensorNames,
  turning,
  usualDefaults,
  windowOf,
} from './family';
import { readRotary } from './rotary';

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
    const kinds = layerKinds(config, own.layers, (block) =>
      (block + 1) % 4 === 0 ? 'full_attention' : 'sliding_attention',
    );
    const tables = (['full_attention', 'sliding_attention'] as const).map((kind) =>
      readRotary(config, own.headWidth, kind),
    );
    return {
      ...own,
      ...turning(tables, own),
      blocks: blocksOf(own, (block) =>
        kinds[block] === 'sliding_attention' ? { window, rotary: 1 } : { window: null, rotary: 0 },
      ),
    };
  },
  tensors: normedBehind,
};
