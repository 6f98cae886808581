/** Semantic Kernel's `skprompt.txt`: a text with `{{$name}}`, and roles in tags. */
import type { PromptInput } from '../protocol/model';
import { messageTags } from './messageTags';
import { promptEmpty, type Source } from './source';
import { TagFilling } from './tagFilling';
import { mappedRange } from './templates/mappedText';

/** @throws emptyPrompt */
export function skPrompt(source: Source): PromptInput {
  const { text, start, file } = source;
  if (text.length === start) throw promptEmpty(file);
  const tags = new TagFilling(source, new Map(), /\{\{\s*\$(\w+)\s*\}\}/g);
  return { kind: 'chat', file, messages: messageTags(tags.fill(mappedRange(text, [start, text.length]))) };
}
