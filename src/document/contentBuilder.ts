/**
 * Collects a message's content together with where each stretch of it stands in the file. Invariant: pieces ascend, do not overlap, and lie
 * in the order of the file; a piece whose two lengths are equal is the file's text, unit for unit.
 */
import type { Range, SourcePiece } from '../protocol/model';
import { checkLength } from '../protocol/textLength';

export class ContentBuilder {
  private readonly parts: string[] = [];
  private readonly pieces: SourcePiece[] = [];
  private readonly slots: Range[] = [];
  private length = 0;
  /** The last piece, while a following copy may lengthen it. */
  private growing: SourcePiece | null = null;

  /** Appends text[start, end) unchanged. It joins a copy that ends where this one begins. */
  copy(text: string, start: number, end: number): void {
    if (end <= start) return;
    if (this.growing !== null && this.growing.source[1] === start) {
      this.growing.length += end - start;
      this.growing.source[1] = end;
    } else {
      this.growing = { at: this.length, length: end - start, source: [start, end] };
      this.pieces.push(this.growing);
    }
    this.append(text.slice(start, end));
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

  private append(text: string): void {
    this.length += text.length;
    // A value is copied each time a file names it, so a small file can produce a very long text.
    checkLength(this.length);
    this.parts.push(text);
  }
}
