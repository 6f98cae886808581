/** Zhang et al. 2022: GPT-2 with a ReLU, whose table of positions begins at its third row. */
import { activation, blocksOf, dimensions, type Family, plainDecoder, type TensorNames } from './family';

/** Rows of the table that no position reads. */
const offset = 2;

export const opt: Family = {
  modelType: 'opt',
  defaults: {
    activation_function: 'relu',
    tie_word_embeddings: true,
    do_layer_norm_before: true,
    layer_norm_elementwise_affine: true,
    max_position_embeddings: 2048,
  },
  spec: (config) => {
    config.must('do_layer_norm_before', true);
    config.must('layer_norm_elementwise_affine', true);
    config.must('_remove_final_layer_norm', false);
    config.flag('enable_bias');
    const own = dimensions(config, { inner: 'ffn_dim' });
    config.must('word_embed_proj_dim', own.width);
    return {
      ...own,
      ...plainDecoder,
      norm: { kind: 'layer', epsilon: 1e-5 },
      mlp: { gated: false, activation: activation(config, 'activation_function') },
      positions: { learned: true, rotated: 0, tables: [] },
      blocks: blocksOf(own, () => ({ rotary: null })),
    };
  },
  tensors: ({ context }): TensorNames => ({
    whole: {
      token_embd: 'model.decoder.embed_tokens',
      position_embd: { from: 'model.decoder.embed_positions', rows: [[offset, offset + context]] },
      output_norm: 'model.decoder.final_layer_norm',
      output: 'lm_head',
    },
    layers: 'model.decoder.layers.',
    block: {
      attn_norm: 'self_attn_layer_norm',
      attn_q: 'self_attn.q_proj',
      attn_k: 'self_attn.k_proj',
      attn_v: 'self_attn.v_proj',
      attn_output: 'self_attn.out_proj',
      ffn_norm: 'final_layer_norm',
      ffn_up: 'fc1',
      ffn_down: 'fc2',
    },
  }),
};
