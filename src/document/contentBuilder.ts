/**
 * Collects a message's content together with where each stretch of it stands in the file. Invariant: pieces ascend in the content and do
 * not overlap; a piece whose two lengths are equal is the file's text, unit for unit. In the file they ascend too, except in a rendered
 * template, whose loops repeat them.
 */
import type { Range, SourcePiece } from '../protocol/model';
import { checkLength } from '../protocol/textLength';
import type { MappedText } from './templates/mappedText';

export class ContentBuilder {
  private readonly parts: string[] = [];
  private readonly pieces: SourcePiece[] = [];
  private readonly slots: Range[] = [];
  private written = 0;
  /** The last piece, while a following copy may lengthen it. */
  private growing: SourcePiece | null = null;

  /** UTF-16 units of the content so far. */
  get length(): number {
    return this.written;
  }

  /** Appends text[start, end) unchanged. It joins a copy that ends where this one begins. */
  copy(text: string, start: number, end: number): void {
    if (end <= start) return;
    this.extend(text.slice(start, end), start, end);
  }

  /** Appends content[start, end) of a text that has places, with its slots. */
  copyMapped(text: MappedText, start: number, end: number): void {
    if (end <= start) return;
    const from = this.length - start;
    let at = start;
    for (let i = firstEndingAfter(text.pieces, start); i < text.pieces.length && text.pieces[i].at < end; i++) {
      const piece = text.pieces[i];
      const [first, last] = [Math.max(start, piece.at), Math.min(end, piece.at + piece.length)];
      this.write(text.content.slice(at, first));
      const content = text.content.slice(first, last);
      const [source] = piece.source;
      const shift = source - piece.at;
      if (piece.source[1] - source === piece.length) this.extend(content, first + shift, last + shift);
      else this.substitute(content, ...piece.source);
      at = last;
    }
    this.write(text.content.slice(at, end));
    const slots = text.slots ?? [];
    for (let i = firstBehind(slots, start); i < slots.length && slots[i][0] < end; i++) {
      const [open, close] = slots[i];
      this.slots.push([Math.max(open, start) + from, Math.min(close, end) + from]);
    }
  }

  /** Appends text that has no place in the file. */
  write(text: string): void {
    if (text === '') return;
    this.growing = null;
    this.append(text);
  }

  /** Appends a value that is written differently in the file, at [start, end): a variable's tag, an escape. */
  substitute(value: string, start: number, end: number): void {
    if (value === '') return;
    this.growing = null;
    const at = this.length;
    if (value.length === end - start) {
      // Equal lengths would be read as "the same text"; two pieces that each refer to the whole tag show that it is not.
      this.pieces.push({ at, length: 1, source: [start, end] });
      this.pieces.push({ at: at + 1, length: value.length - 1, source: [start, end] });
    } else {
      this.pieces.push({ at, length: value.length, source: [start, end] });
    }
    this.append(value);
  }

  /** The same, in place of content[start, end) of a text that has places; where it has none, so has the value. */
  substituteMapped(value: string, text: MappedText, start: number, end: number): void {
    const part = new ContentBuilder();
    part.copyMapped(text, start, end);
    const { pieces } = part.result();
    const last = pieces[pieces.length - 1];
    if (last) this.substitute(value, pieces[0].source[0], last.source[1]);
    else this.write(value);
  }

  /** Marks the text that `write` appends as a variable's value. */
  slot(write: () => void): void {
    const start = this.length;
    write();
    if (this.length > start) this.slots.push([start, this.length]);
  }

  /** `slots` is missing where no variable has a value. */
  result(): { content: string; pieces: SourcePiece[]; slots?: Range[] } {
    const content = { content: this.parts.join(''), pieces: this.pieces };
    return this.slots.length > 0 ? { ...content, slots: this.slots } : content;
  }

  /** Appends the file's own text at [start, end). */
  private extend(text: string, start: number, end: number): void {
    if (this.growing !== null && this.growing.source[1] === start) {
      this.growing.length += end - start;
      this.growing.source[1] = end;
    } else {
      this.growing = { at: this.length, length: end - start, source: [start, end] };
      this.pieces.push(this.growing);
    }
    this.append(text);
  }

  private append(text: string): void {
    this.written += text.length;
    // A value is copied each time a file names it, so a small file can produce a very long text.
    checkLength(this.written);
    this.parts.push(text);
  }
}

/** Index of the first piece that ends behind `start`; pieces ascend in the content. */
export function firstEndingAfter(pieces: readonly SourcePiece[], start: number): number {
  return firstWhere(pieces.length, (index) => pieces[index].at + pieces[index].length > start);
}

/** Index of the first range that ends behind `start`; ranges ascend. */
export function firstBehind(ranges: readonly Range[], start: number): number {
  return firstWhere(ranges.length, (index) => ranges[index][1] > start);
}

/** The first index that holds; from there on all hold. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
