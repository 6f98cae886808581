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
import type { Tokenizer } from './types';

const unknownType = 2;

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

function readPieces(metadata: Metadata, { model, rows }: Kind, path: string): PieceTokenizer {
  const entries = metadata.strings('tokenizer.ggml.tokens');
  const types = metadata.has('tokenizer.ggml.token_type') ? metadata.numbers('tokenizer.ggml.token_type') : [];
  if (entries.length === 0 || (types.length > 0 && types.length !== entries.length))
    throw malformed(path, clause('tokenTypes', entries.length, types.length));
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
  const scores = metadata.numbers('tokenizer.ggml.scores');
  if (scores.length !== entries.length) throw malformed(path, clause('tokenScores', entries.length, scores.length));
  return scores;
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
