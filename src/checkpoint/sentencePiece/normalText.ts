/** A text as a tokenizer changes it before it is cut, with the place in the typed text of each of its UTF-16 units. */

/** Half a pair has no form in UTF-8; every tool reads it as U+FFFD. */
const halfPairs = /\p{Surrogate}/gu;

export class NormalText {
  private constructor(
    readonly text: string,
    private readonly starts: readonly number[],
    private readonly ends: readonly number[],
  ) {}

  /** typed[from, to), unchanged. */
  static of(typed: string, from: number, to: number): NormalText {
    const builder = new NormalBuilder();
    builder.push(typed.slice(from, to).replace(halfPairs, '\ufffd'), from, null);
    return builder.made();
  }

  static made(text: string, starts: readonly number[], ends: readonly number[]): NormalText {
    return new NormalText(text, starts, ends);
  }

  /** One after another. */
  static joined(parts: readonly NormalText[]): NormalText {
    const builder = new NormalBuilder();
    for (const part of parts) builder.take(part, 0, part.text.length);
    return builder.made();
  }

  /** Where the part that holds unit `at` begins in the typed text. */
  startOf(at: number): number {
    return this.starts[at];
  }

  /** Where the part that holds unit `at` ends in the typed text. */
  endOf(at: number): number {
    return this.ends[at];
  }

  slice(from: number, to: number): NormalText {
    return new NormalText(this.text.slice(from, to), this.starts.slice(from, to), this.ends.slice(from, to));
  }

  /** What stands for a match has the whole place of the match; null leaves it as it is. */
  replace(pattern: RegExp, by: (match: string) => string | null): NormalText {
    const builder = new NormalBuilder();
    let behind = 0;
    for (const { 0: match, index } of this.text.matchAll(pattern)) {
      const put = by(match);
      if (put === null || put === match) continue;
      builder.take(this, behind, index);
      behind = index + match.length;
      const [start, end] = match === '' ? this.border(index) : [this.starts[index], this.ends[behind - 1]];
      builder.push(put, start, end);
    }
    if (behind === 0) return this;
    builder.take(this, behind, this.text.length);
    return builder.made();
  }

  /** `prefix` shares the place of the first character. */
  prefixed(prefix: string): NormalText {
    if (this.text === '') return this;
    const builder = new NormalBuilder();
    const first = String.fromCodePoint(this.text.codePointAt(0) ?? 0).length;
    builder.push(prefix, this.starts[0], this.ends[first - 1]);
    builder.take(this, 0, this.text.length);
    return builder.made();
  }

  private border(at: number): [number, number] {
    const place = at < this.text.length ? this.starts[at] : (this.ends[at - 1] ?? 0);
    return [place, place];
  }
}

export class NormalBuilder {
  private text = '';
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  get length(): number {
    return this.text.length;
  }

  /** `end` null: every unit has its own place, from `start` on. */
  push(text: string, start: number, end: number | null): void {
    this.text += text;
    for (let at = 0; at < text.length; at++) {
      this.starts.push(end === null ? start + at : start);
      this.ends.push(end ?? start + at + 1);
    }
  }

  take(from: NormalText, start: number, end: number): void {
    this.text += from.text.slice(start, end);
    for (let at = start; at < end; at++) {
      this.starts.push(from.startOf(at));
      this.ends.push(from.endOf(at));
    }
  }

  /** Keeps only the first units. */
  cut(length: number): void {
    this.text = this.text.slice(0, length);
    this.starts.length = length;
    this.ends.length = length;
  }

  made(): NormalText {
    return NormalText.made(this.text, this.starts, this.ends);
  }
}
