/** Where a renderer writes: to the prompt, in which every stretch keeps its place, or to a text that becomes a value. */
import type { Range, SourcePiece } from '../../protocol/model';
import { ContentBuilder, firstEndingAfter } from '../contentBuilder';
import type { Budget } from './budget';
import type { MappedText } from './mappedText';

export interface Sink {
  /** The template's own text[start, end). */
  literal(start: number, end: number): void;
  /** A value in place of the template's [start, end). @param slot whether it is a variable's */
  value(text: string, start: number, end: number, slot: boolean): void;
}

export class PromptSink implements Sink {
  readonly content = new ContentBuilder();

  constructor(
    private readonly template: MappedText,
    private readonly budget: Budget,
  ) {}

  literal(start: number, end: number): void {
    this.budget.spend();
    this.content.copyMapped(this.template, start, end);
  }

  value(text: string, start: number, end: number, slot: boolean): void {
    this.budget.spend();
    const place = placeIn(this.template.pieces, start, end);
    const write = () => (place ? this.content.substitute(text, ...place) : this.content.write(text));
    if (slot) this.content.slot(write);
    else write();
  }
}

export class TextSink implements Sink {
  private readonly parts: string[] = [];

  constructor(
    private readonly template: string,
    private readonly budget: Budget,
  ) {}

  literal(start: number, end: number): void {
    this.value(this.template.slice(start, end));
  }

  value(text: string): void {
    this.budget.spendText(text.length);
    this.parts.push(text);
  }

  get text(): string {
    return this.parts.join('');
  }
}

/** The file's range of content[start, end); null where none of it is in the file. A template's pieces ascend in the file too. */
export function placeIn(pieces: readonly SourcePiece[], start: number, end: number): Range | null {
  const first = firstEndingAfter(pieces, start);
  let last = first;
  while (last < pieces.length && pieces[last].at < end) last++;
  if (last === first) return null;
  const from = inPiece(pieces[first], start, 0);
  const to = inPiece(pieces[last - 1], end, 1);
  return [from, to];
}

/** The file's offset of a content offset; of a piece that maps as a whole, its start or its end. */
function inPiece({ at, length, source }: SourcePiece, offset: number, side: 0 | 1): number {
  if (source[1] - source[0] !== length) return source[side];
  return source[0] + Math.max(0, Math.min(length, offset - at));
}

/** What a partial writes has the place of the tag that calls it; its lines are indented as that tag is. */
export class PartialSink implements Sink {
  private opensLine = true;

  constructor(
    private readonly partial: string,
    private readonly outer: Sink,
    private readonly tag: Range,
    private readonly indent: string,
  ) {}

  literal(start: number, end: number): void {
    this.write(this.partial.slice(start, end), false);
  }

  value(text: string, _start: number, _end: number, slot: boolean): void {
    this.write(text, slot);
  }

  private write(text: string, slot: boolean): void {
    if (this.indent === '') {
      this.outer.value(text, ...this.tag, slot);
      return;
    }
    for (const line of text.split(/(?<=\n)/)) {
      if (line === '') continue;
      if (this.opensLine) this.outer.value(this.indent, ...this.tag, false);
      this.outer.value(line, ...this.tag, slot);
      this.opensLine = line.endsWith('\n');
    }
  }
}
