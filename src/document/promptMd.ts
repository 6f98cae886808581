/**
 * VS Code prompt files, `.prompt.md` (https://code.visualstudio.com/docs/copilot/customization/prompt-files): Markdown whose body is the
 * user's message. The front matter is for VS Code and is dropped unread, as are line breaks at the body's two ends. `${input:name}` and
 * `${name}` are variables; the text of `${input:name:text}` is shown to the user who is asked, and is no value: VS Code sends a tag without a
 * value as it stands.
 */
import type { PromptInput } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { findFrontMatter } from './frontMatter';
import { promptEmpty, type Source, withoutOuterBreaks } from './source';
import { found } from './variables';

/** One chat message with the role `user`. @throws promptMalformed, emptyPrompt */
export function promptMdPrompt(source: Source): PromptInput {
  const { text, file } = source;
  const { bodyStart } = findFrontMatter(source, 'nothing');
  const [start, end] = withoutOuterBreaks(text, bodyStart, text.length);
  if (start === end) throw promptEmpty(file);
  const content = new ContentBuilder();
  let from = start;
  // The class excludes `{`, so that a text of nothing but `${` is still read only once.
  for (const tag of text.slice(start, end).matchAll(/\$\{([^{}\n]+)\}/g)) {
    const open = start + tag.index;
    content.copy(text, from, open);
    from = open + tag[0].length;
    fillTag(source, content, open, from, tag[1]);
  }
  content.copy(text, from, end);
  return { kind: 'chat', file, messages: [{ role: 'user', ...content.result() }] };
}

function fillTag(source: Source, content: ContentBuilder, open: number, close: number, inner: string): void {
  // `${input:name}`, `${input:name:text}`, or one of VS Code's own names such as `${selection}`.
  const [, name = inner] = /^input:([^:]+)(?::.*)?$/s.exec(inner) ?? [];
  const given = Object.hasOwn(source.variables, name) ? source.variables[name] : null;
  found(source, name, given);
  if (given !== null) content.slot(() => content.substitute(given, open, close));
  else content.copy(source.text, open, close);
}
