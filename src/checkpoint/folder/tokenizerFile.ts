/**
 * A byte-level BPE tokenizer from tokenizer.json. Every part of the file is either done or refused by name; rows of the embedding
 * table beyond its tokens are padding, which no text gives.
 */
import { clause } from '../../protocol/clauses';
import { ByteLevelTokenizer, checkedTokenizer, controlType, userDefinedType } from '../byteLevelTokenizer';
import { malformed, unsupported } from '../modelProblem';
import { byteLevelSteps, type PreTokenizer } from '../preTokenizers';
import type { TokenizerConfigPreTokenizer } from '../tokenizerConfig';
import type { JsonRecord } from './config';

/** `rows`: those of the embedding table. Throws modelUnsupported or modelMalformed. */
export function readTokenizerFile(file: JsonRecord, rows: number, path: string): ByteLevelTokenizer {
  const refuse = (what: string) => unsupported(path, clause('tokenizerAsks', what));
  const model = record(file.model);
  if (model.type !== undefined && model.type !== 'BPE') throw refuse(`model: ${model.type}`);
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix', 'byte_fallback'])
    if (model[key]) throw refuse(`${key}: ${JSON.stringify(model[key])}`);
  const pre: PreTokenizer = {
    steps: stepsOf(record(file.pre_tokenizer), refuse),
    composes: composes(file.normalizer, refuse),
    wholeWords: model.ignore_merges === true,
    addsBegin: false,
  };
  const added = listOf(file.added_tokens).map(record);
  const entries = entriesOf(record(model.vocab), added, rows, path);
  const types = new Array<number>(entries.length).fill(1);
  for (const { id, special } of added) types[id as number] = special === true ? controlType : userDefinedType;
  return checkedTokenizer(new ByteLevelTokenizer(entries, types, mergesOf(model.merges, path), pre), path);
}

/** The texts that the file puts before a text by itself, as a tokenizer called with add_special_tokens does. */
export function beginningOf(file: JsonRecord): string[] {
  const all = (part: JsonRecord): JsonRecord[] => [part, ...listOf(part.processors).flatMap((one) => all(record(one)))];
  const template = all(record(file.post_processor)).find(({ type }) => type === 'TemplateProcessing');
  const single = listOf(template?.single).map(record);
  const text = single.findIndex((part) => part.Sequence !== undefined);
  return single.slice(0, Math.max(0, text)).map((part) => String(record(part.SpecialToken).id));
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
function entriesOf(vocab: JsonRecord, added: readonly JsonRecord[], rows: number, path: string): string[] {
  const entries: string[] = Array.from({ length: rows }, (_, id) => `[PAD ${id}]`);
  const place = (entry: unknown, id: unknown) => {
    if (typeof entry !== 'string' || typeof id !== 'number' || !Number.isInteger(id) || id < 0)
      throw malformed(path, clause('notJson'));
    if (id >= rows) throw malformed(path, clause('tokenBeyondRows', id, rows));
    entries[id] = entry;
  };
  for (const [entry, id] of Object.entries(vocab)) place(entry, id);
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
