/**
 * The tokenizer of a folder: tokenizer.json, or SentencePiece's tokenizer.model where that is not there. What is put before and behind a
 * text is what transformers' class for it puts there.
 */
import { clause } from '../../protocol/clauses';
import { unsupported } from '../modelProblem';
import { type AddedEntry, readModelFile } from '../sentencePiece/modelFile';
import type { Tokenizer } from '../types';
import type { JsonRecord } from './config';
import type { FolderFiles } from './files';
import { addedAround, readTokenizerFile } from './tokenizerFile';

export interface FolderTokenizer {
  tokenizer: Tokenizer;
  beginId: number | null;
  endId: number | null;
}

/** Classes that follow `add_bos_token` and `add_eos_token` of tokenizer_config.json, whatever tokenizer.json says. */
const switched = /^(?:Llama|CodeLlama|Gemma|Cohere)Tokenizer/;

/** `config`: tokenizer_config.json; `rows`: those of the embedding table. Rejects with modelUnsupported or modelMalformed. */
export async function readFolderTokenizer(
  files: FolderFiles,
  config: JsonRecord,
  rows: number,
): Promise<FolderTokenizer> {
  const file = await files.json('tokenizer.json');
  if (!file) return fromModelFile(files, config, rows);
  const tokenizer = readTokenizerFile(file, rows, files.path);
  const idOf = (text: string | null) =>
    text === null ? null : ([...tokenizer.special].find((id) => tokenizer.text(id) === text) ?? null);
  const around = addedAround(file);
  const follows = switched.test(String(config.tokenizer_class ?? ''));
  const chosen = (flag: unknown, own: string | null, named: unknown) => {
    if (!follows || typeof flag !== 'boolean') return idOf(own);
    return flag ? idOf(own ?? textOf(named)) : null;
  };
  return {
    tokenizer,
    beginId: chosen(config.add_bos_token, around.before[0] ?? null, config.bos_token),
    endId: chosen(config.add_eos_token, around.behind.at(-1) ?? null, config.eos_token),
  };
}

function textOf(token: unknown): string | null {
  const text = typeof token === 'object' && token !== null ? (token as JsonRecord).content : token;
  return typeof text === 'string' ? text : null;
}

async function fromModelFile(files: FolderFiles, config: JsonRecord, rows: number): Promise<FolderTokenizer> {
  const bytes = await files.bytes('tokenizer.model');
  if (!bytes) throw unsupported(files.path, clause('folderLacks', 'tokenizer.json'));
  const added = addedEntries(config, (await files.json('added_tokens.json')) ?? {});
  const prefixEach = config.legacy !== false;
  const { tokenizer, beginId, endId } = readModelFile(bytes, { rows, added, prefixEach }, files.path);
  const t5 = String(config.tokenizer_class ?? '').startsWith('T5');
  const flag = (value: unknown, preset: boolean) => (typeof value === 'boolean' ? value : preset);
  return {
    tokenizer,
    beginId: flag(config.add_bos_token, !t5) ? beginId : null,
    endId: flag(config.add_eos_token, t5) ? endId : null,
  };
}

/** Tokens beside the model's own: of tokenizer_config.json, and of the older added_tokens.json. */
function addedEntries(config: JsonRecord, older: JsonRecord): AddedEntry[] {
  const isId = (id: unknown): id is number => Number.isInteger(id) && (id as number) >= 0;
  const found = new Map<number, AddedEntry>();
  for (const [content, id] of Object.entries(older))
    if (isId(id)) found.set(id, { id, content, special: false, lstrip: false, rstrip: false });
  const { added_tokens_decoder: listed } = config;
  for (const [key, token] of Object.entries(typeof listed === 'object' && listed !== null ? listed : {})) {
    const id = Number(key);
    const { content, special, lstrip, rstrip } = (token ?? {}) as JsonRecord;
    if (isId(id) && typeof content === 'string')
      found.set(id, { id, content, special: special === true, lstrip: lstrip === true, rstrip: rstrip === true });
  }
  return [...found.values()];
}
