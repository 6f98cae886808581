/**
 * A byte-level BPE tokenizer from GGUF metadata. `@huggingface/tokenizers` finds the added tokens and cuts the rest into words, and
 * pairMerges.ts merges within them. The library gives no offsets, so they are found by walking the tokens' bytes along the text's
 * UTF-8. Nothing is trimmed or added, so the walk is exact.
 */
import { Tokenizer as Cutter, Model } from '@huggingface/tokenizers';
import { type Clause, clause } from '../protocol/clauses';
import { boundedWork } from './boundedWork';
import { bytesOfEntry, characterOfByte } from './byteAlphabet';
import { composeText } from './composedText';
import type { Metadata } from './metadata';
import { malformed, unsupported } from './modelProblem';
import { PairMerges } from './pairMerges';
import { type PreTokenizer, preTokenizerNamed } from './preTokenizers';
import type { AddedTokenConfig, TokenizerConfig } from './tokenizerConfig';
import { checkTokenizer } from './tokenizerProbe';
import type { Tokenizer } from './types';

/** llama.cpp's token types. */
export const controlType = 3;
export const userDefinedType = 4;
const defaultName = 'default';

interface PlacedToken {
  id: number;
  start: number;
  end: number;
}

/**
 * `rows`: those of the embedding table; rows beyond the tokens are padding. Throws modelUnsupported for an unknown pre-tokenizer or a
 * vocabulary that does not reproduce texts, modelMalformed for lists that do not agree.
 */
export function readByteLevel(metadata: Metadata, path: string, rows = 0): ByteLevelTokenizer {
  const spacePrefix = 'tokenizer.ggml.add_space_prefix';
  if (metadata.boolean(spacePrefix, false)) throw unsupported(path, clause('saysNotComputed', spacePrefix, 'true'));
  const pre = readPreTokenizer(metadata, path);
  const entries = metadata.strings('tokenizer.ggml.tokens');
  const types = metadata.has('tokenizer.ggml.token_type') ? metadata.numbers('tokenizer.ggml.token_type') : [];
  if (entries.length === 0 || (types.length > 0 && types.length !== entries.length))
    throw malformed(path, clause('tokenTypes', entries.length, types.length));
  const merges = metadata.strings('tokenizer.ggml.merges');
  if (!merges.every((merge) => merge.indexOf(' ', 1) > 0)) throw malformed(path, clause('mergeNoPair'));
  for (let id = entries.length; id < rows; id++) entries.push(`[PAD ${id}]`);
  return checkedTokenizer(new ByteLevelTokenizer(entries, types, merges, pre), path);
}

/** The tokenizer itself. Throws modelUnsupported for a vocabulary that does not reproduce texts. */
export function checkedTokenizer(tokenizer: ByteLevelTokenizer, path: string): ByteLevelTokenizer {
  const twofold = tokenizer.twofoldToken();
  if (twofold !== null) throw unsupported(path, clause('tokenizerLossy', `"${twofold.slice(0, 60)}"`));
  const hasByte = (byte: number) => tokenizer.has(characterOfByte(byte));
  checkTokenizer(tokenizer, { added: tokenizer.added, composes: tokenizer.pre.composes, hasByte }, path);
  return tokenizer;
}

/** What to say of a file that does not name its cut; null where it does, and for a tokenizer that cuts no words. */
export function noteOnCutting(metadata: Metadata): Clause | null {
  const key = 'tokenizer.ggml.pre';
  if (metadata.string('tokenizer.ggml.model') !== 'gpt2') return null;
  const name = metadata.string(key, '');
  return name === '' ? clause('cuttingMissing', key) : name === defaultName ? clause('cuttingDefault', key) : null;
}

/** A file that does not name its cut is cut as llama.cpp cuts it. */
function readPreTokenizer(metadata: Metadata, path: string): PreTokenizer {
  const key = 'tokenizer.ggml.pre';
  const name = metadata.string(key, defaultName);
  const pre = preTokenizerNamed(name === '' ? defaultName : name);
  if (!pre) throw unsupported(path, clause('cuttingUnknown', key, name));
  return pre;
}

export class ByteLevelTokenizer implements Tokenizer {
  readonly size: number;
  readonly special: ReadonlySet<number>;
  private readonly ids: Map<string, number>;
  /** Special and user-defined tokens: they appear in a text exactly as they are written. */
  readonly added: ReadonlySet<string>;
  private readonly cutter: Cutter;
  private readonly merges: PairMerges;

  constructor(
    private readonly entries: readonly string[],
    types: readonly number[],
    merges: readonly string[],
    readonly pre: PreTokenizer,
  ) {
    this.size = entries.length;
    this.ids = new Map(entries.map((entry, id) => [entry, id]));
    const added: AddedTokenConfig[] = [];
    for (let id = 0; id < types.length; id++) {
      const special = types[id] === controlType;
      if ((special || types[id] === userDefinedType) && entries[id] !== '')
        added.push({ id, content: entries[id], normalized: false, special });
    }
    this.special = new Set(added.filter((token) => token.special).map((token) => token.id));
    this.added = new Set(added.map((token) => token.content));
    this.cutter = new Cutter(cutting(pre, added), {});
    this.merges = new PairMerges(this.ids, merges, pre.wholeWords);
    this.cutter.model = new MergingModel(entries, this.merges);
  }

