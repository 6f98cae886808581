/** Text that is taken as it stands: plain files, and any range of any file. */
import type { PromptInput } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { invisibleNotes } from './invisible';
import { unifiedLineEnds } from './lineEnds';
import { withNotes } from './notes';
import { promptEmpty, type Source } from './source';

/** The whole text from `source.start`, as one piece. @throws emptyPrompt */
export function rawPrompt(source: Source): PromptInput {
  return slice(source.text, source.start, source.text.length, source.file);
}

/** The whole text as one message of the user, in one piece. @throws emptyPrompt */
export function wrappedPrompt(source: Source): PromptInput {
  const { text, start, file } = source;
  if (text.length === start) throw promptEmpty(file);
  const content = new ContentBuilder();
  content.copy(text, start, text.length);
  return { kind: 'chat', file, messages: [{ role: 'user', ...content.result() }] };
}

/**
 * A selection in any file as a raw prompt.
 * @param start and `end` UTF-16 offsets in either order, limited to the text.
 * @throws emptyPrompt
 */
export function selectionPrompt(text: string, start: number, end: number, file: string | null): PromptInput {
  const bound = (offset: number) => Math.min(Math.max(offset, 0), text.length);
  const [from, to] = [bound(Math.min(start, end)), bound(Math.max(start, end))];
  const unified = unifiedLineEnds(text.slice(0, to));
  const input = unified.inFile(slice(unified.text, unified.inText(from), unified.text.length, file));
  return withNotes(input, invisibleNotes(input));
}

function slice(text: string, start: number, end: number, file: string | null): PromptInput {
  if (end <= start) throw promptEmpty(file);
  const content = new ContentBuilder();
  content.copy(text, start, end);
  const { content: slice, pieces } = content.result();
  return { kind: 'raw', file, text: slice, pieces };
}
