/**
 * Markdown that customises an assistant: instructions, agents, chat modes, rules, commands, skills. The tools that own these files take
 * out the front matter, so the body alone is the prompt, without the line breaks at its two ends. The front matter is never read: much of
 * it (`globs: *.ts`) is not valid YAML. `$ARGUMENTS` and `$1` of a command stay as they are where no value is given.
 */
import type { PromptInput } from '../protocol/model';
import { unreadBlockEnd } from './frontMatter';
import { promptEmpty, type Source, withoutOuterBreaks } from './source';
import { TagFilling } from './tagFilling';
import { mappedRange } from './templates/mappedText';

const argument = /\$(ARGUMENTS\b|[1-9]\b)/g;

/** One chat message with the role `user`. @throws emptyPrompt */
export function customMdPrompt(source: Source): PromptInput {
  const { text, file } = source;
  const bodyStart = unreadBlockEnd(source);
  const [start, end] = withoutOuterBreaks(text, bodyStart, text.length);
  if (start === end) throw promptEmpty(file);
  const message = new TagFilling(source, new Map(), argument).fill(mappedRange(text, [start, end]));
  return { kind: 'chat', file, messages: [{ role: 'user', ...message }] };
}
