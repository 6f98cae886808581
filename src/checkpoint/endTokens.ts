/** The tokens that end a turn or a text: those that a file names, and those that are known by their text (llama.cpp's list). */
import type { Tokenizer } from './types';

const known = new Set([
  '<|im_end|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|end_of_text|>',
  '<|eom_id|>',
  '<|end|>',
  '<end_of_turn>',
  '<turn|>',
  '<|end_of_role|>',
  '<|eot|>',
  '<|end▁of▁sentence|>',
  '<|return|>',
  '<|endofturn|>',
  '<EOT>',
  '<|tool_call_end|>',
]);

/** Control tokens with one of those texts; files exist that mark them as ordinary added tokens. */
export function endsByText(tokenizer: Tokenizer): number[] {
  return [...tokenizer.special].filter((id) => known.has(tokenizer.text(id)));
}

/** `configs`: config.json, generation_config.json, whose `eos_token_id` is a number or a list. */
export function endIdsOf(tokenizer: Tokenizer, configs: readonly Readonly<Record<string, unknown>>[]): number[] {
  const named = configs.flatMap(({ eos_token_id: ids }) => (Array.isArray(ids) ? ids : [ids]));
  const ids = named.filter((id): id is number => Number.isInteger(id) && id >= 0 && id < tokenizer.size);
  return [...new Set([...ids, ...endsByText(tokenizer)])];
}
