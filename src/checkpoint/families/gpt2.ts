/**
 * Radford et al. 2019, and GPT-Neo (Black et al. 2021), whose scores are not scaled and whose layers take turns with a window. GPT-2
 * stores its matrices as [inputs, outputs].
 */
import type { Config } from '../folder/config';
import type { DecoderSpec } from '../types';
import { activation, blocksOf, type Dimensions, type Family, plainDecoder, type TensorNames } from './family';

const most = 1 << 24;

/** Dimensions under OpenAI's names or GPT-Neo's. */
function sizes(config: Config, keys: Record<'width' | 'heads' | 'layers' | 'context' | 'inner', string>): Dimensions {
  const width = config.count(keys.width, most);
  const heads = config.count(keys.heads, 65_536);
  if (width % heads !== 0) throw config.impossible(keys.heads);
  return {
    layers: config.count(keys.layers, 10_000),
    heads,
    keyValueHeads: heads,
    width,
    headWidth: width / heads,
    feedForward: config.has(keys.inner) ? config.count(keys.inner, most) : 4 * width,
    vocabulary: config.count('vocab_size', most),
    context: config.count(keys.context, 2 ** 20),
    tied: config.flag('tie_word_embeddings'),
  };
}

const learned = (config: Config): Omit<DecoderSpec, keyof Dimensions | 'blocks'> => ({
  ...plainDecoder,
  norm: { kind: 'layer', epsilon: config.number('layer_norm_epsilon') },
  mlp: { gated: false, activation: activation(config, 'activation_function') },
  positions: { learned: true, rotated: 0, tables: [] },
});

const defaults = { activation_function: 'gelu_new', layer_norm_epsilon: 1e-5, tie_word_embeddings: true };

const whole = {
  token_embd: 'transformer.wte',
  position_embd: 'transformer.wpe',
  output_norm: 'transformer.ln_f',
  output: 'lm_head',
};

export const gpt2: Family = {
  modelType: 'gpt2',
  defaults: { ...defaults, scale_attn_weights: true, vocab_size: 50_257, n_positions: 1024 },
  spec: (config) => {
    const own = sizes(config, {
      width: 'n_embd',
      heads: 'n_head',
      layers: 'n_layer',
      context: 'n_positions',
      inner: 'n_inner',
    });
    config.must('add_cross_attention', false);
    const scale = config.flag('scale_attn_weights') ? 1 / Math.sqrt(own.headWidth) : 1;
    const falling = config.flag('scale_attn_by_inverse_layer_idx');
    const blocks = blocksOf(own, (block) => ({ rotary: null, scale: falling ? scale / (block + 1) : scale }));
    return { ...own, ...learned(config), blocks };
  },
  tensors: ({ width }): TensorNames => {
    const turned = (from: string) => ({ from, transposed: true });
    const fused = (part: number) => ({ ...turned('attn.c_attn'), rows: [[part * width, (part + 1) * width]] as const });
    return {
      whole,
      layers: 'transformer.h.',
      block: {
        attn_norm: 'ln_1',
        attn_q: fused(0),
        attn_k: fused(1),
        attn_v: fused(2),
        attn_output: turned('attn.c_proj'),
        ffn_norm: 'ln_2',
        ffn_up: turned('mlp.c_fc'),
        ffn_down: turned('mlp.c_proj'),
      },
    };
  },
};

export const gptNeo: Family = {
  modelType: 'gpt_neo',
  defaults: {
    ...defaults,
    window_size: 256,
    attention_types: [[['global', 'local'], 12]],
    max_position_embeddings: 2048,
  },
  spec: (config) => {
    const own = sizes(config, {
      width: 'hidden_size',
      heads: 'num_heads',
      layers: 'num_layers',
      context: 'max_position_embeddings',
      inner: 'intermediate_size',
    });
    const window = config.count('window_size', 2 ** 20);
    const kinds = attentionKinds(config);
    if (kinds.length < own.layers) throw config.refused('attention_types', kinds.length);
    const blocks = blocksOf(own, (block) => ({
      rotary: null,
      scale: 1,
      window: kinds[block] === 'local' ? window : null,
    }));
    return { ...own, ...learned(config), blocks };
  },
  tensors: (): TensorNames => ({
    whole,
    layers: 'transformer.h.',
    block: {
      attn_norm: 'ln_1',
      attn_q: 'attn.attention.q_proj',
      attn_k: 'attn.attention.k_proj',
      attn_v: 'attn.attention.v_proj',
      attn_output: 'attn.attention.out_proj',
      ffn_norm: 'ln_2',
      ffn_up: 'mlp.c_fc',
      ffn_down: 'mlp.c_proj',
    },
  }),
};

/** One kind a layer: listed, or as patterns with the number of their repetitions. */
function attentionKinds(config: Config): unknown[] {
  const patterns = config.list('attention_types') ?? [];
  const listed = config.list('attention_layers');
  const kinds =
    listed ??
    patterns.flatMap((entry) => {
      if (!Array.isArray(entry) || !Array.isArray(entry[0]) || !(entry[1] > 0 && entry[1] < 10_000))
        throw config.refused('attention_types', entry);
      return Array.from({ length: entry[1] }, () => entry[0]).flat();
    });
  for (const kind of kinds) if (kind !== 'global' && kind !== 'local') throw config.refused('attention_types', kind);
  return [...kinds];
}
