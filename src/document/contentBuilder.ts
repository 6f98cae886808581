/**
 * Collects a message's content together with where each stretch of it stands in the file.
 * Invariant: pieces ascend, do not overlap, and lie in the order of the file; a piece whose two lengths are equal is the
 * file's text, unit for unit. For the readers of this room.
 */
import type { Range, SourcePiece } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { maxPromptLength } from './source';

export class ContentBuilder {
  private readonly parts: string[] = [];
  private readonly pieces: SourcePiece[] = [];
  private readonly slots: Range[] = [];
  private length = 0;
  /** The last piece, while it is one that a following copy may lengthen. */
  private growing: SourcePiece | null = null;

  /** Append text[start, end) unchanged. Joins a copy that ends where this one begins. */
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

  /** Append a value that stands in the file as something else, at [start, end): a variable's tag, an escape. */
  substitute(value: string, start: number, end: number): void {
    if (value === '') return;
    this.growing = null;
    const at = this.length;
    if (value.length === end - start) {
      // Equal lengths would read as "the same text": two pieces, each the whole tag, say that it is not.
      this.pieces.push({ at, length: 1, source: [start, end] });
      this.pieces.push({ at: at + 1, length: value.length - 1, source: [start, end] });
    } else {
      this.pieces.push({ at, length: value.length, source: [start, end] });
    }
    this.append(value);
  }

  /** What `write` appends is a variable's value. */
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
    // Values are copied as often as a file names them, so a small file can ask for a very long text.
    if (this.length > maxPromptLength) throw new ProblemError('textTooLarge', [this.length, maxPromptLength]);
    this.parts.push(text);
  }
}
