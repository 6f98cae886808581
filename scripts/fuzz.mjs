/**
 * `npm run fuzz -- --reader NAME [--seconds N] [--inputs N] [--seed S]`: feeds seeded random inputs to one reader, or to `all`. A raw
 * error, more than two seconds or more than 512 MB is a failure: its input is written to a file whose path is printed, and can become a
 * fixture.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '..');
const cache = path.join(root, '.cache', 'fuzz');
const slow = 2000;
const mostMb = 512;
/**
 * The thread measures its own work. A thread that never returns is ended after this many times the limit, since other processes may have
 * had the cores.
 */
const patience = 10;
/** Starting a thread takes longer than reading an input. */
const startMs = 10_000;

async function bundled(entry) {
  const outfile = path.join(cache, `${entry}.mjs`);
  await build({
    entryPoints: [path.join(root, 'test', 'fuzz', `${entry}.ts`)],
    outfile,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error', sourcemap: 'inline' },
    external: ['onnxruntime-node', 'vscode'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    // The process that renders templates is started from this folder.
    define: { __dirname: JSON.stringify(path.join(root, 'src', 'checkpoint')) },
  });
  return outfile;
}

/**
 * @returns {Promise<{ turns: number, next: number | null, faults: number, stuck?: number }>} `next` and `stuck` are set where a hang cut a
 * run short
 */
function run(file, { slowMs, ...task }) {
  const turns = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const worker = new Worker(file, {
    workerData: { ...task, turns },
    resourceLimits: { maxOldGenerationSizeMb: mostMb },
  });
  return new Promise((resolve, reject) => {
    let faults = 0;
    let settled = false;
    let last = { turn: -1, since: Date.now() };
    const watch = setInterval(() => {
      const turn = Atomics.load(turns, 0);
      if (turn !== last.turn) last = { turn, since: Date.now() };
      if (Date.now() - last.since > patience * slowMs + (turn < 0 ? startMs : 0))
        stop(turn, `it took longer than ${(patience * slowMs) / 1000} s`);
    }, 100);
    const settle = (result) => {
      if (settled) return;
      settled = true;
      clearInterval(watch);
      void worker.terminate().then(() => resolve(result));
    };
    const stop = (turn, fault) => {
      console.log(`${task.name}, seed ${task.seed}, input ${turn}: ${fault}`);
      settle({ turns: turn + 1 - task.first, next: turn + 1, stuck: turn, faults: faults + 1 });
    };
    worker.on('message', (message) => {
      if (message.kind === 'done') settle({ turns: message.turns, next: null, faults });
      if (message.kind === 'kept') console.log(`  ${message.path}`);
      if (message.kind === 'fault') {
        faults++;
        console.log(`${task.name}, seed ${task.seed}, input ${message.turn}: ${message.fault}\n  ${message.path}`);
      }
    });
    worker.on('error', (error) => {
      if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
        stop(Atomics.load(turns, 0), `it needs more than ${mostMb} MB`);
      else {
        clearInterval(watch);
        reject(error);
      }
    });
    worker.on('exit', () => settle({ turns: 0, next: null, faults }));
  });
}

async function fuzz(file, { name, slowMs = slow }, { seed, until, most, folder }) {
  const started = Date.now();
  let [total, faults] = [0, 0];
  /** @type {number | null} */
  let first = 0;
  while (first !== null && first < most && faults < 20) {
    const task = { name, slowMs, seed, first, until, most, folder, keepOnly: false };
    const part = await run(file, task);
    total += part.turns;
    faults += part.faults;
    first = part.next;
    if (part.stuck !== undefined && part.stuck >= 0) await run(file, { ...task, first: part.stuck, keepOnly: true });
  }
  console.log(`${name}: ${total} inputs in ${((Date.now() - started) / 1000).toFixed(1)} s, ${faults} failures`);
  return faults;
}

const { values } = parseArgs({
  options: {
    reader: { type: 'string' },
    seconds: { type: 'string' },
    inputs: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
fs.mkdirSync(cache, { recursive: true });
const { readers } = await import(await bundled('readers'));
const asked = readers.filter(({ name }) => values.reader === 'all' || name === values.reader);
if (asked.length === 0) {
  console.error(`--reader NAME: one of ${readers.map(({ name }) => name).join(', ')}, or all.`);
  process.exit(2);
}
const seconds = Number(values.seconds ?? (values.inputs === undefined ? 30 : 3600));
const most = Number(values.inputs ?? Number.MAX_SAFE_INTEGER);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prompt-lens-fuzz-'));
const file = await bundled('worker');
let failures = 0;
for (const reader of asked) {
  const until = Date.now() + seconds * 1000;
  failures += await fuzz(file, reader, { seed: Number(values.seed), until, most, folder });
}
if (failures === 0) fs.rmSync(folder, { recursive: true });
process.exit(failures > 0 ? 1 : 0);
