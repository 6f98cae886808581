/** Hunyuan, dense: a llama whose queries and keys are normed behind the rotation. Its files still speak of switches of its older kin. */
import { type Family, plain, plainTensors, readBiasKeys, usualDefaults, withBlock } from './family';

export const hunyuan: Family = {
  modelType: 'hunyuan_v1_dense',
  defaults: { ...usualDefaults, rms_norm_eps: 1e-5 },
  idle: /^(?:cla_share_factor|dense_list|class_num|pool_type|org_vocab_size|attention_head_dim|mask_init_id|text_(?:start|end)_id)$/,
  spec: (config) => {
    readBiasKeys(config);
    config.must('use_qk_norm', true);
    config.must('use_rotary_pos_emb', true);
    config.must('norm_type', 'rms');
    return { ...plain(config), queryKeyNorm: { span: 'head', after: true } };
  },
  tensors: () =>
    withBlock(plainTensors(), {
      attn_q_norm: 'self_attn.query_layernorm',
      attn_k_norm: 'self_attn.key_layernorm',
    }),
};
