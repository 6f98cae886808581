/**
 * A BPE over characters, as SentencePiece makes it (Kudo & Richardson 2018): a space is written ▁, a character without an entry becomes
 * the tokens of its bytes, and some models put a ▁ before a text. Every character of the text is one symbol, so offsets come from counting.
 */

import { clause } from '../protocol/clauses';
import type { AddedTokens } from './addedTokens';
import { unsupported } from './modelProblem';
import { PairMerges, scoredMerges } from './pairMerges';
import { checkTokenizer } from './tokenizerProbe';
import type { Tokenizer } from './types';

/** Where a ▁ is put before text: nowhere, before the first stretch between added tokens, or before each. */
export type Prefix = 'never' | 'first' | 'always';

export interface PieceOptions {
  entries: readonly string[];
  /** Pairs in order of rank, or each entry's score. */
  merges: readonly string[] | { scores: readonly number[] };
  added: AddedTokens;
  special: ReadonlySet<number>;
  prefix: Prefix;
  /** Whether a stretch that begins with a space gets no further ▁. */
  sparing: boolean;
  /** Whether a ▁ always begins a word, across whose border nothing is merged. */
  words: boolean;
  wholeWords: boolean;
  /** Whether nothing is merged across the borders of runs of line breaks, and such a run is an entry if there is one. */
  lines?: boolean;
}

interface PlacedToken {
  id: number;
  start: number;
  end: number;
}

const space = '▁';

const byteEntry = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

export class PieceTokenizer implements Tokenizer {
  readonly size: number;
  readonly special: ReadonlySet<number>;
  private readonly ids: Map<string, number>;
  private readonly merges: PairMerges;
  /** Token of each byte, and the byte of each such token. */
  private readonly byteIds: readonly (number | undefined)[];
  private readonly bytesOfIds = new Map<number, number>();
  private readonly addedIds: ReadonlySet<number>;
  private readonly encoder = new TextEncoder();

  constructor(private readonly options: PieceOptions) {
    const { entries, merges, wholeWords } = options;
    this.size = entries.length;
    this.special = options.special;
    this.ids = new Map(entries.map((entry, id) => [entry, id]));
    const found = 'scores' in merges ? scoredMerges(entries, this.ids, merges.scores) : merges;
    this.merges = new PairMerges(this.ids, found, wholeWords);
    this.byteIds = Array.from({ length: 256 }, (_, byte) => this.ids.get(byteEntry(byte)));
    this.byteIds.forEach((id, byte) => {
      if (id !== undefined) this.bytesOfIds.set(id, byte);
    });
    this.addedIds = new Set(options.added.all.map(({ id }) => id));
  }

  /** Whether every byte has a token, so that no text is lost. */
  get complete(): boolean {
    return this.bytesOfIds.size === 256;
  }

  encode(text: string): PlacedToken[] {
    const tokens: PlacedToken[] = [];
    let at = 0;
    for (const found of [...this.options.added.find(text), null]) {
      const end = found?.start ?? text.length;
      if (end > at) for (const token of this.stretch(text, at, end)) tokens.push(token);
      if (found) tokens.push(found);
      at = found?.end ?? end;
    }
    return tokens;
  }

  decode(ids: readonly number[]): string {
    const parts = ids.map((id) => this.bytes(id));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
  }

  /** A special token is plain text; in the others, Gemma's runs of ▁ among them, ▁ is a space. Empty for an id that does not exist. */
  bytes(id: number): Uint8Array {
    const byte = this.addedIds.has(id) ? undefined : this.bytesOfIds.get(id);
    if (byte !== undefined) return Uint8Array.of(byte);
    const entry = this.options.entries[id] ?? '';
    return this.encoder.encode(this.special.has(id) ? entry : entry.replaceAll(space, ' '));
  }

  text(id: number): string {
    return this.decode([id]);
  }

  /** The tokens of text[from, to), which holds no added token. */
  private *stretch(text: string, from: number, to: number): Iterable<PlacedToken> {
    const { prefix, sparing, words, lines } = this.options;
    const wanted = prefix === 'always' || (prefix === 'first' && from === 0);
    const begins = text[from] === ' ' || text[from] === space;
    const marked = wanted && !(sparing && begins);
    if (lines) {
      for (const { 0: run, index } of text.slice(from, to).matchAll(/\n+|[^\n]+/g)) {
        const start = from + index;
        yield* this.word(text, start, start + run.length, marked && index === 0, run[0] === '\n');
      }
      return;
    }
    if (!words) {
      yield* this.word(text, from, to, marked);
      return;
    }
    let start = from;
    for (let at = from + 1; at <= to; at++) {
      if (at < to && text[at] !== ' ' && text[at] !== space) continue;
      yield* this.word(text, start, at, marked && start === from);
      start = at;
    }
  }

  /** `marked`: a ▁ stands before the first character; a token of it alone shares that character's place. */
  private *word(
    text: string,
    from: number,
    to: number,
    marked: boolean,
    wholly = this.options.wholeWords,
  ): Iterable<PlacedToken> {
    const symbols: number[] = [];
    /** Start and end of each symbol in the text. */
    const places: [number, number][] = [];
    const push = (symbol: number | undefined, start: number, end: number) => {
      if (symbol === undefined) return;
      symbols.push(symbol);
      places.push([start, end]);
    };
    const first = String.fromCodePoint(text.codePointAt(from) ?? 0).length;
    if (marked) push(this.ids.get(space), from, from + first);
    for (let at = from; at < to; ) {
      const typed = String.fromCodePoint(text.codePointAt(at) ?? 0);
      const end = at + typed.length;
      const own = this.ids.get(typed === ' ' ? space : typed);
      if (own !== undefined) push(own, at, end);
      else for (const byte of this.encoder.encode(typed)) push(this.byteIds[byte], at, end);
      at = end;
    }
    const whole = wholly
      ? this.ids.get((marked ? space : '') + text.slice(from, to).replaceAll(' ', space))
      : undefined;
    const ids = whole === undefined ? this.merges.mergeSymbols([...symbols]) : [whole];
    let next = 0;
    for (const id of ids) {
      const count = whole === undefined ? this.symbolsOf(id, symbols[next]) : symbols.length;
      // The prefix alone shares the place of the character behind it, and with others begins where they begin.
      yield { id, start: places[next][0], end: places[next + count - 1][1] };
      next += count;
    }
  }

  /** How many symbols a token has taken up, which begins with the symbol `first`. */
  private symbolsOf(id: number, first: number): number {
    return id === first ? 1 : [...this.options.entries[id]].length;
  }
}

/** The tokenizer itself. Throws modelUnsupported for a vocabulary that does not reproduce texts. */
export function checkedPieces(tokenizer: PieceTokenizer, options: PieceOptions, path: string): PieceTokenizer {
  if (!tokenizer.complete) throw unsupported(path, clause('tokenizerAsks', 'byte_fallback'));
  // A run of ▁ that stands in a text as such is given back as spaces.
  const plain = options.added.all.filter(({ id, content }) => options.special.has(id) || !content.includes(space));
  const added = plain.filter(({ lstrip, rstrip }) => !lstrip && !rstrip).map(({ content }) => content);
  const prefixes = options.prefix !== 'never';
  checkTokenizer(tokenizer, { added, composes: false, prefixes, hasByte: () => true }, path);
  return tokenizer;
}
