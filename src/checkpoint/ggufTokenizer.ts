/**
 * The tokenizer of a GGUF file, and what it adds to a text by itself: byte-level BPE, or SentencePiece's BPE over characters. Defaults
 * are those of llama.cpp (src/llama-vocab.cpp, llama_vocab::impl::load).
 */
import { clause } from '../protocol/clauses';
import { AddedTokens } from './addedTokens';
import { controlType, readByteLevel, userDefinedType } from './byteLevelTokenizer';
import type { Metadata } from './metadata';
import { malformed, unsupported } from './modelProblem';
import { checkedPieces, type PieceOptions, PieceTokenizer } from './pieceTokenizer';
import { CharsMap } from './sentencePiece/charsMap';
import { modelText } from './sentencePiece/modelText';
import { byteEntries, checkedNormalising } from './sentencePiece/normalisingTokenizer';
import { cutByLikelihood } from './sentencePiece/segments';
import type { Tokenizer } from './types';

const normalType = 1;
const unknownType = 2;
const byteType = 6;

export interface GgufTokenizer {
  tokenizer: Tokenizer;
  /** What is put before a text, and behind it. */
  beginId: number | null;
  endId: number | null;
}

/** `rows`: those of the embedding table; rows beyond the tokens are padding. Throws modelUnsupported for another kind of tokenizer, modelMalformed for lists that do not agree. */
export function readTokenizer(metadata: Metadata, path: string, rows = 0): GgufTokenizer {
  const model = metadata.string('tokenizer.ggml.model');
  const id = (kind: string, size: number, fallback?: number) =>
    metadata.count(`tokenizer.ggml.${kind}_token_id`, 0, size - 1, fallback);
  if (model === 'gpt2') {
    const tokenizer = readByteLevel(metadata, path, rows);
    return {
      tokenizer,
      beginId: metadata.boolean('tokenizer.ggml.add_bos_token', tokenizer.pre.addsBegin)
        ? id('bos', tokenizer.size)
        : null,
      endId: metadata.boolean('tokenizer.ggml.add_eos_token', false) ? id('eos', tokenizer.size) : null,
    };
  }
  if (model === 't5') {
    const tokenizer = readUnigram(metadata, path, rows);
    return {
      tokenizer,
      beginId: metadata.boolean('tokenizer.ggml.add_bos_token', false) ? id('bos', tokenizer.size) : null,
      endId: metadata.boolean('tokenizer.ggml.add_eos_token', true) ? id('eos', tokenizer.size, 1) : null,
    };
  }
  if (model !== 'llama' && model !== 'gemma4') throw unsupported(path, clause('tokenizerOther', model));
  const tokenizer = readPieces(metadata, { model, rows }, path);
  // llama.cpp puts the beginning before Gemma 4's texts whatever the file says.
  const addsBegin = model === 'gemma4' || metadata.boolean('tokenizer.ggml.add_bos_token', true);
  return {
    tokenizer,
    beginId: addsBegin ? id('bos', tokenizer.size, 1) : null,
    endId: metadata.boolean('tokenizer.ggml.add_eos_token', false) ? id('eos', tokenizer.size, 2) : null,
  };
}

interface Kind {
  model: 'llama' | 'gemma4';
  rows: number;
}

function listedEntries(metadata: Metadata, path: string): { entries: string[]; types: number[] } {
  const entries = metadata.strings('tokenizer.ggml.tokens');
  const types = metadata.has('tokenizer.ggml.token_type') ? metadata.numbers('tokenizer.ggml.token_type') : [];
  if (entries.length === 0 || (types.length > 0 && types.length !== entries.length))
    throw malformed(path, clause('tokenTypes', entries.length, types.length));
  return { entries, types };
}

