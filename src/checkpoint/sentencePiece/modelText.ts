/**
 * How SentencePiece changes a text before it is cut: the table of replacements, spaces as ▁, one of them before the text, and no more of
 * them than needed. Source: sentencepiece, src/normalizer.cc, Normalizer::Normalize.
 */
import type { CharsMap } from './charsMap';
import { NormalBuilder, NormalText } from './normalText';

export interface ModelTextRules {
  charsMap: CharsMap | null;
  /** Whether a ▁ stands before a text, or behind it. */
  addDummyPrefix: boolean;
  asSuffix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
  /** Stand in a text as they are written. */
  userDefined: readonly string[];
}

const encoder = new TextEncoder();

/** The function for the rules: typed[from, to) → its changed form. */
export function modelText(rules: ModelTextRules): (typed: string, from: number, to: number) => NormalText {
  const own = new Prefixes(rules.userDefined);
  const space = rules.escapeWhitespaces ? '▁' : ' ';
  return (typed, from, to) => {
    const builder = new NormalBuilder();
    let afterSpace = rules.removeExtraWhitespaces;
    let first: [number, number] | null = null;
    for (const { text, start, end } of parts(NormalText.of(typed, from, to), rules.charsMap, own)) {
      let put = text;
      while (afterSpace && put.startsWith(' ')) put = put.slice(1);
      if (put === '') continue;
      if (!first) {
        // The ▁ before the text takes in what was removed there.
        first = [from, end];
        if (rules.addDummyPrefix && !rules.asSuffix) builder.push(space, ...first);
      }
      builder.push(put.replaceAll(' ', space), start, end);
      afterSpace = rules.removeExtraWhitespaces && put.endsWith(' ');
    }
    trim(builder, space, rules);
    if (first && rules.addDummyPrefix && rules.asSuffix) builder.push(space, Math.max(from, to - 1), to);
    return builder.made();
  };
}

/** Without the spaces at the end. */
function trim(builder: NormalBuilder, space: string, { removeExtraWhitespaces }: ModelTextRules): void {
  if (!removeExtraWhitespaces) return;
  const { text } = builder.made();
  let length = text.length;
  while (length > 0 && text[length - 1] === space) length--;
  builder.cut(length);
}

interface Part {
  text: string;
  /** Its place in the typed text. */
  start: number;
  end: number;
}

/** One after another: what is defined by the user, what the table replaces, or a character. */
function* parts(normal: NormalText, charsMap: CharsMap | null, own: Prefixes): Iterable<Part> {
  const { text } = normal;
  const bytes = charsMap ? encoder.encode(text) : null;
  let byte = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) ?? 0;
    const fixed = own.longestAt(text, at);
    const found = fixed === null && bytes ? (charsMap?.longest(bytes, byte) ?? null) : null;
    let length = fixed?.length ?? (code > 0xffff ? 2 : 1);
    if (found) length = unitsOf(text, at, found.length);
    yield {
      text: found?.text ?? text.slice(at, at + length),
      start: normal.startOf(at),
      end: normal.endOf(at + length - 1),
    };
    if (bytes) byte += found ? found.length : encoder.encode(text.slice(at, at + length)).length;
    at += length;
  }
}

/** UTF-16 units of the characters that this many bytes hold. */
function unitsOf(text: string, from: number, bytes: number): number {
  let [at, left] = [from, bytes];
  while (left > 0 && at < text.length) {
    const code = text.codePointAt(at) ?? 0;
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += code > 0xffff ? 2 : 1;
  }
  return at - from;
}

/** Finds which of some texts stands at a place. */
export class Prefixes {
  private readonly byFirst = new Map<number, string[]>();

  constructor(texts: readonly string[]) {
    for (const text of [...texts].sort((a, b) => b.length - a.length)) {
      if (text === '') continue;
      const first = text.charCodeAt(0);
      const known = this.byFirst.get(first);
      if (known) known.push(text);
      else this.byFirst.set(first, [text]);
    }
  }

  longestAt(text: string, at: number): string | null {
    return this.byFirst.get(text.charCodeAt(at))?.find((each) => text.startsWith(each, at)) ?? null;
  }
}
