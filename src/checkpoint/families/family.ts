/**
 * What a family's reader says: how its config.json becomes a spec, and where its folder keeps each of our tensors. `plain` reads what
 * most families share, which is a llama; a reader states only the differences.
 */
import type { Config, JsonRecord } from '../folder/config';
import type { TensorView } from '../tensorView';
import type { Activation, BlockSpec, DecoderSpec } from '../types';
import { type Rotary, readRotary } from './rotary';

export interface Family {
  /** `model_type` of config.json. */
  modelType: string;
  /** What a key means that the file leaves out. */
  defaults: JsonRecord;
  /** Keys beyond the usual ones that change nothing in the checkpoints that `spec` accepts. */
  idle?: RegExp;
  spec(config: Config): DecoderSpec;
  tensors(spec: DecoderSpec): TensorNames;
}

/**
 * Our stems → the folder's; each has a `.weight` and may have a `.bias`. In `block`, names follow `layers`, a block's number and a
 * dot on their side, `blk`, its number and a dot on ours.
 */
export interface TensorNames {
  whole: Readonly<Record<string, Place>>;
  layers: string;
  block: Readonly<Record<string, Place>>;
}

export type Place = string | (TensorView & { from: string });

/** In tokens. Tables of positions are as long as the longest prompt, and a file may announce any length. */
export const longestPrompt = 131_072;
const most = 1 << 24;

/** The switches of a llama, which most families share. */
export const plainDecoder = {
  placement: 'before',
  residual: 'sequential',
  queryKeyNorm: null,
  mlp: { gated: true, activation: 'silu' },
  scale: { embedding: 1, residual: 1, logits: 1 },
  cap: { attention: null, logits: null },
} as const;

export const usualDefaults: JsonRecord = {
  hidden_act: 'silu',
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  tie_word_embeddings: false,
};

export type Dimensions = Omit<DecoderSpec, keyof typeof plainDecoder | 'norm' | 'positions' | 'blocks'>;

/** The sizes of a decoder under the usual names. */
export function dimensions(config: Config, { inner = 'intermediate_size' } = {}): Dimensions {
  const width = config.count('hidden_size', most);
  const heads = config.count('num_attention_heads', 65_536);
  const keyValueHeads = config.has('num_key_value_heads') ? config.count('num_key_value_heads', heads) : heads;
  const headWidth = config.has('head_dim') ? config.count('head_dim', most) : width / heads;
  if (heads % keyValueHeads !== 0 || !Number.isInteger(headWidth) || headWidth % 2 !== 0)
    throw config.impossible('num_attention_heads');
  return {
    layers: config.count('num_hidden_layers', 10_000),
    heads,
    keyValueHeads,
    width,
    headWidth,
    feedForward: config.count(inner, most),
    vocabulary: config.count('vocab_size', most),
    context: Math.min(longestPrompt, config.count('max_position_embeddings', 2 ** 32)),
    tied: config.flag('tie_word_embeddings'),
  };
}

/** A llama of this configuration. */
export function plain(config: Config, names: { inner?: string } = {}): DecoderSpec {
  const sizes = dimensions(config, names);
  return {
    ...sizes,
    ...plainDecoder,
    norm: { kind: 'rms', epsilon: config.number('rms_norm_eps') },
    mlp: { gated: true, activation: activation(config, 'hidden_act') },
    ...turningAlike(config, sizes),
    blocks: blocksOf(sizes, () => ({})),
  };
}

/** What rotary tables say of positions and context. */
function turning(all: readonly Rotary[], { context }: Dimensions): Pick<DecoderSpec, 'positions' | 'context'> {
  return {
    positions: { learned: false, rotated: all[0].rotated, tables: all.map(({ table }) => table) },
    context: Math.min(context, ...all.map((one) => one.context)),
  };
}

/** One rotary table for every layer. */
export const turningAlike = (config: Config, own: Dimensions) => turning([readRotary(config, own.headWidth)], own);

/** A rotary table for the layers without a window, and then one for those with. */
export const turningByKind = (config: Config, own: Dimensions) =>
  turning(
    (['full_attention', 'sliding_attention'] as const).map((kind) => readRotary(config, own.headWidth, kind)),
    own,
  );

/** Every block rotates by the first table, sees every key, and has the scale 1/√C, but for what `own` says of it. */
export const blocksOf = ({ layers, headWidth }: Dimensions, own: (block: number) => Partial<BlockSpec>): BlockSpec[] =>
  Array.from({ length: layers }, (_, block) => ({
    window: null,
    rotary: 0,
    scale: 1 / Math.sqrt(headWidth),
    ...own(block),
  }));

const activationNames: Readonly<Record<string, Activation>> = {
  silu: 'silu',
  swish: 'silu',
  gelu: 'geluErf',
  gelu_new: 'geluTanh',
  gelu_fast: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  relu: 'relu',
  relu2: 'reluSquared',
};

export function activation(config: Config, key: string): Activation {
  const name = config.text(key);
  if (!Object.hasOwn(activationNames, name)) throw config.refused(key, name);
  return activationNames[name];
}

/** Whether each layer is one of those that may have a window, by `layer_types` or, where the file has none, by `fallback`. */
export function slidingLayers(config: Config, layers: number, fallback: (block: number) => boolean): boolean[] {
  const given = config.list('layer_types');
  if (!given) return Array.from({ length: layers }, (_, block) => fallback(block));
  if (given.length < layers) throw config.refused('layer_types', given.length);
  return given.slice(0, layers).map((kind) => {
    if (kind !== 'full_attention' && kind !== 'sliding_attention') throw config.refused('layer_types', kind);
    return kind === 'sliding_attention';
  });
}

/** The window that the configuration gives to layers that have one; null where it switches windows off. */
export const windowOf = (config: Config): number | null =>
  config.has('sliding_window') ? config.count('sliding_window', 2 ** 32) : null;

/** The same, where a switch of its own says whether the window is used. */
export function usedWindowOf(config: Config): number | null {
  const window = windowOf(config);
  return config.flag('use_sliding_window') ? window : null;
}

/** Biases exist where their tensors do, so that these keys say nothing more. */
export function readBiasKeys(config: Config): void {
  for (const key of ['attention_bias', 'mlp_bias', 'use_bias', 'use_qkv_bias', 'enable_bias']) config.flag(key);
}

/** The names that most folders use. */
export const plainTensors = (): TensorNames => ({
  whole: { token_embd: 'model.embed_tokens', output_norm: 'model.norm', output: 'lm_head' },
  layers: 'model.layers.',
  block: {
    attn_norm: 'input_layernorm',
    attn_q: 'self_attn.q_proj',
    attn_k: 'self_attn.k_proj',
    attn_v: 'self_attn.v_proj',
    attn_output: 'self_attn.o_proj',
    ffn_norm: 'post_attention_layernorm',
    ffn_gate: 'mlp.gate_proj',
    ffn_up: 'mlp.up_proj',
    ffn_down: 'mlp.down_proj',
  },
});

export const withBlock = (names: TensorNames, block: TensorNames['block']): TensorNames => ({
  ...names,
  block: { ...names.block, ...block },
});
