/**
 * A tokenizer from tokenizer.json: a byte-level BPE, or SentencePiece's over characters. Every part of the file is either done or refused by name; rows of the embedding
 * table beyond its tokens are padding, which no text gives.
 */
import { clause } from '../../protocol/clauses';
import { AddedTokens } from '../addedTokens';
import { boundedWork } from '../boundedWork';
import { ByteLevelTokenizer, checkedTokenizer, controlType, userDefinedType } from '../byteLevelTokenizer';
import { malformed, unsupported } from '../modelProblem';
import { checkedPieces, type PieceOptions, PieceTokenizer, type Prefix } from '../pieceTokenizer';
import { byteLevelSteps, type PreTokenizer } from '../preTokenizers';
import { jsonWords } from '../sentencePiece/jsonText';
import { byteEntries, checkedNormalising } from '../sentencePiece/normalisingTokenizer';
import { type Cut, cutByLikelihood, cutByPairs } from '../sentencePiece/segments';
import type { TokenizerConfigPreTokenizer } from '../tokenizerConfig';
import type { Tokenizer } from '../types';
import type { JsonRecord } from './config';

/** `rows`: those of the embedding table. Throws modelUnsupported or modelMalformed. */
export function readTokenizerFile(file: JsonRecord, rows: number, path: string): Tokenizer {
  const refuse = (what: string) => unsupported(path, clause('tokenizerAsks', what));
  const model = record(file.model);
  if (model.type !== undefined && model.type !== 'BPE' && model.type !== 'Unigram')
    throw refuse(`model: ${model.type}`);
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix'])
    if (model[key]) throw refuse(`${key}: ${JSON.stringify(model[key])}`);
  const added = listOf(file.added_tokens).map(record);
  if (added.some(({ single_word: alone }) => alone === true)) throw refuse('single_word');
  if (model.type === 'Unigram') return unigram(file, added, rows, path);
  const entries = entriesOf(Object.entries(record(model.vocab)), added, rows, path);
  const merges = mergesOf(model.merges, path);
  if (model.byte_fallback === true)
    return pieces(file, { entries, merges, added, wholeWords: model.ignore_merges === true }, path);
  const pre: PreTokenizer = {
    steps: stepsOf(record(file.pre_tokenizer), refuse),
    composes: composes(file.normalizer, refuse),
    wholeWords: model.ignore_merges === true,
    addsBegin: false,
    ...(bringsExpression(file.pre_tokenizer) ? { brought: path } : {}),
  };
  const types = new Array<number>(entries.length).fill(1);
  for (const { id, special } of added) types[id as number] = special === true ? controlType : userDefinedType;
  return checkedTokenizer(byteLevel(entries, types, merges, pre, refuse), path);
}

/** The tokenizer itself; a pattern that is no regular expression is refused. */
function byteLevel(entries: string[], types: number[], merges: string[], pre: PreTokenizer, refuse: Refuse) {
  try {
    return new ByteLevelTokenizer(entries, types, merges, pre);
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(`pre_tokenizer: ${error.message}`);
    throw error;
  }
}

interface Vocabulary {
  entries: string[];
  merges: string[];
  added: readonly JsonRecord[];
  wholeWords: boolean;
}

/** SentencePiece's Unigram. */
function unigram(file: JsonRecord, added: readonly JsonRecord[], rows: number, path: string): Tokenizer {
  const model = record(file.model);
  const pairs = listOf(model.vocab).map((pair) => (Array.isArray(pair) ? pair : []));
  const scores = pairs.map(([, score]) => score);
  if (pairs.length === 0 || !scores.every((score): score is number => Number.isFinite(score)))
    throw malformed(path, clause('unigramScores'));
  const listed = pairs.map(([entry], id): [unknown, unknown] => [entry, id]);
  const entries = entriesOf(listed, added, rows, path);
  const usable = (id: number) => id < pairs.length;
  const cut = cutByLikelihood({ entries, scores, usable, userDefined: new Set() }, false);
  const unknown = model.unk_id;
  const unknownId = typeof unknown === 'number' && Number.isInteger(unknown) && usable(unknown) ? unknown : null;
  return normalising(file, { entries, added, cut, unknownId, falls: model.byte_fallback === true }, path);
}

interface Cutting {
  entries: readonly string[];
  added: readonly JsonRecord[];
  cut: Cut;
  unknownId: number | null;
  /** Whether characters without an entry are spelt in bytes. */
  falls: boolean;
}

