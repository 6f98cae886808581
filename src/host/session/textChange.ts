/**
 * The effect of an edit: the changed part of a text, offsets carried across it, and how many tokens still hold. Offsets are UTF-16. Pure.
 */
import { mapEdit } from '../../document/mapEdit';
import type { Prompt, Range } from '../../protocol/model';

export interface TextChange {
  start: number;
  /** End of the replaced part in the old text, and of its replacement in the new one. */
  oldEnd: number;
  newEnd: number;
}

/** The smallest single replacement that leads from `before` to `after`; null when they are equal. */
export function textChange(before: string, after: string): TextChange | null {
  if (before === after) return null;
  const { prefix, suffix } = mapEdit(before, after);
  return { start: prefix, oldEnd: before.length - suffix, newEnd: after.length - suffix };
}

/** An offset of the new text in the old one; null inside the changed part. */
export function offsetBefore(change: TextChange | null, offset: number): number | null {
  if (!change || offset < change.start) return offset;
  return offset >= change.newEnd ? offset - change.newEnd + change.oldEnd : null;
}

/** A range of the old text in the new one; null when the edit touched it. */
export function rangeAfter(change: TextChange | null, [start, end]: Range): Range | null {
  if (!change || end <= change.start) return [start, end];
  const shift = change.newEnd - change.oldEnd;
  return start >= change.oldEnd ? [start + shift, end + shift] : null;
}

/**
 * Number of leading tokens of `prompt` that an edit at file offset `changedAt` cannot have changed. A token that touches the edit may merge
 * with it, and so may the earlier pieces of the same word; tokens that the template wrote before them hold.
 */
export function exactTokens(prompt: Prompt, changedAt: number): number {
  const { tokens } = prompt;
  let first = tokens.findIndex((token) => token.source !== null && token.source[1] >= changedAt);
  if (first < 0) first = tokens.length;
  while (first > 0 && first < tokens.length && !/^\s/.test(tokens[first].text) && tokens[first - 1].source !== null)
    first--;
  return first;
}
