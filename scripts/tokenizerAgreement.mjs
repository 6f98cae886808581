// Compares tokenizers with what other tools say, by hand: node scripts/tokenizerAgreement.mjs FOLDER
// FOLDER holds GGUF files, each with NAME.gguf.inp and NAME.gguf.out as llama.cpp ships them (models/ in the sdist of llama-cpp-python),
// or with NAME.gguf.json: { texts: string[], ids: number[][] }, written by test/fixtures/tokenizers/make_agreement.py.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './setup.mjs';

const outfile = path.join(root, '.cache/tokenizerAgreement.js');
/** @type {esbuild.StdinOptions} */
const stdin = {
  contents:
    "export { openGguf } from './ggufFile'; export { readTokenizer } from './ggufTokenizer'; export { wordsOf } from '../protocol/clauses';",
  resolveDir: path.join(root, 'src/checkpoint'),
  loader: 'ts',
};
await esbuild.build({ stdin, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
const { openGguf, readTokenizer, wordsOf } = createRequire(import.meta.url)(outfile);

/** The texts and ids beside a file, from each kind of table that is there. */
function tables(file) {
  const found = [];
  if (fs.existsSync(`${file}.inp`)) {
    const texts = fs.readFileSync(`${file}.inp`, 'utf8').split('\n__ggml_vocab_test__\n').slice(0, -1);
    const lines = fs.readFileSync(`${file}.out`, 'utf8').split('\n');
    found.push(['llama.cpp', texts, texts.map((_, at) => (lines[at].match(/\d+/g) ?? []).map(Number))]);
  }
  if (fs.existsSync(`${file}.json`)) {
    const { by, texts, ids } = JSON.parse(fs.readFileSync(`${file}.json`, 'utf8'));
    found.push([by, texts, ids]);
  }
  return found;
}

/** Whether tokens leave out nothing of the text and never go back. */
function partitions(tokens, text) {
  let reached = 0;
  for (const { start, end } of tokens) {
    if (start > reached || end < reached) return false;
    reached = end;
  }
  return reached === text.length;
}

const folder = process.argv[2];
for (const name of fs.readdirSync(folder).filter((each) => each.endsWith('.gguf'))) {
  const file = path.join(folder, name);
  const gguf = await openGguf(file);
  try {
    const { tokenizer } = readTokenizer(gguf.metadata, file);
    for (const [by, texts, ids] of tables(file)) {
      const cuts = texts.map((text) => tokenizer.encode(text));
      const wrong = texts.findIndex((_, at) => String(cuts[at].map(({ id }) => id)) !== String(ids[at]));
      const equal = texts.filter((_, at) => String(cuts[at].map(({ id }) => id)) === String(ids[at])).length;
      const whole = texts.filter((text, at) => partitions(cuts[at], text)).length;
      console.log(`${name}\t${by}\tids ${equal}/${texts.length}\toffsets ${whole}/${texts.length}`);
      if (wrong >= 0)
        console.log(
          `  ${JSON.stringify(texts[wrong].slice(0, 80))}\n  ours   ${cuts[wrong].map(({ id }) => id).slice(0, 30)}\n  theirs ${ids[wrong].slice(0, 30)}`,
        );
    }
  } catch (error) {
    const { problem } = /** @type {{ problem?: { args: unknown[] } }} */ (error);
    console.log(`${name}\t${problem ? wordsOf(problem.args.at(-1)) : error}`);
  } finally {
    await gguf.handle.close();
  }
}
