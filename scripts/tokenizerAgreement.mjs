// Compares tokenizers with what other tools say, by hand: node scripts/tokenizerAgreement.mjs FOLDER
// FOLDER holds GGUF vocabularies, tokenizer.json files, SentencePiece models and tekken files, each with NAME.ids.json of
// scripts/tokenizerReference.py beside it; a GGUF file may have NAME.gguf.inp and .out too, as llama.cpp ships them (models/ in the sdist
// of llama-cpp-python).
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './setup.mjs';

const outfile = path.join(root, '.cache/tokenizerAgreement.js');
/** @type {esbuild.StdinOptions} */
const stdin = {
  contents: `export { openGguf } from './ggufFile'; export { readTokenizer } from './ggufTokenizer';
    export { readTokenizerFile } from './folder/tokenizerFile'; export { readModelFile } from './sentencePiece/modelFile';
    export { wordsOf } from '../protocol/clauses';`,
  resolveDir: path.join(root, 'src/checkpoint'),
  loader: 'ts',
};
await esbuild.build({ stdin, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
const { openGguf, readTokenizer, readTokenizerFile, readModelFile, wordsOf } = createRequire(import.meta.url)(outfile);

/** The texts and ids beside a file, from each kind of table that is there. */
function tables(file) {
  const found = [];
  if (fs.existsSync(`${file}.inp`)) {
    const texts = fs.readFileSync(`${file}.inp`, 'utf8').split('\n__ggml_vocab_test__\n').slice(0, -1);
    const lines = fs.readFileSync(`${file}.out`, 'utf8').split('\n');
    found.push(['llama.cpp', texts, texts.map((_, at) => (lines[at].match(/\d+/g) ?? []).map(Number))]);
  }
  if (fs.existsSync(`${file}.ids.json`)) {
    const { by, texts, ids } = JSON.parse(fs.readFileSync(`${file}.ids.json`, 'utf8'));
    found.push([by, texts, ids]);
  }
  return found;
}

/** Whether tokens leave out nothing of the text and never go back; a text that gives no token has nothing to leave out. */
function partitions(tokens, text) {
  let reached = 0;
  for (const { start, end } of tokens) {
    if (start > reached || end < reached) return false;
    reached = end;
  }
  return reached === text.length || tokens.length === 0;
}

const most = 1e6;

/** Each byte in the alphabet of byte-level vocabularies: printable ones stand for themselves, the others follow U+0100. */
const printable = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !printable(byte));
const spelt = (bytes) =>
  Array.from(bytes, (byte) => String.fromCharCode(printable(byte) ? byte : 256 + others.indexOf(byte))).join('');

/** Mistral's tekken file as a tokenizer.json; its ranks say which pairs are merged, as transformers converts them. */
function fromTekken({ config, vocab }) {
  const special = config.default_num_special_tokens;
  const words = vocab
    .slice(0, config.default_vocab_size - special)
    .map((word) => spelt(Buffer.from(word.token_bytes, 'base64')));
  const ranks = new Map(words.map((word, rank) => [word, rank]));
  const merges = words.flatMap((word) => {
    const cuts = Array.from({ length: word.length - 1 }, (_, at) => [word.slice(0, at + 1), word.slice(at + 1)]);
    const known = cuts.filter((parts) => parts.every((part) => ranks.has(part)));
    return known.sort((a, b) => ranks.get(a[0]) - ranks.get(b[0]) || ranks.get(a[1]) - ranks.get(b[1]));
  });
  const split = { type: 'Split', pattern: { Regex: config.pattern }, behavior: 'Isolated', invert: false };
  const bytes = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
  return {
    added_tokens: [],
    pre_tokenizer: { type: 'Sequence', pretokenizers: [split, bytes] },
    model: {
      type: 'BPE',
      ignore_merges: true,
      vocab: Object.fromEntries(words.map((word, rank) => [word, rank + special])),
      merges,
    },
  };
}

async function tokenizerOf(file) {
  const name = path.basename(file);
  if (name.endsWith('.gguf')) {
    const gguf = await openGguf(file);
    await gguf.handle.close();
    return readTokenizer(gguf.metadata, file).tokenizer;
  }
  if (name.endsWith('.json')) {
    const json = JSON.parse(fs.readFileSync(file, 'utf8'));
    return readTokenizerFile(name.startsWith('tekken') ? fromTekken(json) : json, most, file);
  }
  return readModelFile(fs.readFileSync(file), { rows: most, added: [], prefixEach: true }, file).tokenizer;
}

const folder = process.argv[2];
const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
for (const name of names.filter(
  (each) => /\.gguf$|tokenizer\.json$|tekken[^/]*\.json$|\.model[^/]*$/.test(each) && !each.endsWith('.ids.json'),
)) {
  const file = path.join(folder, name);
  try {
    const tokenizer = await tokenizerOf(file);
    for (const [by, texts, ids] of tables(file)) {
      const cuts = texts.map((text) => tokenizer.encode(text));
      const wrong = texts.flatMap((_, at) => (String(cuts[at].map(({ id }) => id)) === String(ids[at]) ? [] : [at]));
      const whole = texts.filter((text, at) => partitions(cuts[at], text)).length;
      const equal = texts.length - wrong.length;
      console.log(`${name}\t${by}\tids ${equal}/${texts.length}\toffsets ${whole}/${texts.length}`);
      for (const at of wrong.slice(0, 3)) {
        const ours = cuts[at].map(({ id }) => id);
        const first = ours.findIndex((id, place) => id !== ids[at][place]);
        const near = (list) =>
          list.slice(Math.max(0, first - 1), first + 5).map((id) => `${id} ${JSON.stringify(tokenizer.text(id))}`);
        console.log(`  ${JSON.stringify(texts[at].slice(0, 80))}\n  ours   ${near(ours)}\n  theirs ${near(ids[at])}`);
      }
    }
  } catch (error) {
    const { problem } = /** @type {{ problem?: { args: unknown[] } }} */ (error);
    console.log(`${name}\t${problem ? wordsOf(problem.args.at(-1)) : error}`);
  }
}