/** SentencePiece's Unigram, as T5 has it. */
function readUnigram(metadata: Metadata, path: string, rows: number): Tokenizer {
  const { entries, types } = listedEntries(metadata, path);
  const scores = listedScores(metadata, entries.length, path);
  const ofTypes = (...wanted: number[]) => types.flatMap((type, id) => (wanted.includes(type) ? [id] : []));
  const userDefined = new Set(ofTypes(userDefinedType));
  const usable = (id: number) =>
    id < scores.length && ((types[id] ?? normalType) === normalType || userDefined.has(id));
  const unknownId = metadata.count(
    'tokenizer.ggml.unknown_token_id',
    0,
    entries.length - 1,
    Math.min(2, entries.length - 1),
  );
  const cut = cutByLikelihood({ entries, scores, usable, userDefined }, true);
  for (let id = entries.length; id < rows; id++) entries.push(`[PAD ${id}]`);
  const own = ofTypes(controlType, unknownType);
  const added = own.map((id) => ({ id, content: entries[id], lstrip: false, rstrip: false }));
  const words = modelText({
    charsMap: charsMapOf(metadata, path),
    addDummyPrefix: metadata.boolean('tokenizer.ggml.add_space_prefix', false),
    removeExtraWhitespaces: metadata.boolean('tokenizer.ggml.remove_extra_whitespaces', false),
    ...{ escapeWhitespaces: true, asSuffix: false },
    userDefined: [...userDefined].map((id) => entries[id]),
  });
  const parts = {
    ...{ entries, cut, unknownId },
    added: new AddedTokens(added.filter(({ content }) => content !== '')),
    special: new Set(own),
    byteIds: types.includes(byteType) ? byteEntries(entries) : new Map<number, number>(),
    words: (text: string, from: number, to: number) => [words(text, from, to)],
  };
  return checkedNormalising(parts, path);
}

function charsMapOf(metadata: Metadata, path: string): CharsMap | null {
  const key = 'tokenizer.ggml.precompiled_charsmap';
  if (!metadata.has(key)) return null;
  const map = CharsMap.of(Uint8Array.from(metadata.numbers(key)));
  if (!map) throw malformed(path, clause('tableDamaged', key));
  return map;
}

function listedScores(metadata: Metadata, count: number, path: string): number[] {
  const scores = metadata.numbers('tokenizer.ggml.scores');
  if (scores.length !== count) throw malformed(path, clause('tokenScores', count, scores.length));
  return scores;
}

function readPieces(metadata: Metadata, { model, rows }: Kind, path: string): PieceTokenizer {
  const { entries, types } = listedEntries(metadata, path);
  const family = metadata.string('general.architecture');
  const merges =
    model === 'gemma4' ? listedMerges(metadata, path) : { scores: scoresOf(metadata, entries, family, path) };
  for (let id = entries.length; id < rows; id++) entries.push(`[PAD ${id}]`);
  const options: PieceOptions = {
    entries,
    merges,
    added: new AddedTokens(addedTokens(entries, types, family)),
    special: new Set(types.flatMap((type, id) => (type === controlType || type === unknownType ? [id] : []))),
    prefix: spacePrefix(metadata, model, family) ? 'always' : 'never',
    sparing: false,
    words: false,
    wholeWords: false,
    lines: model === 'gemma4',
  };
  return checkedPieces(new PieceTokenizer(options), options, path);
}

function listedMerges(metadata: Metadata, path: string): string[] {
  const merges = metadata.strings('tokenizer.ggml.merges');
  if (!merges.every((merge) => merge.indexOf(' ', 1) > 0)) throw malformed(path, clause('mergeNoPair'));
  return merges;
}

/** Gemma's published tokenizer merges in the order of the vocabulary. */
function scoresOf(metadata: Metadata, entries: readonly string[], family: string, path: string): number[] {
  if (family.startsWith('gemma')) return entries.map((_, id) => -id);
  return listedScores(metadata, entries.length, path);
}

function spacePrefix(metadata: Metadata, model: string, family: string): boolean {
  const usual = model === 'llama' && !family.startsWith('gemma');
  return metadata.boolean('tokenizer.ggml.add_space_prefix', usual);
}

/** Phi-3's tokens take the white space behind them, all but three; its file does not say so, and llama.cpp knows it by name too. */
const phi3Plain = new Set(['<unk>', '<s>', '<|endoftext|>']);

function addedTokens(entries: readonly string[], types: readonly number[], family: string) {
  return entries.flatMap((entry, id) => {
    const type = types[id];
    if (entry === '' || (type !== controlType && type !== userDefinedType && type !== unknownType)) return [];
    // Runs of spaces are spelt with spaces or with ▁, depending on the converter.
    const content = type === userDefinedType ? entry.replaceAll('▁', ' ') : entry;
    return [{ id, content, lstrip: false, rstrip: family === 'phi3' && !phi3Plain.has(entry) }];
  });
}
