/**
 * Places in the user's text that an explanation points at: the target's words, and the parts that were selected as units. They move along
 * with every edit; a place that an edit changes is lost and never points at other words. Pure except for the places that it keeps.
 */
import type { Prompt, Range } from '../../protocol/model';
import { rangeAfter, type TextChange } from './textChange';

interface Span {
  /** The prompt and the positions [i, j) in it when the target was chosen. */
  prompt: Prompt;
  tokens: Range;
  /** The range of these tokens in the current file; null for text that the template wrote. */
  range: Range | null;
  /** The text has changed since, so the positions must be found again. */
  moved: boolean;
}

export class Places {
  /** UTF-16 ranges of the file. */
  units: readonly Range[] = [];
  private span: Span | null = null;

  get holding(): boolean {
    return this.span !== null;
  }

  /** True while the target's positions belong to an older text. */
  get moved(): boolean {
    return this.span?.moved === true;
  }

  /** Makes tokens [i, j) of `prompt` the target; `change` leads from the prompt's text to the current one. False: they are gone. */
  hold(prompt: Prompt, tokens: Range, change: TextChange | null): boolean {
    this.span = { prompt, tokens, range: fileRange(prompt, tokens), moved: false };
    return change === null || this.carry(change);
  }

  letGo(): void {
    this.span = null;
  }

  /** False when there is no target left. */
  edited(change: TextChange): boolean {
    this.units = this.units.map((range) => rangeAfter(change, range)).filter((range) => range !== null);
    return this.carry(change);
  }

  /** The same text, rendered otherwise: the target's positions must be found again. */
  refilled(): void {
    if (this.span) this.span = { ...this.span, moved: true };
  }

  /** The target's position in the current text's tokens; null when it cannot be determined, and then the target is released. */
  find(prompt: Prompt): Range | null {
    const found = this.span && located(this.span, prompt);
    this.span = found && { prompt, tokens: found, range: fileRange(prompt, found), moved: false };
    return found;
  }

  private carry(change: TextChange): boolean {
    if (!this.span) return false;
    const range = this.span.range && rangeAfter(change, this.span.range);
    const lost = this.span.range !== null && range === null;
    this.span = lost ? null : { ...this.span, range, moved: true };
    return !lost;
  }
}

/** The range from the first token's start to the last one's end; null when the template wrote one of them. */
function fileRange({ tokens }: Prompt, [first, end]: Range): Range | null {
  const sources = tokens.slice(first, end).map(({ source }) => source);
  const starts = sources.flatMap((source) => (source ? [source[0]] : []));
  const ends = sources.flatMap((source) => (source ? [source[1]] : []));
  return starts.length === 0 || starts.length < sources.length ? null : [Math.min(...starts), Math.max(...ends)];
}

/** Finds the same ids at the same place: in the file, or for template text counted from the start or the end of the prompt. */
function located({ prompt, tokens: [first, end], range }: Span, now: Prompt): Range | null {
  const ids = (of: Prompt, from: number, to: number) => of.tokens.slice(from, to).map(({ id }) => id);
  const same = (from: number, to: number, at: number) =>
    at >= 1 && ids(prompt, from, to).join() === ids(now, at, at + to - from).join();
  if (range) {
    const starts = now.tokens.flatMap(({ source }, position) => (source?.[0] === range[0] ? [position] : []));
    const at = starts.find(
      (start) => same(first, end, start) && fileRange(now, [start, start + end - first])?.[1] === range[1],
    );
    return at === undefined ? null : [at, at + end - first];
  }
  const { length } = prompt.tokens;
  const shift = now.tokens.length - length;
  if (same(1, end, 1)) return [first, end];
  return same(first, length, first + shift) ? [first + shift, end + shift] : null;
}
