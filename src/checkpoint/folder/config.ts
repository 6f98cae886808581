/**
 * A config.json as one family reads it: with its class's defaults, since configurations are saved as differences, and with note of
 * every key that was read, so that a key which nobody knows is refused.
 */
import { type ClauseKey, clause } from '../../protocol/clauses';
import { malformed, unsupported } from '../modelProblem';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Keys that change no number of a prompt's pass: names, training, generation, classification, storage. */
const harmless = new RegExp(
  `^(?:${[
    '_name_or_path|_commit_hash|_attn_implementation\\w*|architectures|model_type|auto_map|transformers_version',
    'transformers\\.js_config|tokenizer_class|(?:torch_)?dtype|vocab_size|max_length|use_cache|unsloth_\\w+',
    '(?:bos|eos|pad|sep|unk|mask|eod|decoder_start|im_start|im_end)_(?:token_)?id',
    'initializer_(?:range|factor)|init_std|layerdrop|\\w*(?:dropout|dropout_prob|_pdrop|drop_rate)|gradient_checkpointing',
    'summary_\\w+|task_specific_params|finetuning_task|problem_type|id2label|label2id|num_labels|pretraining_tp',
    'output_(?:attentions|hidden_states|scores|router_logits)|return_dict\\w*|reorder_and_upcast_attn|torchscript',
    '_flash_attn_2_enabled|cache_implementation|init_method|is_llama_config|prefix|n_ctx|max_window_layers',
    'router_aux_loss_coef|temperature|do_sample|top_[kp]|repetition_penalty|num_logits_to_keep|is_(?:encoder_)?decoder',
  ].join('|')})$`,
);

export class Config {
  private readonly read = new Set<string>();

  constructor(
    private readonly values: JsonRecord,
    private readonly defaults: JsonRecord,
    private readonly path: string,
    /** What the file itself calls a key, for messages. */
    private readonly calls: (key: string) => string = (key) => key,
  ) {}

  /** The value of a key, or the class's; a key that says null has the value null. */
  value(key: string): unknown {
    this.read.add(key);
    return key in this.values ? this.values[key] : this.defaults[key];
  }

  /** The value that the file itself gives; undefined where it says nothing or null. */
  stated(key: string): unknown {
    this.read.add(key);
    return this.values[key] ?? undefined;
  }

  has(key: string): boolean {
    return this.value(key) !== undefined && this.value(key) !== null;
  }

  number(key: string): number {
    const value = this.value(key);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.wrong(key, 'aNumber');
    return value;
  }

  /** Null where the key is missing or says null. */
  optional(key: string): number | null {
    return this.has(key) ? this.number(key) : null;
  }

  /** A whole number from 1 to `most`. */
  count(key: string, most: number): number {
    const value = this.number(key);
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw malformed(this.path, clause('notWithin', this.calls(key), value, 1, most));
    return value;
  }

  text(key: string): string {
    const value = this.value(key);
    if (typeof value !== 'string') throw this.wrong(key, 'aText');
    return value;
  }

  /** False where the key is missing or says null. */
  flag(key: string): boolean {
    const value = this.value(key) ?? false;
    if (typeof value !== 'boolean') throw this.wrong(key, 'trueOrFalse');
    return value;
  }

  /** Null where the key is missing or says null. */
  list(key: string): readonly unknown[] | null {
    const value = this.value(key) ?? null;
    if (value !== null && !Array.isArray(value)) throw this.wrong(key, 'aList');
    return value;
  }

  /** Null where the key is missing or says null. */
  record(key: string): JsonRecord | null {
    const value = this.value(key) ?? null;
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) throw this.wrong(key, 'aList');
    return value as JsonRecord | null;
  }

  /** Refuses any value of the key but `expected`. */
  must(key: string, expected: unknown): void {
    const value = this.value(key) ?? expected;
    if (value !== expected) throw this.refused(key, value);
  }

  refused(key: string, value: unknown): Error {
    return unsupported(this.path, clause('saysNotComputed', this.calls(key), shown(value)));
  }

  /** A number that contradicts another. */
  impossible(key: string): Error {
    return this.wrong(key, 'aNumber');
  }

  /** Throws modelUnsupported with the first key that was not read and is not known to change nothing; null and false ask for nothing. */
  refuseUnread(idle?: RegExp): void {
    for (const [key, value] of Object.entries(this.values)) {
      if (this.read.has(key) || value === null || value === false || harmless.test(key) || idle?.test(key)) continue;
      throw this.refused(key, value);
    }
  }

  private wrong(key: string, kind: ClauseKey): Error {
    const there = this.value(key) !== undefined;
    const name = this.calls(key);
    return malformed(this.path, there ? clause('notOfKind', name, clause(kind)) : clause('missing', name));
  }
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, 60);
