/** Phi 1 to 2 (attention and MLP side by side behind one norm), and Phi 3 and 4 mini (a llama with stacked matrices). */
import {
  activation,
  blocksOf,
  dimensions,
  type Family,
  plain,
  plainDecoder,
  plainTensors,
  turningAlike,
  usualDefaults,
  windowOf,
  withBlock,
} from './family';

export const phi: Family = {
  modelType: 'phi',
  defaults: { ...usualDefaults, hidden_act: 'gelu_new', layer_norm_eps: 1e-5, partial_rotary_factor: 0.5 },
  spec: (config) => {
    const own = dimensions(config);
    config.must('qk_layernorm', false);
    return {
      ...own,
      ...plainDecoder,
      norm: { kind: 'layer', epsilon: config.number('layer_norm_eps') },
      residual: 'parallel',
      mlp: { gated: false, activation: activation(config, 'hidden_act') },
      ...turningAlike(config, own),
      blocks: blocksOf(own, () => ({})),
    };
  },
  tensors: () => {
    const names = plainTensors();
    const { ffn_gate: _, ffn_norm: __, ...block } = names.block;
    const own = { attn_output: 'self_attn.dense', ffn_up: 'mlp.fc1', ffn_down: 'mlp.fc2' };
    return { ...names, whole: { ...names.whole, output_norm: 'model.final_layernorm' }, block: { ...block, ...own } };
  },
};

export const phi3: Family = {
  modelType: 'phi3',
  defaults: { ...usualDefaults, rms_norm_eps: 1e-5, original_max_position_embeddings: 4096 },
  spec: (config) => {
    for (const key of ['interpolate_factor', 'full_attn_mod']) config.must(key, 1);
    config.must('lm_head_bias', false);
    const spec = plain(config);
    return { ...spec, blocks: blocksOf(spec, () => ({ window: windowOf(config) })) };
  },
  tensors: ({ heads, keyValueHeads, headWidth, feedForward }) => {
    const [queries, keys] = [heads * headWidth, keyValueHeads * headWidth];
    const fused = (from: string, first: number, count: number) => ({ from, rows: [[first, first + count]] as const });
    return withBlock(plainTensors(), {
      attn_q: fused('self_attn.qkv_proj', 0, queries),
      attn_k: fused('self_attn.qkv_proj', queries, keys),
      attn_v: fused('self_attn.qkv_proj', queries + keys, keys),
      ffn_gate: fused('mlp.gate_up_proj', 0, feedForward),
      ffn_up: fused('mlp.gate_up_proj', feedForward, feedForward),
    });
  },
};
