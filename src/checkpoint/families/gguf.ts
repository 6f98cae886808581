/**
 * GGUF metadata as the config.json that a family's reader knows: llama.cpp's keys under Hugging Face's names. What llama.cpp takes for
 * granted where a key is missing is stated, since a class's defaults differ from it. Where a file says less than config.json would,
 * what is assumed is said as a note.
 */
import { type Clause, type ClauseKey, clause } from '../../protocol/clauses';
import { Config, type JsonRecord } from '../folder/config';
import type { Metadata } from '../metadata';
import { unsupported } from '../modelProblem';
import type { DecoderSpec, RotaryTable, TensorInfo } from '../types';
import { families } from './families';
import { factorTensor, scalingKeys, scalingOf } from './ggufRotary';

interface Architecture {
  /** `model_type` of the family's config.json. */
  family: string;
  /** That of files with windows, where another family has them. */
  windowed?: string;
  /** Whether rotated channels are neighbours in this file (llama.cpp's LLAMA_ROPE_TYPE_NORM). */
  neighbours?: boolean;
  /** Further keys, without the architecture's name → config.json's. */
  keys?: Readonly<Record<string, string>>;
  /** What the files of this architecture cannot say. */
  fixed?: JsonRecord;
  /** What is assumed of every file, or of those that lack the key. */
  assumed?: { note: ClauseKey; unless?: string };
}

const softcaps = {
  attn_logit_softcapping: 'attn_logit_softcapping',
  final_logit_softcapping: 'final_logit_softcapping',
};
const localBase = { 'rope.freq_base_swa': 'rope_local_base_freq', 'rope.local.freq_base': 'rope_local_base_freq' };
const window = { 'attention.sliding_window': 'sliding_window' };
const pattern = 'attention.sliding_window_pattern';
const windows = { ...window, [pattern]: 'layer_types' };
const parallel = { use_parallel_residual: 'use_parallel_residual' };
const graniteScales = {
  'attention.scale': 'attention_multiplier',
  embedding_scale: 'embedding_multiplier',
  residual_scale: 'residual_multiplier',
  logit_scale: 'logits_scaling',
};

const architectures: Readonly<Record<string, Architecture>> = {
  llama: { family: 'llama', neighbours: true },
  qwen2: { family: 'qwen2' },
  qwen3: { family: 'qwen3' },
  gpt2: { family: 'gpt2' },
  gptneox: { family: 'gpt_neox', keys: parallel, assumed: { note: 'assumesActivation' } },
  gemma: { family: 'gemma' },
  gemma2: {
    family: 'gemma2',
    keys: { ...softcaps, ...windows },
    assumed: { note: 'assumesPattern', unless: pattern },
  },
  gemma3: {
    family: 'gemma3_text',
    keys: { ...softcaps, ...localBase, ...windows },
    assumed: { note: 'assumesPattern', unless: pattern },
  },
  olmo2: { family: 'olmo2', windowed: 'olmo3', keys: { ...windows, ...localBase } },
  granite: { family: 'granite', neighbours: true, keys: graniteScales },
  granitehybrid: { family: 'granite', neighbours: true, keys: graniteScales },
  smollm3: {
    family: 'smollm3',
    neighbours: true,
    fixed: { no_rope_layer_interval: 4 },
    assumed: { note: 'assumesFourth' },
  },
  stablelm: { family: 'stablelm', keys: parallel },
  phi2: { family: 'phi' },
  phi3: { family: 'phi3', keys: window },
  exaone4: { family: 'exaone4', keys: windows },
  'hunyuan-dense': { family: 'hunyuan_v1_dense' },
  ernie4_5: { family: 'ernie4_5', neighbours: true },
  nemotron: { family: 'nemotron' },
  arcee: { family: 'arcee', neighbours: true },
  starcoder2: {
    family: 'starcoder2',
    keys: window,
    assumed: { note: 'assumesNoWindow', unless: Object.keys(window)[0] },
  },
};

const architectureOf = (name: string): Architecture | undefined =>
  Object.hasOwn(architectures, name) ? architectures[name] : undefined;

/** Whether the channels of queries and keys that rotate together are neighbours in a file of this architecture. */
export const turnsNeighbours = (architecture: string): boolean => architectureOf(architecture)?.neighbours === true;

/** Keys, without the architecture's name, that its reader reads beyond those of every file; null where there is no reader. */
export function ownKeys(metadata: Metadata): string[] | null {
  const name = metadata.string('general.architecture');
  const architecture = architectureOf(name);
  return architecture ? [...scalingKeys(metadata, name), ...Object.keys(architecture.keys ?? {})] : null;
}

/** What is assumed of a file because it does not say it. */
export function assumptions(metadata: Metadata): Clause[] {
  const name = metadata.string('general.architecture');
  const assumed = architectureOf(name)?.assumed;
  return !assumed || (assumed.unless && metadata.has(`${name}.${assumed.unless}`)) ? [] : [clause(assumed.note)];
}

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
  'attention.layer_norm_epsilon': ['layer_norm_eps', 'layer_norm_epsilon', 'norm_epsilon', 'norm_eps'],
};

