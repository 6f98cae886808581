/** Black et al. 2022, Pythia: attention and MLP side by side; queries, keys and values of each head stored together. */
import {
  activation,
  blocksOf,
  dimensions,
  type Family,
  plainDecoder,
  readBiasKeys,
  type TensorNames,
  turningAlike,
  usualDefaults,
} from './family';

export const gptNeox: Family = {
  modelType: 'gpt_neox',
  defaults: {
    ...usualDefaults,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-5,
    use_parallel_residual: true,
    rotary_pct: 0.25,
    max_position_embeddings: 2048,
  },
  spec: (config) => {
    const own = dimensions(config);
    readBiasKeys(config);
    return {
      ...own,
      ...plainDecoder,
      norm: { kind: 'layer', epsilon: config.number('layer_norm_eps') },
      residual: config.flag('use_parallel_residual') ? 'parallel' : 'sequential',
      mlp: { gated: false, activation: activation(config, 'hidden_act') },
      ...turningAlike(config, own),
      blocks: blocksOf(own, () => ({})),
    };
  },
  tensors: ({ heads, headWidth }): TensorNames => {
    const ofEachHead = (part: number) => ({
      from: 'attention.query_key_value',
      rows: Array.from({ length: heads }, (_, head) => {
        const first = (3 * head + part) * headWidth;
        return [first, first + headWidth] as const;
      }),
    });
    return {
      whole: { token_embd: 'gpt_neox.embed_in', output_norm: 'gpt_neox.final_layer_norm', output: 'embed_out' },
      layers: 'gpt_neox.layers.',
      block: {
        attn_norm: 'input_layernorm',
        attn_q: ofEachHead(0),
        attn_k: ofEachHead(1),
        attn_v: ofEachHead(2),
        attn_output: 'attention.dense',
        ffn_norm: 'post_attention_layernorm',
        ffn_up: 'mlp.dense_h_to_4h',
        ffn_down: 'mlp.dense_4h_to_h',
      },
    };
  },
};
