/**
 * A text together with where each stretch of it stands in the file. A template is such a text, and so is what it renders to: a literal
 * stretch keeps its own place, once for every turn of a loop, and a value has the place of its tag. In a rendered text the places
 * therefore repeat and do not ascend.
 */
import type { Range, SourcePiece } from '../../protocol/model';
import { ContentBuilder, firstBehind } from '../contentBuilder';

export interface MappedText {
  content: string;
  /** Ascending in the content, not overlapping; in a rendered text not ascending in the file. */
  pieces: SourcePiece[];
  /** Places of the variables' values in the content. */
  slots?: Range[];
}

/** The file's text[start, end) as it stands. */
export function mappedRange(text: string, [start, end]: Range): MappedText {
  const content = new ContentBuilder();
  content.copy(text, start, end);
  return content.result();
}

/** A text of another file, all of which has one place in this one. */
export function placedAt(text: string, [start, end]: Range): MappedText {
  const content = new ContentBuilder();
  content.substitute(text, start, end);
  return content.result();
}

/** Whether the character is the template's own and not that of a value. */
export function isTemplates({ slots = [] }: MappedText, at: number): boolean {
  const slot = slots[firstBehind(slots, at)];
  return slot === undefined || slot[0] > at;
}

/** The content[start, end) with its places and slots. */
export function sliced(text: MappedText, start: number, end: number): MappedText {
  const content = new ContentBuilder();
  content.copyMapped(text, start, end);
  return content.result();
}

/** The content[start, end) without the line breaks at its two ends. */
export function withoutBreaks(text: MappedText, start = 0, end = text.content.length): MappedText {
  return trimmedBy(text, start, end, (unit) => unit === '\n' || unit === '\r');
}

/** The content[start, end) without the white space at its two ends. */
export function trimmedText(text: MappedText, start = 0, end = text.content.length): MappedText {
  return trimmedBy(text, start, end, (unit) => unit.trim() === '');
}

function trimmedBy(text: MappedText, start: number, end: number, drops: (unit: string) => boolean): MappedText {
  const { content } = text;
  let [from, to] = [start, end];
  while (from < to && drops(content[from])) from++;
  while (to > from && drops(content[to - 1])) to--;
  return sliced(text, from, to);
}