/** Throws modelUnsupported for an architecture without a reader here, and modelMalformed. */
export function readGgufSpec(metadata: Metadata, tensors: ReadonlyMap<string, TensorInfo>, path: string): DecoderSpec {
  const name = metadata.string('general.architecture');
  const architecture = architectureOf(name);
  if (!architecture) throw unsupported(path, clause('family', name));
  const slides = metadata.number(`${name}.attention.sliding_window`, 0) > 0;
  const family = families.get((slides && architecture.windowed) || architecture.family);
  if (!family) throw unsupported(path, clause('family', name));
  const keys = Object.entries({ ...architecture.keys, ...flat(usual) });
  const calls = (key: string) => {
    const own = keys.find(([, names]) => names === key || names.includes(key))?.[0];
    return own === undefined ? key : `${name}.${own}`;
  };
  const config = new Config(configOf(metadata, tensors, name, architecture), family.defaults, path, calls);
  const spec = family.spec(config);
  // llama.cpp reads this key of a granite as a switch of its rotation.
  const still = architecture.family === 'granite' && metadata.value(`${name}.rope.scaling.finetuned`) === false;
  const blocks = still ? spec.blocks.map((block) => ({ ...block, rotary: null })) : spec.blocks;
  const tables = spec.positions.tables.map((table) => withFactors(table, metadata, tensors, name));
  const original = metadata.number(`${name}.rope.scaling.original_context_length`, spec.context);
  const context = tensors.has(factorTensor) ? Math.min(spec.context, original) : spec.context;
  return { ...spec, context, blocks, positions: { ...spec.positions, tables } };
}

const flat = (names: typeof usual): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([key, own]) => [key, own.join(' ')]));

/**
 * Divisors and an amplitude that the file itself gives. Beyond the original length other divisors would hold for the whole prompt
 * (longrope), so prompts end there.
 */
function withFactors(
  table: RotaryTable,
  metadata: Metadata,
  tensors: ReadonlyMap<string, TensorInfo>,
  name: string,
): RotaryTable {
  const tensor = ['rope_freqs.weight', factorTensor].find((one) => tensors.has(one));
  const amplitude = table.amplitude * metadata.number(`${name}.rope.scaling.attn_factor`, 1);
  return { ...table, amplitude, ...(tensor ? { divisors: { tensor } } : {}) };
}

/** Tables of embeddings may have more rows than there are tokens. */
export function vocabularyRows(metadata: Metadata, tensors: ReadonlyMap<string, TensorInfo>): number {
  return Math.max(metadata.length('tokenizer.ggml.tokens'), tensors.get('token_embd.weight')?.shape[0] ?? 0);
}

function configOf(
  metadata: Metadata,
  tensors: ReadonlyMap<string, TensorInfo>,
  name: string,
  architecture: Architecture,
): JsonRecord {
  const { keys = {}, fixed = {} } = architecture;
  const at = (key: string) => alike(metadata.value(`${name}.${key}`));
  const width = metadata.count(`${name}.embedding_length`, 1, 1 << 24);
  const heads = metadata.count(`${name}.attention.head_count`, 1, 65_536);
  const headWidth = metadata.count(`${name}.attention.key_length`, 2, 1 << 24, width / heads);
  const rotated = metadata.count(`${name}.rope.dimension_count`, 1, headWidth, headWidth);
  const config: Record<string, unknown> = {
    num_key_value_heads: heads,
    head_dim: headWidth,
    rope_theta: 10_000,
    // Readers round the product with the width down, as Python does; a quarter keeps it above the number itself.
    partial_rotary_factor: (rotated + 0.25) / headWidth,
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
  if (config.layer_types !== undefined) config.layer_types = layerTypes(config.layer_types, config.num_hidden_layers);
  // The converter writes another number for some of these; the matrix itself has the right one.
  if (['phi2', 'gpt2'].includes(name) || architecture.family === 'granite')
    for (const own of usual.feed_forward_length)
      config[own] = tensors.get('blk.0.ffn_up.weight')?.shape[0] ?? config[own];
  // The score scale is the usual one wherever a file does not say another.
  config.query_pre_attn_scalar = headWidth;
  if (config.sliding_window === 0) config.sliding_window = null;
  return config;
}

/** A list with one entry a layer, all the same, says what the entry says. */
const alike = (value: unknown): unknown =>
  Array.isArray(value) && typeof value[0] === 'number' && value.every((one) => one === value[0]) ? value[0] : value;

/** Which layers have a window: a switch for each, or a number n, of which every n-th has none. */
function layerTypes(given: unknown, layers: unknown): unknown {
  const slides = Array.isArray(given)
    ? given
    : Array.from({ length: Number(layers) || 0 }, (_, layer) => Number(given) > 0 && (layer + 1) % Number(given) !== 0);
  return slides.map((one) => (one ? 'sliding_attention' : 'full_attention'));
}
