/** The decoder inside a checkpoint that also reads images: its configuration, and its tensors under the names of a decoder alone. */
import type { JsonRecord } from './config';

export interface TextPart {
  values: JsonRecord;
  /** A tensor's name in a folder of the decoder alone; null for tensors of the other parts. */
  nameOf(stored: string): string | null;
}

/** `model_type`s whose decoder does the same without an image as its text-only kin, and that kin's. */
const decoders: Readonly<Record<string, string>> = { gemma3: 'gemma3_text' };

const others = /^(?:model\.)?(?:vision_tower|vision_model|multi_modal_projector)\./;

/** The whole, where the folder is a decoder alone. */
export function textPartOf(values: JsonRecord): TextPart {
  const type = values.model_type;
  const inner = values.text_config;
  if (typeof type !== 'string' || !Object.hasOwn(decoders, type) || typeof inner !== 'object' || inner === null)
    return { values, nameOf: (stored) => stored };
  const ends = values.eos_token_id === undefined ? {} : { eos_token_id: values.eos_token_id };
  const tied = values.tie_word_embeddings === undefined ? {} : { tie_word_embeddings: values.tie_word_embeddings };
  return {
    values: { ...tied, ...inner, model_type: decoders[type], ...ends },
    nameOf: (stored) =>
      others.test(stored)
        ? null
        : stored.replace(/^language_model\./, '').replace(/^model\.language_model\./, 'model.'),
  };
}
