/** The tokens that end a turn or a text: those that a file names, and those that are known by their text (llama.cpp's list). */
import type { Tokenizer } from './types';

const known = new Set([
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|return|>',
  '<|call|>',
  '<|flush|>',
  '<|calls|>',
  '<end_of_turn>',
  '<|endoftext|>',
  '</s>',
  '<|eom_id|>',
  '<EOT>',
  '_<EOT>',
  '[EOT]',
  '[EOS]',
  '<|end_of_text|>',
  '<end_of_utterance>',
  '<eos>',
  '<turn|>',
  '<|tool_response>',
  '<\uff5cend\u2581of\u2581sentence\uff5c>',
  '[e~[',
  // Of families that llama.cpp leaves to the file's own keys.
  '<|end_of_role|>',
  '<|eot|>',
  '<|endofturn|>',
  '<|tool_call_end|>',
]);

const firstBytes = new Set([...known].map((text) => text.charCodeAt(0)));

/**
 * Tokens with one of those texts, whatever their type: files exist that mark them as ordinary ones. As in llama.cpp, <|end|> only ends a
 * message where the vocabulary has tokens that end calls and answers, and </s> is a text of Gemma 4's.
 */
export function endsByText(tokenizer: Tokenizer): number[] {
  const found = new Map<string, number>();
  for (let id = 0; id < tokenizer.size; id++) {
    const bytes = tokenizer.bytes(id);
    if (!firstBytes.has(bytes[0]) || bytes.length > 40) continue;
    const text = tokenizer.text(id);
    if (known.has(text)) found.set(text, id);
  }
  const calls = found.has('<|call|>') || found.has('<|calls|>');
  if (calls && (found.has('<|return|>') || found.has('<|flush|>'))) found.delete('<|end|>');
  if (found.has('<|tool_response>')) found.delete('</s>');
  return [...found.values()];
}

/** `configs`: config.json, generation_config.json, whose `eos_token_id` is a number or a list. */
export function endIdsOf(tokenizer: Tokenizer, configs: readonly Readonly<Record<string, unknown>>[]): number[] {
  const named = configs.flatMap(({ eos_token_id: ids }) => (Array.isArray(ids) ? ids : [ids]));
  const ids = named.filter((id): id is number => Number.isInteger(id) && id >= 0 && id < tokenizer.size);
  return [...new Set([...ids, ...endsByText(tokenizer)])];
}
