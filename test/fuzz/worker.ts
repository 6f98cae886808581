/** A long run of one fuzzer in its own thread: scripts/fuzz.mjs watches it, ends it when it hangs, and keeps the failing input. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { faultOf, inputOf, mostBytes } from './check';
import { readers } from './readers';

interface Task {
  name: string;
  seed: number;
  first: number;
  until: number;
  most: number;
  folder: string;
  /** [0] holds the turn that is being read. */
  turns: Int32Array;
  /** Only writes the input of turn `first`, which hung or took too much memory. */
  keepOnly: boolean;
}

const { name, seed, first, until, most, folder, turns, keepOnly } = workerData as Task;
const reader = readers.find((each) => each.name === name);
if (!reader) throw new Error(`There is no reader ${name}; there are ${readers.map((each) => each.name).join(', ')}.`);

function keep(turn: number): string {
  const path = join(folder, `${name}-${seed}-${turn}.${reader?.ending}`);
  if (reader) writeFileSync(path, inputOf(reader, seed, turn));
  return path;
}

if (keepOnly) parentPort?.postMessage({ kind: 'kept', path: keep(first) });
else {
  let turn = first;
  for (; turn < most && Date.now() < until; turn++) {
    Atomics.store(turns, 0, turn);
    const fault = await faultOf(reader, inputOf(reader, seed, turn));
    const { heapUsed, external } = process.memoryUsage();
    const large = heapUsed + external > mostBytes ? `it holds ${Math.round((heapUsed + external) / 2 ** 20)} MB` : null;
    if (fault ?? large) parentPort?.postMessage({ kind: 'fault', turn, fault: fault ?? large, path: keep(turn) });
  }
  parentPort?.postMessage({ kind: 'done', turns: turn - first });
}
