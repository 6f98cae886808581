/** Hunyuan, dense: a llama whose queries and keys are normed behind the rotation. */
import { type Family, plain, plainTensors, readBiasKeys, usualDefaults, withBlock } from './family';

export const hunyuan: Family = {
  modelType: 'hunyuan_v1_dense',
  defaults: { ...usualDefaults, rms_norm_eps: 1e-5 },
  spec: (config) => {
    readBiasKeys(config);
    return { ...plain(config), queryKeyNorm: { span: 'head', after: true } };
  },
  tensors: () =>
    withBlock(plainTensors(), {
      attn_q_norm: 'self_attn.query_layernorm',
      attn_k_norm: 'self_attn.key_layernorm',
    }),
};