  /**
   * The first added token whose entry is also the result of merging other bytes of a text: "¿" stands for itself where it is
   * written, and in the byte alphabet for the byte 0xBF of any character, so its id would have two meanings. Null where there is
   * none; DeepSeek's "õ" does not count, as no text in UTF-8 holds the byte 0xF5.
   */
  twofoldToken(): string | null {
    for (const token of this.added) {
      const bytes = /^[\x20-\x7e]*$/.test(token) ? null : bytesOfEntry(token);
      if (!bytes || bytes.some((byte) => byte === 0xc0 || byte === 0xc1 || byte > 0xf4)) continue;
      const ids = this.merges.merge(token);
      if (ids.length === 1 && this.entries[ids[0]] === token) return token;
    }
    return null;
  }

  /** Whether there is such an entry, in the byte alphabet or as an added token. */
  has(entry: string): boolean {
    return this.ids.has(entry);
  }

  encode(text: string): PlacedToken[] {
    const composed = this.pre.composes ? composeText(text) : null;
    if (!composed) return this.place(this.cut(text), text);
    return this.place(this.cut(composed.text), composed.text).map(({ id, start, end }) => ({
      id,
      start: composed.startOf(start),
      end: composed.endOf(end - 1),
    }));
  }

  private cut(text: string): string[] {
    const { brought } = this.pre;
    const work = () => this.cutter.tokenize(text);
    return brought === undefined ? work() : boundedWork(work, text.length, brought);
  }

  decode(ids: readonly number[]): string {
    const parts = ids.map((id) => this.bytes(id));
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(all);
  }

  /** An added token is plain text; the others are written in the byte alphabet. Empty for an id that does not exist. */
  bytes(id: number): Uint8Array {
    const entry = this.entries[id] ?? '';
    const alphabet = this.added.has(entry) ? null : bytesOfEntry(entry);
    return alphabet ?? new TextEncoder().encode(entry);
  }

  text(id: number): string {
    return this.decode([id]);
  }

  /** Tokens that share a character share its range; a byte without an entry of its own has no token and is skipped. */
  private place(tokens: readonly string[], text: string): PlacedToken[] {
    const walk = new ByteWalk(text);
    return tokens.map((token) => {
      const id = this.ids.get(token)!;
      if (this.added.has(token)) return { id, ...walk.characters(token) };
      return { id, ...walk.bytes(token) };
    });
  }
}

/** A tokenizer.json without entries: our own model does the merging that would need them. */
function cutting(pre: PreTokenizer, added: AddedTokenConfig[]): TokenizerConfig {
  return {
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: pre.steps },
    post_processor: null,
    decoder: null,
    model: emptyModel,
  };
}

const emptyModel: TokenizerConfig['model'] = { type: 'BPE', vocab: {}, merges: [], ignore_merges: false };

/** The model that the library asks for: words in the byte alphabet → entries. */
class MergingModel extends Model {
  constructor(
    private readonly entries: readonly string[],
    private readonly merges: PairMerges,
  ) {
    super(emptyModel);
  }

  encode(words: string[]): string[] {
    return words.flatMap((word) => this.merges.merge(word).map((id) => this.entries[id]));
  }
}

/** A place in a text, counted in UTF-16 units and in bytes of the character at that place. */
class ByteWalk {
  private at = 0;
  /** Number of bytes of the character at `at` that have been passed already. */
  private within = 0;
  private character: Uint8Array;
  private units = 1;
  private readonly encoder = new TextEncoder();

  constructor(private readonly text: string) {
    this.character = this.load();
  }

  /** Passes over a token that appears in the text as it is written. */
  characters(content: string): { start: number; end: number } {
    const start = this.text.indexOf(content, this.at);
    this.move(start + content.length);
    return { start, end: this.at };
  }

  /** Passes over the bytes of a token written in the byte alphabet. */
  bytes(token: string): { start: number; end: number } {
    while (characterOfByte(this.character[this.within]) !== token[0]) {
      if (this.at >= this.text.length) throw new Error(`the token ${token} does not stand in the text`);
      this.step();
    }
    const start = this.at;
    for (let i = 1; i < token.length; i++) this.step();
    const end = this.at + this.units;
    this.step();
    return { start, end };
  }

  private step(): void {
    if (++this.within === this.character.length) this.move(this.at + this.units);
  }

  private move(at: number): void {
    this.at = at;
    this.within = 0;
    this.character = this.load();
  }

  private load(): Uint8Array {
    const code = this.text.codePointAt(this.at) ?? 0;
    this.units = code > 0xffff ? 2 : 1;
    if (code < 128) return ascii[code];
    return this.encoder.encode(this.text.slice(this.at, this.at + this.units));
  }
}

const ascii = Array.from({ length: 128 }, (_, code) => Uint8Array.of(code));