function normalising(file: JsonRecord, { entries, added, cut, unknownId, falls }: Cutting, path: string): Tokenizer {
  const refuse = (what: string) => unsupported(path, clause('tokenizerAsks', what));
  return checkedNormalising(
    {
      ...{ entries, cut, unknownId },
      ...addedTokens(added),
      byteIds: falls ? byteEntries(entries) : new Map(),
      words: boundedWords(file, refuse, path),
    },
    path,
  );
}

/** Whether a part of a tokenizer has regular expressions of its own. */
function bringsExpression(part: unknown): boolean {
  const { pattern, pretokenizers, normalizers } = record(part);
  if (record(pattern).Regex !== undefined) return true;
  return [...listOf(pretokenizers), ...listOf(normalizers)].some(bringsExpression);
}

function boundedWords(file: JsonRecord, refuse: Refuse, path: string): ReturnType<typeof jsonWords> {
  const words = jsonWords(file, refuse);
  if (!bringsExpression(file.normalizer) && !bringsExpression(file.pre_tokenizer)) return words;
  return (text, from, to) => boundedWork(() => words(text, from, to), to - from, path);
}

function addedTokens(added: readonly JsonRecord[]): Pick<PieceOptions, 'added' | 'special'> {
  const tokens = added.map(({ id, content, lstrip, rstrip }) => ({
    id: id as number,
    content: content as string,
    lstrip: lstrip === true,
    rstrip: rstrip === true,
  }));
  const special = new Set(added.filter((one) => one.special === true).map(({ id }) => id as number));
  return { added: new AddedTokens(tokens.filter(({ content }) => content !== '')), special };
}

/** Whether the normaliser does no more than write spaces as ▁, for which no text has to be changed. */
function onlySpaces(normalizer: unknown): boolean {
  const { type, normalizers, pattern } = record(normalizer);
  if (type === 'Sequence') return listOf(normalizers).every(onlySpaces);
  return type === undefined || type === 'Prepend' || (type === 'Replace' && record(pattern).String === ' ');
}

/** SentencePiece's kind: spaces are written ▁, and what has no entry falls back to bytes. */
function pieces(file: JsonRecord, { entries, merges, added, wholeWords }: Vocabulary, path: string): Tokenizer {
  const refuse = (what: string) => unsupported(path, clause('tokenizerAsks', what));
  if (!onlySpaces(file.normalizer)) {
    const scores = new Array<number>(entries.length).fill(0);
    const cut = cutByPairs({ entries, scores, usable: () => true, userDefined: new Set() }, merges);
    return normalising(file, { entries, added, cut, unknownId: null, falls: true }, path);
  }
  const spaced = spacing(file, refuse);
  const options = { entries, merges, wholeWords, ...addedTokens(added), ...spaced };
  return checkedPieces(new PieceTokenizer(options), options, path);
}

/** How spaces become ▁, and where one is put before a text: by the normaliser, or by Metaspace. */
function spacing(file: JsonRecord, refuse: Refuse): Pick<PieceOptions, 'prefix' | 'sparing' | 'words'> {
  const normalizer = record(file.normalizer);
  const steps = normalizer.type === 'Sequence' ? listOf(normalizer.normalizers).map(record) : [normalizer];
  let prefix: Prefix = 'never';
  let replaced = false;
  for (const step of steps) {
    if (step.type === 'Prepend' && step.prepend === '▁') prefix = 'always';
    else if (step.type === 'Replace' && record(step.pattern).String === ' ' && step.content === '▁') replaced = true;
    else if (step.type !== undefined) throw refuse(`normalizer: ${step.type}`);
  }
  const pre = record(file.pre_tokenizer);
  if (pre.type === 'Metaspace') {
    const scheme = pre.prepend_scheme ?? (pre.add_prefix_space === false ? 'never' : 'always');
    if (prefix !== 'never' || pre.replacement !== '▁') throw refuse('pre_tokenizer: Metaspace');
    if (scheme !== 'never' && scheme !== 'first' && scheme !== 'always') throw refuse(`prepend_scheme: ${scheme}`);
    return { prefix: scheme, sparing: true, words: pre.split !== false };
  }
  // Gemma's cut at spaces finds none, since they have all been replaced.
  const idle = pre.type === 'Split' && record(pre.pattern).String === ' ';
  if (!replaced || (pre.type !== undefined && !idle)) throw refuse(`pre_tokenizer: ${pre.type ?? 'null'}`);
  return { prefix, sparing: false, words: false };
}

