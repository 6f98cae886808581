/**
 * VS Code prompt files, `.prompt.md` (https://code.visualstudio.com/docs/copilot/customization/prompt-files): Markdown whose body is the
 * user's message. The front matter is for VS Code and is dropped unread, as are line breaks at the body's two ends. `${input:name}` and
 * `${name}` are variables; the text of `${input:name:text}` is shown to the user who is asked, and is no value: VS Code sends a tag without a
 * value as it stands.
 */
import type { PromptInput } from '../protocol/model';
import { findFrontMatter } from './frontMatter';
import { promptEmpty, type Source, withoutOuterBreaks } from './source';
import { TagFilling } from './tagFilling';
import { mappedRange } from './templates/mappedText';

/** `${input:name}`, `${input:name:text}`, or a name such as `${selection}`. No `{` within, so that a text of `${` alone is read only once. */
const tag = /\$\{(?:input:([^:{}\n]+)(?::[^{}\n]*)?|([^{}\n]+))\}/g;

/** One chat message with the role `user`. @throws promptMalformed, emptyPrompt */
export function promptMdPrompt(source: Source): PromptInput {
  const { text, file } = source;
  const { bodyStart } = findFrontMatter(source, 'nothing');
  const [start, end] = withoutOuterBreaks(text, bodyStart, text.length);
  if (start === end) throw promptEmpty(file);
  const content = new TagFilling(source, undefined, tag).fill(mappedRange(text, [start, end]));
  return { kind: 'chat', file, messages: [{ role: 'user', ...content }] };
}
