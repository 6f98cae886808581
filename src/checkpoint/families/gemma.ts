/**
 * Gemma 1 to 3: norms multiply by 1 + w and the embeddings by √D; from Gemma 2 on a norm stands around each sublayer, and layers take
 * turns with a window; Gemma 2 caps its scores and logits, Gemma 3 norms queries and keys and turns faster within windows.
 */
import type { Config } from '../folder/config';
import type { DecoderSpec } from '../types';
import {
  activation,
  blocksOf,
  dimensions,
  type Family,
  plainDecoder,
  plainTensors,
  readBiasKeys,
  slidingLayers,
  type TensorNames,
  turningAlike,
  turningByKind,
  usualDefaults,
  windowOf,
  withBlock,
} from './family';

const defaults = { ...usualDefaults, head_dim: 256, tie_word_embeddings: true, hidden_act: 'gelu_pytorch_tanh' };

/** A norm that is stored as w where it multiplies by 1 + w. */
export const onePlus = (from: string) => ({ from, plusOne: true });

const tensors = (): TensorNames => {
  const names = withBlock(plainTensors(), {
    attn_norm: onePlus('input_layernorm'),
    ffn_norm: onePlus('post_attention_layernorm'),
  });
  return { ...names, whole: { ...names.whole, output_norm: onePlus('model.norm') } };
};

const around = (): TensorNames =>
  withBlock(tensors(), {
    post_attention_norm: onePlus('post_attention_layernorm'),
    ffn_norm: onePlus('pre_feedforward_layernorm'),
    post_ffw_norm: onePlus('post_feedforward_layernorm'),
  });

function shared(config: Config): Omit<DecoderSpec, 'blocks' | 'positions'> {
  const own = dimensions(config);
  readBiasKeys(config);
  config.must('use_bidirectional_attention', false);
  // The first files say "gelu" and mean its approximation by tanh; a newer key says so.
  const key = config.has('hidden_activation') ? 'hidden_activation' : 'hidden_act';
  config.value('hidden_act');
  const kind = config.value(key) === 'gelu' ? 'geluTanh' : activation(config, key);
  return {
    ...own,
    ...plainDecoder,
    norm: { kind: 'rms', epsilon: config.number('rms_norm_eps') },
    mlp: { gated: true, activation: kind },
    scale: { ...plainDecoder.scale, embedding: Math.sqrt(own.width) },
  };
}

const caps = (config: Config) => ({
  attention: config.optional('attn_logit_softcapping'),
  logits: config.optional('final_logit_softcapping'),
});

export const gemma: Family = {
  modelType: 'gemma',
  defaults: { ...defaults, num_key_value_heads: 16 },
  spec: (config) => {
    const own = shared(config);
    return { ...own, ...turningAlike(config, own), blocks: blocksOf(own, () => ({})) };
  },
  tensors,
};

export const gemma2: Family = {
  modelType: 'gemma2',
  defaults: {
    ...defaults,
    num_key_value_heads: 4,
    query_pre_attn_scalar: 256,
    sliding_window: 4096,
    attn_logit_softcapping: 50,
    final_logit_softcapping: 30,
  },
  spec: (config) => {
    const own = shared(config);
    const window = windowOf(config);
    const slides = slidingLayers(config, own.layers, (block) => block % 2 === 0);
    const scale = config.number('query_pre_attn_scalar') ** -0.5;
    return {
      ...own,
      placement: 'around',
      cap: caps(config),
      ...turningAlike(config, own),
      blocks: blocksOf(own, (block) => ({ scale, window: slides[block] ? window : null })),
    };
  },
  tensors: around,
};

export const gemma3: Family = {
  modelType: 'gemma3_text',
  defaults: {
    ...defaults,
    // A decoder inside a larger checkpoint is written as the difference from these.
    ...{ hidden_size: 2304, intermediate_size: 9216, num_hidden_layers: 26, num_attention_heads: 8 },
    ...{ vocab_size: 262_208, max_position_embeddings: 131_072, rms_norm_eps: 1e-6 },
    num_key_value_heads: 4,
    query_pre_attn_scalar: 256,
    sliding_window: 4096,
    rope_theta: 1_000_000,
    rope_local_base_freq: 10_000,
  },
  spec: (config) => {
    const own = shared(config);
    const window = windowOf(config);
    const period = config.optional('_sliding_window_pattern') ?? config.optional('sliding_window_pattern') ?? 6;
    const slides = slidingLayers(config, own.layers, (block) => (block + 1) % period !== 0);
    const scale = config.number('query_pre_attn_scalar') ** -0.5;
    return {
      ...own,
      placement: 'around',
      queryKeyNorm: { span: 'head', after: false },
      cap: caps(config),
      ...turningByKind(config, own),
      blocks: blocksOf(own, (block) => ({ scale, ...(slides[block] ? { window, rotary: 1 } : {}) })),
    };
  },
  tensors: () =>
    withBlock(around(), { attn_q_norm: onePlus('self_attn.q_norm'), attn_k_norm: onePlus('self_attn.k_norm') }),
};