/** The texts of the tokens that the file puts before a text and behind it, as a tokenizer called with add_special_tokens does. */
export function addedAround(file: JsonRecord): { before: string[]; behind: string[] } {
  const all = (part: JsonRecord): JsonRecord[] => [part, ...listOf(part.processors).flatMap((one) => all(record(one)))];
  const found = all(record(file.post_processor));
  const template = found.find(({ type }) => type === 'TemplateProcessing');
  if (!template) {
    const pair = found.find(({ type }) => type === 'RobertaProcessing' || type === 'BertProcessing');
    const textIn = (value: unknown) => (Array.isArray(value) && typeof value[0] === 'string' ? [value[0]] : []);
    return { before: textIn(pair?.cls), behind: textIn(pair?.sep) };
  }
  const single = listOf(template.single).map(record);
  const text = single.findIndex((part) => part.Sequence !== undefined);
  const texts = (parts: readonly JsonRecord[]) => parts.map((part) => String(record(part.SpecialToken).id));
  return text < 0
    ? { before: [], behind: [] }
    : { before: texts(single.slice(0, text)), behind: texts(single.slice(text + 1)) };
}

const record = (value: unknown): JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

type Refuse = (what: string) => Error;

/** Normalisers that only compose. */
function composes(normalizer: unknown, refuse: Refuse): boolean {
  const { type, normalizers } = record(normalizer);
  if (type === undefined) return false;
  if (type === 'NFC') return true;
  if (type !== 'Sequence') throw refuse(`normalizer: ${type}`);
  return listOf(normalizers)
    .map((one) => composes(one, refuse))
    .includes(true);
}

function stepsOf(given: JsonRecord, refuse: Refuse): TokenizerConfigPreTokenizer[] {
  const parts = given.type === 'Sequence' ? listOf(given.pretokenizers).map(record) : [given];
  const steps = parts.flatMap((part) => stepOf(part, refuse));
  if (!steps.some(({ type }) => type === 'ByteLevel')) throw refuse(`pre_tokenizer: ${given.type ?? 'null'}`);
  return steps;
}

function stepOf(part: JsonRecord, refuse: Refuse): TokenizerConfigPreTokenizer[] {
  if (part.type === 'ByteLevel' && part.add_prefix_space !== true) return byteLevelSteps(part.use_regex !== false);
  if (part.type === 'Digits') return [isolated(part.individual_digits === true ? '\\p{N}' : '\\p{N}+')];
  const { Regex: regex, String: text } = record(part.pattern);
  const asIs = part.behavior === 'Isolated' || (part.behavior === 'Removed' && part.invert === true);
  if (part.type !== 'Split' || !asIs) throw refuse(`pre_tokenizer: ${part.type} ${part.behavior ?? ''}`.trim());
  if (typeof regex !== 'string' && typeof text !== 'string') throw refuse('pre_tokenizer: Split');
  return [isolated(typeof regex === 'string' ? regex : String(text).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))];
}

const isolated = (regex: string): TokenizerConfigPreTokenizer => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior: 'Isolated',
  invert: false,
});

/** By id. Ids without an entry, and rows beyond the last token, are padding. */
function entriesOf(
  vocab: readonly [unknown, unknown][],
  added: readonly JsonRecord[],
  rows: number,
  path: string,
): string[] {
  const entries: string[] = Array.from({ length: rows }, (_, id) => `[PAD ${id}]`);
  const place = (entry: unknown, id: unknown) => {
    if (typeof entry !== 'string' || typeof id !== 'number' || !Number.isInteger(id) || id < 0)
      throw malformed(path, clause('notJson'));
    if (id >= rows) throw malformed(path, clause('tokenBeyondRows', id, rows));
    entries[id] = entry;
  };
  for (const [entry, id] of vocab) place(entry, id);
  for (const { content, id } of added) place(content, id);
  return entries;
}

/** "left right", in the older spelling or as pairs. */
function mergesOf(merges: unknown, path: string): string[] {
  return listOf(merges).map((merge) => {
    const text = Array.isArray(merge) && merge.length === 2 ? `${merge[0]} ${merge[1]}` : merge;
    if (typeof text !== 'string' || text.indexOf(' ', 1) <= 0) throw malformed(path, clause('mergeNoPair'));
    return text;
  });
}
