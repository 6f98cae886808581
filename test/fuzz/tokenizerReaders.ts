/** Fuzzes the tokenizers of folders: tokenizer.json of each kind, and SentencePiece's tokenizer.model. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTokenizerFile } from '../../src/checkpoint/folder/tokenizerFile';
import { readModelFile } from '../../src/checkpoint/sentencePiece/modelFile';
import type { Tokenizer } from '../../src/checkpoint/types';
import { type FuzzReader, must } from './check';
import { mutatedBytes, mutatedJson, mutatedText, oneOf } from './mutate';

const folder = join(process.cwd(), 'test', 'fixtures', 'tokenizers');
const rows = 2000;
const texts = [
  'hello <s> 12',
  '  1. a\n\n 42\t中文 é 👩‍👩‍👧</s>',
  '',
  ' ',
  '\uD800x',
  'he'.repeat(50),
  'ﬁ½ e\u0301 ▁▁<0x41>',
];

type Json = Record<string, unknown>;
const json = (name: string): Json => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** The file with few of its entries, so that a hundred thousand inputs take minutes. */
function shortened(name: string): Json {
  const file = json(name);
  const model = file.model as Json;
  const vocab = model.vocab as Json | [string, number][];
  if (Array.isArray(vocab)) {
    model.vocab = vocab.slice(0, 40);
    return file;
  }
  const merges = (model.merges as unknown[]).slice(0, 20);
  const needed = new Set(
    merges.flatMap((merge) => (Array.isArray(merge) ? [...merge, merge.join('')] : String(merge).split(' '))),
  );
  const kept = Object.entries(vocab).filter(([entry], at) => at < 262 || entry.length === 1 || needed.has(entry));
  model.vocab = Object.fromEntries(kept);
  model.merges = merges;
  return file;
}

const names = ['unigram-t5', 'unigram-whole', 'gemma3', 'tekken', 'llama2', 'mistral', 'neox'];
const files = names.map(shortened);
const written = files.map((file) => JSON.stringify(file));

/** Checks that the tokens of each text follow one another within it. */
function cut(tokenizer: Tokenizer): void {
  for (const text of texts) {
    let behind = 0;
    for (const { id, start, end } of tokenizer.encode(text)) {
      must(start >= 0 && start <= end && end <= text.length && end >= behind, 'the tokens of a text lie in order');
      behind = end;
      must(tokenizer.bytes(id) instanceof Uint8Array, 'a token has bytes');
      tokenizer.text(id);
    }
  }
}

const tokenizerJson: FuzzReader = {
  name: 'tokenizerJson',
  ending: 'json',
  input: (random) =>
    random() < 0.8
      ? JSON.stringify(mutatedJson(random, oneOf(random, files)))
      : mutatedText(random, oneOf(random, written), written),
  read: (input) => {
    let file: unknown;
    try {
      file = JSON.parse(String(input));
    } catch {
      return;
    }
    if (typeof file === 'object' && file !== null && !Array.isArray(file))
      cut(readTokenizerFile(file as Json, rows, 'tokenizer.json'));
  },
};

/** The first pieces of a model, with what follows them: the fields of a protocol buffer stand one after another. */
function firstPieces(name: string, most: number): Uint8Array {
  const bytes = Buffer.from(String(json(name).model), 'base64');
  let [at, count] = [0, 0];
  const kept: Buffer[] = [];
  while (at < bytes.length) {
    const [key, size] = [bytes[at], bytes[at + 1]];
    if (key !== 0x0a || size > 127) break;
    if (count++ < most) kept.push(bytes.subarray(at, at + 2 + size));
    at += 2 + size;
  }
  return Buffer.concat([...kept, bytes.subarray(at)]);
}

const models = ['spm-bpe.model', 'spm-bpe-rules.model', 'spm-unigram-bytes.model', 'spm-unigram.model'].map((name) =>
  firstPieces(name, name.includes('bytes') || name === 'spm-bpe.model' ? 300 : 40),
);

const tokenizerModel: FuzzReader = {
  name: 'tokenizerModel',
  ending: 'model',
  input: (random) => mutatedBytes(random, oneOf(random, models)),
  read: (input) => {
    const bytes = Buffer.from(input as Uint8Array);
    cut(readModelFile(bytes, { rows, added: [], prefixEach: bytes.length % 2 === 0 }, 'tokenizer.model').tokenizer);
  },
};

export const tokenizerReaders: readonly FuzzReader[] = [tokenizerJson, tokenizerModel];
