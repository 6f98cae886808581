// npm run bench: compares our engine with transformers and llama.cpp on the same weights and threads, on this machine, in one run.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ensureBuild, ensureDependencies, main, root } from '../scripts/setup.mjs';
import { machine, machineLines } from './machine.mjs';
import {
  again,
  bigProduct,
  explainedSizes,
  explainedTarget,
  explainedWork,
  explanations,
  scenarios,
  takeTurns,
} from './measure.mjs';
import { interpreterFor, lastLine } from './python.mjs';
import { reasonLines } from './reasons.mjs';
import { comparisonRows, engineRows, explanationRows, growthRows } from './rows.mjs';
import { largestDifference, summary } from './statistics.mjs';
import { figure, growthLines, rowLines } from './table.mjs';
import { Worker } from './worker.mjs';

const help = `npm run bench [-- options]
  --quick       fewer repeats: a few minutes, wider spreads
  --threads N   threads of every side (default 2)
  --json FILE   also write every sample
PROMPT_LENS_BENCH_PYTHON names a Python that has the peers; otherwise they are installed into bench/.venv, once.`;

const here = path.join(root, 'bench');
const work = path.join(root, '.cache/bench');
const bundle = path.join(work, 'ours.cjs');
const environmentBundle = path.join(work, 'engineEnvironment.cjs');
const engine = path.join(root, 'dist/engine.js');
const say = (line = '') => console.log(line);

/** The path of the bundled model, read from its manifest. */
function bundledModel() {
  const { models } = JSON.parse(fs.readFileSync(path.join(root, 'models/manifest.json'), 'utf8'));
  return path.join(root, 'models', models.find((model) => model.bundled).file);
}

async function bundleOurs() {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [path.join(here, 'ours.ts'), path.join(root, 'src/protocol/engineEnvironment.ts')],
    entryNames: '[name]',
    outdir: work,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['onnxruntime-node'],
    logLevel: 'warning',
  });
}

/** Starts our side in the environment that an engine gets. */
function startOurs() {
  const { engineEnvironment } = createRequire(import.meta.url)(environmentBundle);
  return new Worker(process.execPath, [bundle], { env: engineEnvironment(process.env, process.platform) });
}

/** Measures engine processes of their own, before any peer is started. */
async function measureEngine({ model, threads, folder, few, many }) {
  const ours = startOurs();
  try {
    const options = { model: null, provider: 'auto', precision: 'exact', threads };
    const run = async (op, tokens, cache) => {
      const { text } = await ours.ask('text', { model, tokens });
      return ours.ask(op, { engine, options: { ...options, cache }, text });
    };
    const caches = path.join(folder, 'empty');
    const empty = await again(few, (round) => run('coldStart', 64, path.join(caches, String(round))));
    const compiled = await again(many, () => run('coldStart', 64, path.join(caches, '0')));
    const memory = await run('memory', 1000, path.join(caches, '0'));
    const activation = await again(many, activate);
    fs.rmSync(caches, { recursive: true, force: true });
    return { empty, compiled, memory, activation };
  } finally {
    await ours.stop();
  }
}

async function activate() {
  const args = [path.join(here, 'activation.cjs'), path.join(root, 'dist/extension.js')];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const result = JSON.parse(stdout);
  if (result.error) throw new Error(`activate() failed with a stubbed editor: ${result.error}`);
  return { ...result, ms: result.requireMs + result.activateMs };
}

const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** Installs the peers before anything is timed. @returns their interpreters, and the reasons why others are missing */
async function findPeers() {
  const pythons = {};
  const skipped = {};
  for (const peer of /** @type {const} */ (['transformers', 'llama', 'attribution'])) {
    try {
      pythons[peer] = await interpreterFor(peer, say);
    } catch (error) {
      skipped[peer] = lastLine(messageOf(error));
    }
  }
  return { pythons, skipped };
}

/** @returns the sides that could be started, with the model loaded, and the reasons why the others could not */
async function startSides({ model, threads, folder, pythons }) {
  const sides = {};
  const versions = {};
  const skipped = {};
  const start = async (name, worker, params) => {
    try {
      const { versions: own } = await worker.ask('load', { model, threads, ...params });
      Object.assign(versions, own);
      sides[name] = worker;
    } catch (error) {
      await worker.stop();
      skipped[name] = lastLine(messageOf(error));
    }
  };
  for (const precision of ['exact', 'fast']) await start(precision, startOurs(), { precision, cache: folder });
  for (const [name, python] of Object.entries(pythons)) {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    await start(name, new Worker(python, [path.join(here, 'peers', `${name}Peer.py`)], { env }), {});
  }
  if (skipped.exact || skipped.fast) {
    await stopAll(sides);
    throw new Error(`Our own engine does not start: ${skipped.exact ?? skipped.fast}`);
  }
  return { sides, versions, skipped };
}

