/**
 * Everything in a GGUF file is either used or refused by name: ignoring a key or a tensor could silently give wrong numbers.
 * `read` lists the keys that are read; `neutral` those that change nothing as long as they have a certain value, with that value;
 * `harmless` those that change nothing whatever their value, with the reason. A key in none of them is refused. Keys:
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md and llama.cpp's llama-arch.cpp.
 */
import { clause } from '../protocol/clauses';
import type { HeaderValue } from './headerValues';
import type { Metadata } from './metadata';
import { unsupported } from './modelProblem';
import type { DecoderSpec } from './types';

/** Of the architecture's own keys, without its name. */
const readOfArchitecture = new Set([
  'block_count',
  'context_length',
  'embedding_length',
  'feed_forward_length',
  'attention.head_count',
  'attention.head_count_kv',
  'attention.key_length',
  'attention.value_length',
  'attention.layer_norm_rms_epsilon',
  'rope.dimension_count',
  'rope.freq_base',
  'rope.scaling.type',
  'rope.scaling.factor',
  'rope.scale_linear',
  'expert_count',
]);

const read = new Set([
  'general.architecture',
  'general.alignment',
  'general.file_type',
  'split.count',
  ...[
    'model',
    'pre',
    'tokens',
    'token_type',
    'merges',
    'scores',
    'add_bos_token',
    'add_eos_token',
    'add_space_prefix',
  ].map((key) => `tokenizer.ggml.${key}`),
  ...['bos', 'eos', 'eot', 'eom', 'unknown', 'padding'].map((kind) => `tokenizer.ggml.${kind}_token_id`),
  'tokenizer.chat_template',
]);

type Neutral = (value: HeaderValue, spec: DecoderSpec) => boolean;

const is =
  (...values: HeaderValue[]): Neutral =>
  (value) =>
    values.includes(value);

const neutral: Readonly<Record<string, Neutral>> = {
  'general.type': is('model'),
  'general.quantization_version': is(2),
  '*.vocab_size': (value, { vocabulary }) => value === vocabulary,
  '*.attention.causal': is(true),
  '*.attention.sliding_window': (value, { context }) => typeof value === 'number' && (value === 0 || value >= context),
  '*.attention.scale': (value, { headWidth }) =>
    typeof value === 'number' && (value === 0 || Math.abs(value * Math.sqrt(headWidth) - 1) < 1e-6),
  '*.attention.clamp_kqv': is(0),
  '*.attention.max_alibi_bias': is(0),
  '*.attn_logit_softcapping': is(0),
  '*.final_logit_softcapping': is(0),
  '*.embedding_scale': is(0, 1),
  '*.residual_scale': is(0, 1),
  '*.logit_scale': is(0, 1),
  '*.use_parallel_residual': is(false),
  '*.pooling_type': is(0),
  '*.expert_used_count': is(0),
  '*.expert_shared_count': is(0),
  '*.rope.scaling.yarn_ext_factor': is(1),
  '*.tensor_data_layout': is('Meta AI original pth', 'reference'),
  'tokenizer.ggml.add_sep_token': is(false),
  'tokenizer.ggml.remove_extra_whitespaces': is(false),
  'tokenizer.ggml.treat_whitespace_as_suffix': is(false),
};

const harmless: readonly (readonly [key: RegExp, reason: string])[] = [
  [/^general\./, 'describes the model: name, author, licence, languages, where it comes from'],
  [/^split\.(no|tensors\.count)$/, 'compared with the parts themselves, where there are several'],
  [/^\*\.rope\.scaling\.finetuned$/, 'of the training, or read by its reader'],
  [/^\*\.(ssm\.\w+|expert_shared_feed_forward_length)$/, 'of layers and experts whose tensors would be refused'],
  [/^\*\.attention\.layer_norm_epsilon$/, 'of the norm that the family does not have, or read by its reader'],
  [/^tokenizer\.ggml\.(seperator|separator|cls|mask)_token_id$/, 'tokens that are put into no prompt'],
  [/^tokenizer\.ggml\.(fim_\w+|prefix|suffix|middle)_token_id$/, 'for filling in the middle, which is not offered'],
  [/^tokenizer\.ggml\.token_type_count$/, 'of models that read two texts at once'],
  [/^tokenizer\.chat_templates?(\.\w+)?$/, 'templates beside the one that is used'],
  [/^tokenizer\.huggingface\.json$/, 'the same tokenizer once more'],
];

/** Keys that change the numbers have these prefixes, or the architecture's; other tools' notes (`quantize.imatrix`, …) have others. */
const ofTheModel = /^(general|split|\*|tokenizer|adapter)\./;

/**
 * `own`: keys, without the architecture's name, that its reader reads besides. Throws modelUnsupported with the name of the first key
 * that is neither computed nor known to change nothing.
 */
export function refuseWhatIsNotUnderstood(
  metadata: Metadata,
  spec: DecoderSpec,
  own: readonly string[],
  path: string,
): void {
  const prefix = `${metadata.string('general.architecture')}.`;
  for (const key of metadata.keys()) {
    const bare = key.startsWith(prefix) ? key.slice(prefix.length) : null;
    const name = bare === null ? key : `*.${bare}`;
    if (!ofTheModel.test(name) || read.has(name)) continue;
    if (bare !== null && (readOfArchitecture.has(bare) || own.includes(bare))) continue;
    const known = Object.hasOwn(neutral, name);
    if (!known && harmless.some(([pattern]) => pattern.test(name))) continue;
    const value = metadata.value(key) ?? '';
    if (known && neutral[name](value, spec)) continue;
    throw unsupported(path, clause('saysNotComputed', key, shown(value)));
  }
}

function shown(value: HeaderValue): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  return typeof value === 'number' ? String(Number(value.toPrecision(7))) : String(value).slice(0, 40);
}
