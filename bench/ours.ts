/**
 * Our side of the bench: it answers the same JSON lines as the Python peers (peers/worker.py), one operation a line, timed here.
 * run.mjs bundles and starts it; the operations of the engine process are in engineRuns.ts.
 */
import { createInterface } from 'node:readline';
import { generate } from '../src/analysis/generate/generate';
import { extendRun, probabilities, type Run } from '../src/analysis/probabilities/probabilities';
import type { Model } from '../src/analysis/shared/model';
import { openCheckpoint } from '../src/checkpoint/openCheckpoint';
import { loadModel, type RunningModel } from '../src/inference/loadModel';
import { runtimeVersion } from '../src/inference/session';
import type { Precision } from '../src/protocol/model';
import { coldStart, memory } from './engineRuns';
import { gradientScores, occlusionByToken } from './explanationRuns';
import { flop, gradientFlop, type PassSize, ProductBench, passProducts } from './matmul';
import { timed, tokenIds } from './shared';

/** Number of alternatives that the panel keeps for each position. */
const alternatives = 10;

let running: RunningModel | null = null;
/** Runs over the text before the edit or the continuation, by number of tokens. */
const runs = new Map<number, Run>();
const products = new ProductBench();

function loaded(): RunningModel {
  if (!running) throw new Error('no model is loaded');
  return running;
}

const decoder = (): Model => loaded().decoder;

async function load(params: { model: string; precision: Precision; threads: number; cache: string }) {
  running = await loadModel(
    { ...params, provider: 'cpu' },
    { signal: new AbortController().signal, progress: () => {} },
  );
  const { runtime, model } = running;
  return { versions: { onnxruntime: runtimeVersion }, runtime, model };
}

/** Computes one row of logits for each text. */
async function runPass({ tokens, batch = 1 }: { tokens: number; batch?: number }) {
  const ids = tokenIds(tokens, batch);
  const rows = ids.map((_, b) => b * tokens + tokens - 1);
  return { ms: await timed(() => decoder().run({ ids, rows, top: alternatives })) };
}

/** Hands out all attention weights and all hidden states. */
async function taps({ tokens }: { tokens: number }) {
  const { layers } = decoder().info;
  const attention = Array.from({ length: layers }, (_, layer) => layer);
  const want = { attention, hidden: [...attention, layers] };
  let bytes = 0;
  const ms = await timed(async () => {
    const pass = { ids: tokenIds(tokens), rows: [tokens - 1], top: alternatives, want };
    const result = await decoder().run(pass);
    for (const tensors of [result.attention, result.hidden]) {
      for (const { byteLength } of tensors.values()) bytes += byteLength;
    }
  });
  return { ms, bytes };
}

/** The least that handing out so many bytes can cost: one copy into fresh memory. */
async function copy({ bytes }: { bytes: number }) {
  const from = new Uint8Array(bytes).fill(1);
  return { ms: await timed(async () => from.slice()) };
}

async function allProbabilities({ tokens }: { tokens: number }) {
  return { ms: await timed(() => probabilities(decoder(), tokenIds(tokens)[0], { top: alternatives })) };
}

async function known(tokens: number): Promise<Run> {
  const run = runs.get(tokens) ?? (await extendRun(decoder(), null, tokenIds(tokens)[0], { top: alternatives }));
  runs.set(tokens, run);
  return run;
}

/** Replaces the last token of a text whose earlier tokens are all known. */
async function edit({ tokens }: { tokens: number }) {
  const before = await known(tokens);
  const ids = [...before.ids.slice(0, -1), before.ids[tokens - 1] + 1];
  return { ms: await timed(() => extendRun(decoder(), before, ids, { top: alternatives })) };
}

/** Generates greedily from a context of `tokens` that is known before the clock starts; the result is ms per token. */
async function continued({ tokens, count }: { tokens: number; count: number }) {
  const before = await known(tokens);
  const options = { maxTokens: count, temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 };
  let ids: number[] = [];
  const ms = await timed(async () => {
    const { result } = await generate(decoder(), before.ids, { ...options, top: 5, prefix: [] }, { known: before });
    ids = result.tokens.map((token) => token.id);
  });
  return { ms: ms / ids.length, ids };
}

async function logprobs({ tokens }: { tokens: number }) {
  const { logprob } = await probabilities(decoder(), tokenIds(tokens)[0], { top: 1 });
  return { values: logprob.slice(1) };
}

/** A raw text that the model splits into about `tokens` tokens. */
async function text({ model, tokens }: { model: string; tokens: number }) {
  const sentence = 'The nurse told the doctor that the old lighthouse keeper would be late because of the rain. ';
  const checkpoint = await openCheckpoint(model);
  try {
    const ids = checkpoint.tokenizer.encode(sentence.repeat(tokens)).slice(0, tokens);
    const numbers = ids.map(({ id }) => id);
    return { text: checkpoint.tokenizer.decode(numbers), ids: numbers };
  } finally {
    await checkpoint.close();
  }
}

async function tokenised({ text: given }: { text: string }) {
  return { ids: decoder().tokenize(given) };
}

const spec = () => loaded().checkpoint.spec;

/** Floating-point operations of a pass that gives logits at `rows` positions. */
async function work({ gradient = false, ...size }: PassSize & { gradient?: boolean }) {
  return { flop: (gradient ? gradientFlop : flop)(passProducts(spec(), size)) };
}

interface ProductParams {
  threads: number;
  cache: string;
}

/** One big product with a weight. */
const matmul = ({ m, k, n, ...setting }: { m: number; k: number; n: number } & ProductParams) =>
  products.run([{ name: 'big', batch: 1, m, k, n, weight: true, times: 1 }], setting);

/** Runs only the products of a pass with one row of logits. */
const passMatmuls = ({ tokens, ...setting }: { tokens: number } & ProductParams) =>
  products.run(passProducts(spec(), { tokens, rows: 1 }), setting);

const operations: Record<string, (params: never) => Promise<object>> = {
  load,
  pass: runPass,
  taps,
  copy,
  probabilities: allProbabilities,
  edit,
  generate: continued,
  logprobs,
  text,
  tokenise: tokenised,
  work,
  occlusion: (params: Parameters<typeof occlusionByToken>[1]) => occlusionByToken(loaded(), params),
  gradients: (params: Parameters<typeof gradientScores>[1]) => gradientScores(loaded(), params),
  matmul,
  passMatmuls,
  coldStart,
  memory,
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { op, params } = JSON.parse(line) as { op: string; params: never };
  const answer = await operations[op](params).then(
    (ok) => ({ ok }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
process.stdin.on('end', () => process.exit(0));