const stopAll = (sides) => Promise.all(Object.values(sides).map((side) => side.stop()));

/** How far the sides' log-probabilities of 256 tokens differ, which shows whether the same computation is timed. */
async function agreement(sides) {
  if (!sides.transformers) return null;
  const of = async (side) => (await sides[side].ask('logprobs', { tokens: 256 })).values;
  const peer = await of('transformers');
  return {
    exact: largestDifference(await of('exact'), peer),
    fast: largestDifference(await of('fast'), peer),
  };
}

async function measureSides(sides, { repeats, warmups, threads, folder }) {
  const times = {};
  const last = {};
  for (const [scenario, turns] of Object.entries(scenarios({ threads, cache: folder }))) {
    process.stderr.write(`\r${scenario.padEnd(20)}`);
    const turnsTaken = await takeTurns(turns, sides, { repeats, warmups });
    times[scenario] = Object.fromEntries(Object.entries(turnsTaken).map(([turn, each]) => [turn, each.times]));
    last[scenario] = Object.fromEntries(Object.entries(turnsTaken).map(([turn, each]) => [turn, each.last]));
  }
  process.stderr.write(`\r${' '.repeat(20)}\r`);
  const { bytes } = last.taps256.ours;
  const copy = summary((await again(repeats, () => sides.exact.ask('copy', { bytes }))).map(({ ms }) => ms));
  return { times, tapsBytes: bytes, copy };
}

/** Occlusion and integrated gradients take the peers half a minute each, so peers take fewer turns and only our side is warmed up. */
async function measureExplanations(sides, { repeats, explained, model }) {
  const texts = {};
  for (const tokens of explainedSizes) texts[tokens] = await sides.exact.ask('text', { model, tokens });
  const idsOf = async (text) => (await sides.exact.ask('tokenise', { text })).ids;
  const [targetId] = await idsOf(explainedTarget);
  const replacement = (await idsOf(' ')).at(-1);
  const all = explanations(texts, { targetId, replacement });
  const times = {};
  const last = {};
  for (const [scenario, turns] of Object.entries(all)) {
    process.stderr.write(`\r${scenario.padEnd(20)}`);
    const [[side, op, parameters]] = Object.values(turns);
    await sides[side].ask(op, parameters);
    const growth = scenario.endsWith('Growth');
    /** @type {Record<string, number>} */
    const few = scenario === 'gradient128' ? {} : { transformers: explained, attribution: explained };
    const counts = { repeats: growth ? explained : Math.min(repeats, 5), warmups: 0, few };
    const taken = await takeTurns(turns, sides, counts);
    times[scenario] = Object.fromEntries(Object.entries(taken).map(([turn, each]) => [turn, each.times]));
    last[scenario] = Object.fromEntries(Object.entries(taken).map(([turn, each]) => [turn, each.last]));
  }
  process.stderr.write(`\r${' '.repeat(20)}\r`);
  const { occlusion128, gradient128 } = last;
  const apart = ({ ours, torch }) => (torch ? largestDifference(ours.scores, torch.scores) : null);
  return {
    times,
    firstScoresMs: occlusion128.knockout.firstMs,
    apart: { occlusion: apart(occlusion128), gradient: apart(gradient128) },
  };
}

/** Floating-point operations of each scenario; a peer's ordinary call gives logits at every position. */
async function operations(ours) {
  const flop = async (params) => (await ours.ask('work', params)).flop;
  const { m, k, n } = bigProduct;
  const sizes = {
    probabilities256: { tokens: 256, rows: 256 },
    pass64: { tokens: 64, rows: 1 },
    pass512: { tokens: 512, rows: 1 },
    pass16x64: { tokens: 64, batch: 16, rows: 16 },
  };
  const all = {};
  for (const [scenario, size] of Object.entries(sizes)) {
    all[scenario] = await flop(size);
    all[`${scenario}.peer`] = await flop({ ...size, rows: size.tokens * (size.batch ?? 1) });
  }
  const { tokens, steps } = explainedWork;
  // Each variant is computed from its own token on.
  all.occlusion128 = 0;
  for (let past = 0; past < tokens; past++) all.occlusion128 += await flop({ tokens: tokens - past, past, rows: 1 });
  all.gradient128 = await flop({ tokens, rows: 1, gradient: true });
  all.integrated128 = steps * all.gradient128;
  return { ...all, matmul: 2 * m * k * n };
}

