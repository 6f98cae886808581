/**
 * GGUF metadata as the config.json that a family's reader knows: llama.cpp's keys under Hugging Face's names. What llama.cpp takes for
 * granted where a key is missing is stated, since a class's defaults differ from it. Where a file says less than config.json would
 * (GPT-NeoX's activation, Gemma's pattern of windows and its score scale, Qwen's windows), the class's default is assumed.
 */
import { clause } from '../../protocol/clauses';
import { Config, type JsonRecord } from '../folder/config';
import type { Metadata } from '../metadata';
import { unsupported } from '../modelProblem';
import type { DecoderSpec, TensorInfo } from '../types';
import { families } from './families';

interface Architecture {
  /** `model_type` of the family's config.json. */
  family: string;
  /** Whether rotated channels are neighbours in this file (llama.cpp's LLAMA_ROPE_TYPE_NORM). */
  neighbours?: boolean;
  /** Further keys, without the architecture's name → config.json's. */
  keys?: Readonly<Record<string, string>>;
  /** What the files of this architecture cannot say. */
  fixed?: JsonRecord;
}

const softcaps = {
  attn_logit_softcapping: 'attn_logit_softcapping',
  final_logit_softcapping: 'final_logit_softcapping',
  'attention.sliding_window': 'sliding_window',
};
const localBase = { 'rope.freq_base_swa': 'rope_local_base_freq', 'rope.local.freq_base': 'rope_local_base_freq' };
const window = { 'attention.sliding_window': 'sliding_window' };
const parallel = { use_parallel_residual: 'use_parallel_residual' };

const architectures: Readonly<Record<string, Architecture>> = {
  qwen2: { family: 'qwen2' },
  qwen3: { family: 'qwen3' },
  gpt2: { family: 'gpt2' },
  gptneox: { family: 'gpt_neox', keys: parallel },
  gemma: { family: 'gemma' },
  gemma2: { family: 'gemma2', keys: softcaps },
  gemma3: { family: 'gemma3_text', keys: { ...softcaps, ...localBase } },
  olmo2: { family: 'olmo2' },
  granite: {
    family: 'granite',
    neighbours: true,
    keys: {
      'attention.scale': 'attention_multiplier',
      embedding_scale: 'embedding_multiplier',
      residual_scale: 'residual_multiplier',
      logit_scale: 'logits_scaling',
    },
  },
  smollm3: { family: 'smollm3', neighbours: true, fixed: { no_rope_layer_interval: 4 } },
  stablelm: { family: 'stablelm', keys: parallel },
  phi2: { family: 'phi' },
  phi3: { family: 'phi3', keys: window },
  exaone4: { family: 'exaone4', keys: window },
  'hunyuan-dense': { family: 'hunyuan_v1_dense' },
  ernie4_5: { family: 'ernie4_5', neighbours: true },
  starcoder2: { family: 'starcoder2', keys: window },
};

/** Whether the channels of queries and keys that rotate together are neighbours in a file of this architecture. */
export const turnsNeighbours = (architecture: string): boolean =>
  architecture === 'llama' || architectures[architecture]?.neighbours === true;

/** Keys, without the architecture's name, that its reader reads beyond those of every file. */
export const ownKeys = (architecture: string): string[] => Object.keys(architectures[architecture]?.keys ?? {});

const usual: Readonly<Record<string, readonly string[]>> = {
  embedding_length: ['hidden_size', 'n_embd'],
  block_count: ['num_hidden_layers', 'n_layer'],
  'attention.head_count': ['num_attention_heads', 'n_head'],
  'attention.head_count_kv': ['num_key_value_heads'],
  'attention.key_length': ['head_dim'],
  feed_forward_length: ['intermediate_size', 'n_inner'],
  context_length: ['max_position_embeddings', 'n_positions'],
  'rope.freq_base': ['rope_theta'],
  'attention.layer_norm_rms_epsilon': ['rms_norm_eps'],
  'attention.layer_norm_epsilon': ['layer_norm_eps', 'layer_norm_epsilon', 'norm_epsilon'],
};

/** Undefined for an architecture that has no reader here. Throws modelUnsupported or modelMalformed. */
export function readGgufSpec(
  metadata: Metadata,
  tensors: ReadonlyMap<string, TensorInfo>,
  path: string,
): DecoderSpec | undefined {
  const name = metadata.string('general.architecture');
  const architecture = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  const family = architecture && families.get(architecture.family);
  if (!family) return undefined;
  if (metadata.number(`${name}.expert_count`, 0) > 0) throw unsupported(path, clause('mixtureOfExperts'));
  // llama.cpp reads this key of a granite as a switch of its rotation.
  if (name === 'granite' && metadata.value('granite.rope.scaling.finetuned') === false)
    throw unsupported(path, clause('saysNotComputed', 'granite.rope.scaling.finetuned', 'false'));
  const spec = family.spec(new Config(configOf(metadata, tensors, name, architecture), family.defaults, path));
  if (!tensors.has('rope_freqs.weight')) return spec;
  const divisors = { tensor: 'rope_freqs.weight' };
  const tables = spec.positions.tables.map((table) => ({ ...table, divisors }));
  return { ...spec, positions: { ...spec.positions, tables } };
}

/** Tables of embeddings may have more rows than there are tokens. */
export function vocabularyRows(metadata: Metadata, tensors: ReadonlyMap<string, TensorInfo>): number {
  return Math.max(metadata.length('tokenizer.ggml.tokens'), tensors.get('token_embd.weight')?.shape[0] ?? 0);
}

function configOf(
  metadata: Metadata,
  tensors: ReadonlyMap<string, TensorInfo>,
  name: string,
  { keys = {}, fixed = {} }: Architecture,
): JsonRecord {
  const at = (key: string) => metadata.value(`${name}.${key}`);
  const width = metadata.count(`${name}.embedding_length`, 1, 1 << 24);
  const heads = metadata.count(`${name}.attention.head_count`, 1, 65_536);
  const headWidth = metadata.count(`${name}.attention.key_length`, 2, 1 << 24, width / heads);
  const rotated = metadata.count(`${name}.rope.dimension_count`, 1, headWidth, headWidth);
  const config: Record<string, unknown> = {
    num_key_value_heads: heads,
    head_dim: headWidth,
    rope_theta: 10_000,
    partial_rotary_factor: rotated / headWidth,
    rope_scaling: scalingOf(metadata, name),
    sliding_window: null,
    attn_logit_softcapping: null,
    final_logit_softcapping: null,
    tie_word_embeddings: !tensors.has('output.weight'),
    vocab_size: vocabularyRows(metadata, tensors),
    ...fixed,
  };
  for (const [key, names] of Object.entries(usual))
    for (const own of names) if (at(key) !== undefined) config[own] = at(key);
  for (const [key, own] of Object.entries(keys)) if (at(key) !== undefined) config[own] = at(key);
  // The score scale is the usual one wherever a file does not say another.
  config.query_pre_attn_scalar = headWidth;
  if (config.sliding_window === 0) config.sliding_window = null;
  return config;
}

/** Only linear scaling is a number of the file's own; the others come as tensors or are refused by the reader. */
function scalingOf(metadata: Metadata, name: string): JsonRecord | null {
  const factor = metadata.number(`${name}.rope.scaling.factor`, metadata.number(`${name}.rope.scale_linear`, 0));
  const type = metadata.string(`${name}.rope.scaling.type`, 'linear');
  if (type === 'none' || (type === 'linear' && factor === 0)) return null;
  return { rope_type: type, factor };
}
