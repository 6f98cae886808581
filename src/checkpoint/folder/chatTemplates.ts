/** The chat template of a folder, where the four generations of files keep it; transformers looks in the same order. */
import { ChatTemplate } from '../chatTemplate';
import type { JsonRecord } from './config';
import type { FolderFiles } from './files';

export async function readChatTemplate(
  files: FolderFiles,
  tokenizer: JsonRecord,
  named: Readonly<Record<string, string>>,
): Promise<ChatTemplate | null> {
  const own = (await files.text('chat_template.jinja')) ?? (await files.json('chat_template.json'))?.chat_template;
  const further = await files.text('additional_chat_templates/default.jinja');
  const source = textOf(own) ?? further ?? textOf(tokenizer.chat_template);
  return source === null ? null : new ChatTemplate(source, named);
}

/** A template, or the one called "default" of several. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const named = value.find((one) => one?.name === 'default')?.template;
  return typeof named === 'string' ? named : null;
}

/** The texts of special tokens under the names that a template may use. */
export function namedTokens(tokenizer: JsonRecord): Record<string, string> {
  const named: Record<string, string> = {};
  for (const key of ['bos_token', 'eos_token', 'unk_token', 'pad_token']) {
    const value = tokenizer[key];
    const text = typeof value === 'object' && value !== null ? (value as JsonRecord).content : value;
    if (typeof text === 'string') named[key] = text;
  }
  return named;
}