/** Turns what was measured into rows, growth and reasons. */
function conclusions(facts) {
  const { times, flop, empty, compiled, activation, memory } = facts;
  const ms = (runs) => summary(runs.map((run) => run.ms));
  const peak = memory.peaks.generation;
  const engine = {
    coldCompiled: ms(compiled),
    coldEmpty: ms(empty),
    activation: ms(activation),
    memory: peak === null ? null : summary([peak]),
  };
  const { explained } = facts;
  const rows = [...comparisonRows(times, flop), ...explanationRows(explained), ...engineRows(engine)];
  return { rows, growth: growthRows({ ...times, ...explained.times }), reasons: reasonLines(rows, facts) };
}

function report({ machine: before, versions, skipped, agreed, explained, rows, growth, reasons, flop, times }) {
  const gigaflops = (turn) => (turn ? `${figure(flop.matmul / turn.median / 1e6)} GFLOP/s` : 'not measured');
  say(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  say(
    `one big MatMul: ONNX Runtime ${gigaflops(times.efficiency.onnxruntime)}, torch ${gigaflops(times.efficiency.torch)}`,
  );
  if (agreed) {
    say(
      `log-probabilities of 256 tokens differ from transformers' by at most ${agreed.exact.toExponential(1)} (exact), ${agreed.fast.toExponential(1)} (fast)`,
    );
  }
  const { occlusion, gradient } = explained.apart;
  if (occlusion !== null) {
    say(
      `scores of 128 tokens differ from torch's by at most ${occlusion.toExponential(1)} (occlusion), ${gradient.toExponential(1)} (gradient x input)`,
    );
  }
  for (const [side, reason] of Object.entries(skipped)) say(`skipped: ${side}: ${reason}`);
  say();
  for (const line of [...rowLines(rows), '', ...growthLines(growth)]) say(line);
  say();
  for (const line of reasons) say(line);
  const after = machine();
  if (after.load > before.load) say(`load average ${after.load.toFixed(2)} at the end, our own work included`);
}

main(import.meta.url, async (args) => {
  /** @type {import('node:util').ParseArgsConfig['options']} */
  const options = {
    quick: { type: 'boolean' },
    threads: { type: 'string', default: '2' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  };
  const { values } = parseArgs({ args, options });
  if (values.help) return say(help);
  const threads = Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1)
    throw new Error(`--threads takes a whole number of at least 1, not ${values.threads}.`);
  const described = machine();
  for (const line of machineLines(described)) say(line);

  await ensureDependencies();
  await ensureBuild({ production: true });
  const { pythons, skipped } = await findPeers();
  fs.mkdirSync(work, { recursive: true });
  await bundleOurs();
  // An interrupted run leaves its graphs behind, so they are removed here.
  const left = fs.readdirSync(work).filter((name) => name.startsWith('run-'));
  for (const name of left) fs.rmSync(path.join(work, name), { recursive: true, force: true });
  const folder = fs.mkdtempSync(path.join(work, 'run-'));
  const model = bundledModel();
  const counts = values.quick
    ? { repeats: 3, warmups: 1, few: 1, many: 3, explained: 1 }
    : { repeats: 9, warmups: 2, few: 3, many: 5, explained: 3 };
  say(`${path.basename(model)}, ${threads} threads, ${counts.repeats} repeats; medians, with quartiles in brackets`);

  let sides = {};
  try {
    const engineRuns = await measureEngine({ model, threads, folder, ...counts });
    const started = await startSides({ model, threads, folder, pythons });
    sides = started.sides;
    const facts = {
      ...engineRuns,
      agreed: await agreement(sides),
      flop: await operations(sides.exact),
      ...(await measureSides(sides, { ...counts, threads, folder })),
      explained: await measureExplanations(sides, { ...counts, model }),
      modelBytes: fs.statSync(model).size,
    };
    const found = conclusions(facts);
    const { versions } = started;
    const everything = {
      machine: described,
      threads,
      versions,
      skipped: { ...skipped, ...started.skipped },
      ...found,
      ...facts,
    };
    report(everything);
    if (typeof values.json === 'string') fs.writeFileSync(values.json, `${JSON.stringify(everything, null, 2)}\n`);
  } finally {
    await stopAll(sides);
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
