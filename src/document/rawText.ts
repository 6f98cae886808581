/** Text that is taken as it stands: plain files, and any range of any file. */
import type { PromptInput, SourcePiece } from '../protocol/model';
import { checkLength } from '../protocol/textLength';
import { invisibleNotes } from './invisible';
import { unifiedLineEnds } from './lineEnds';
import { withNotes } from './notes';
import { promptEmpty, type Source } from './source';

type RawPrompt = Extract<PromptInput, { kind: 'raw' }>;

/** The whole text from `source.start`, as one piece. @throws emptyPrompt */
export function rawPrompt(source: Source): RawPrompt {
  return slice(source.text, source.start, source.text.length, source.file);
}

/** The whole text as one message of the user, in one piece. @throws emptyPrompt */
export function wrappedPrompt(source: Source): PromptInput {
  const { text: content, pieces, file } = rawPrompt(source);
  return { kind: 'chat', file, messages: [{ role: 'user', content, pieces }] };
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

function slice(text: string, start: number, end: number, file: string | null): RawPrompt {
  if (end <= start) throw promptEmpty(file);
  const length = end - start;
  checkLength(length);
  const pieces: SourcePiece[] = [{ at: 0, length, source: [start, end] }];
  return { kind: 'raw', file, text: text.slice(start, end), pieces };
}
