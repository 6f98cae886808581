/**
 * Checks that a tokenizer can cut any text and give it back completely. It is tried once when a model is opened, on a text that
 * holds every byte that UTF-8 uses and the added tokens. A damaged vocabulary would give tokens whose places in the text do not fit
 * together.
 */
import { clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import { unsupported } from './modelProblem';
import type { Tokenizer } from './types';

/** Most added tokens that are tried; Llama 3 has 256. */
const addedTried = 512;

/** One character for each possible first byte, and after 0xC2 one for each byte that may follow. */
function everyByte(): string[] {
  const range = (from: number, to: number, step: number) =>
    Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
  const codes = [
    ...range(0x00, 0xbf, 1),
    ...range(0xc0, 0x7c0, 0x40),
    0x800,
    ...range(0x1000, 0xf000, 0x1000),
    0x10000,
    ...range(0x40000, 0x100000, 0x40000),
  ];
  return codes.map((code) => String.fromCodePoint(code));
}

export interface TokenizerTraits {
  /** Special and user-defined tokens. */
  added: Iterable<string>;
  /** Texts are composed to NFC first. */
  composes: boolean;
  /** A space may be put before a text, and before each stretch between added tokens. */
  prefixes?: boolean;
  /** Texts are changed before they are cut, so that only the tokens' places are looked at. */
  changes?: boolean;
  /** Whether the byte has an entry of its own. */
  hasByte(byte: number): boolean;
}

/**
 * Throws modelUnsupported with the first text that is not given back. Published vocabularies leave some bytes out (SmolLM2 has
 * neither U+0004 nor characters that begin with 0xF1); text with those is skipped in tokenising, as in llama.cpp, and is not tried
 * here.
 */
export function checkTokenizer(
  tokenizer: Tokenizer,
  { added, composes, prefixes = false, changes = false, hasByte }: TokenizerTraits,
  path: string,
): void {
  const characters = everyByte().filter((character) => {
    const bytes = [...Buffer.from(character)];
    return /[\t\n\r\x20-\x7e]/.test(character) || bytes.every(hasByte);
  });
  const pieces = [...characters, ...[...added].slice(0, addedTried).map((token) => `a${token}b`)];
  const unspaced = (text: string) => (changes ? '' : prefixes ? text.replaceAll(' ', '') : text);
  const holds = (text: string) => partitions(tokenizer, text, composes ? text.normalize('NFC') : text, unspaced);
  if (holds(pieces.join(' '))) return;
  const wrong = pieces.find((piece) => !holds(piece)) ?? pieces[0];
  const shown = /^[\x20-\x7e]+$/.test(wrong) ? `"${wrong}"` : Buffer.from(wrong).toString('hex');
  throw unsupported(path, clause('tokenizerLossy', shown.slice(0, 60)));
}

function partitions(tokenizer: Tokenizer, text: string, expected: string, compared: (text: string) => string): boolean {
  let reached = 0;
  try {
    const tokens = tokenizer.encode(text);
    for (const { start, end } of tokens) {
      if (start > reached || end < reached || end <= start) return false;
      reached = end;
    }
    return reached === text.length && compared(tokenizer.decode(tokens.map(({ id }) => id))) === compared(expected);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    return false;
  }
}
