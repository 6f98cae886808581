/**
 * Markdown that customises an assistant: instructions, agents, chat modes, rules, commands, skills. The tools that own these files take
 * out the front matter, so the body alone is the prompt, without the line breaks at its two ends. The front matter is never read: much of
 * it (`globs: *.ts`) is not valid YAML. `$ARGUMENTS` and `$1` of a command stay as they are where no value is given.
 */
import type { PromptInput } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { unreadBlockEnd } from './frontMatter';
import { promptEmpty, type Source, withoutOuterBreaks } from './source';
import { found } from './variables';

/** One chat message with the role `user`. @throws emptyPrompt */
export function customMdPrompt(source: Source): PromptInput {
  const { text, file, variables } = source;
  const bodyStart = unreadBlockEnd(source);
  const [start, end] = withoutOuterBreaks(text, bodyStart, text.length);
  if (start === end) throw promptEmpty(file);
  const content = new ContentBuilder();
  let from = start;
  for (const tag of text.slice(start, end).matchAll(/\$(ARGUMENTS\b|[1-9]\b)/g)) {
    const open = start + tag.index;
    const value = found(source, tag[1], Object.hasOwn(variables, tag[1]) ? variables[tag[1]] : null);
    content.copy(text, from, open);
    from = open + tag[0].length;
    if (value === null) content.copy(text, open, from);
    else content.slot(() => content.substitute(value, open, from));
  }
  content.copy(text, from, end);
  return { kind: 'chat', file, messages: [{ role: 'user', ...content.result() }] };
}
