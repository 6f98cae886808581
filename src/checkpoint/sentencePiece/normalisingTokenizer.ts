/**
 * A tokenizer that changes the text before it cuts it, as SentencePiece does. The tokens' places are those in the typed text; what was
 * removed belongs to the token behind it, or at the end to the last one.
 */
import { clause } from '../../protocol/clauses';
import type { AddedTokens } from '../addedTokens';
import { unsupported } from '../modelProblem';
import { checkTokenizer } from '../tokenizerProbe';
import type { Tokenizer } from '../types';
import type { NormalText } from './normalText';
import type { Cut } from './segments';

export interface NormalisingParts {
  entries: readonly string[];
  added: AddedTokens;
  special: ReadonlySet<number>;
  /** Stands for what has no entry; null where every byte has one. */
  unknownId: number | null;
  /** Entries for bytes, where characters without an entry are spelt with them. */
  byteIds: ReadonlyMap<number, number>;
  /** The parts of text[from, to) that are cut one by one. */
  words: (text: string, from: number, to: number) => readonly NormalText[];
  cut: Cut;
}

interface PlacedToken {
  id: number;
  start: number;
  end: number;
}

const space = '▁';

/** byte → id of the entries <0x00> … <0xFF>; empty unless all of them are there. */
export function byteEntries(entries: readonly string[]): Map<number, number> {
  const found = new Map<number, number>();
  entries.forEach((entry, id) => {
    if (/^<0x[0-9A-F]{2}>$/.test(entry)) found.set(Number.parseInt(entry.slice(3, 5), 16), id);
  });
  return found.size === 256 ? found : new Map();
}

export class NormalisingTokenizer implements Tokenizer {
  readonly size: number;
  readonly special: ReadonlySet<number>;
  private readonly bytesOfIds: ReadonlyMap<number, number>;
  private readonly addedIds: ReadonlySet<number>;
  private readonly encoder = new TextEncoder();

  constructor(private readonly parts: NormalisingParts) {
    this.size = parts.entries.length;
    this.special = parts.special;
    this.bytesOfIds = new Map([...parts.byteIds].map(([byte, id]) => [id, byte]));
    this.addedIds = new Set(parts.added.all.map(({ id }) => id));
  }

  encode(text: string): PlacedToken[] {
    const tokens: PlacedToken[] = [];
    let [at, reached] = [0, 0];
    for (const found of [...this.parts.added.find(text), null]) {
      const end = found?.start ?? text.length;
      if (end > at) {
        for (const token of this.stretch(text, at, end)) {
          token.start = Math.min(token.start, reached);
          reached = Math.max(reached, token.end);
          token.end = reached;
          tokens.push(token);
        }
        // What was removed at the end of the stretch belongs to its last token; without one, to the token behind.
        const last = tokens.at(-1);
        if (last && last.end > at) {
          last.end = end;
          reached = end;
        }
      }
      if (!found) break;
      tokens.push({ ...found, start: Math.min(found.start, reached) });
      reached = found.end;
      at = found.end;
    }
    const last = tokens.at(-1);
    if (last) last.end = text.length;
    return tokens;
  }

  decode(ids: readonly number[]): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(ids.map((id) => this.bytes(id))));
  }

  /** An added token is plain text; in the others ▁ is a space. Empty for an id that does not exist. */
  bytes(id: number): Uint8Array {
    const added = this.addedIds.has(id);
    const byte = added ? undefined : this.bytesOfIds.get(id);
    if (byte !== undefined) return Uint8Array.of(byte);
    const entry = this.parts.entries[id] ?? '';
    return this.encoder.encode(added ? entry : entry.replaceAll(space, ' '));
  }

  text(id: number): string {
    return this.decode([id]);
  }

  /** The tokens of text[from, to), which holds no added token. */
  private *stretch(text: string, from: number, to: number): Iterable<PlacedToken> {
    const { words, cut, byteIds, unknownId } = this.parts;
    for (const word of words(text, from, to)) {
      let unknown: PlacedToken | null = null;
      for (const { id, from: first, to: behind } of cut(word.text)) {
        const place = { start: word.startOf(first), end: word.endOf(behind - 1) };
        if (id === null && byteIds.size === 0) {
          // One after another they are one unknown token.
          if (unknown) unknown.end = place.end;
          else if (unknownId !== null) unknown = { id: unknownId, ...place };
          continue;
        }
        if (unknown) yield unknown;
        unknown = null;
        if (id !== null) yield { id, ...place };
        else
          for (const byte of this.encoder.encode(word.text.slice(first, behind)))
            yield { id: byteIds.get(byte) ?? 0, ...place };
      }
      if (unknown) yield unknown;
    }
  }
}

/** The tokenizer itself. Throws modelUnsupported where a text's tokens would leave something out. */
export function checkedNormalising(parts: NormalisingParts, path: string): NormalisingTokenizer {
  if (parts.unknownId === null && parts.byteIds.size === 0) throw unsupported(path, clause('tokenizerAsks', 'unk_id'));
  const tokenizer = new NormalisingTokenizer(parts);
  const added = parts.added.all.filter(({ lstrip, rstrip }) => !lstrip && !rstrip).map(({ content }) => content);
  checkTokenizer(tokenizer, { added, composes: false, changes: true, hasByte: () => true }, path);
  return tokenizer;
}
