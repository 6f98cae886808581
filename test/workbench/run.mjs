// The workbench tier: installs the packed VSIX into a real VS Code, drives it as a user (specs/), then runs the mocha suite
// inside the extension host (host/). With `--workers 2` two spec files run at a time, each in a server and a browser of its own.
// node test/workbench/run.mjs --vsix FILE --chromium PATH [--results FILE] [--grep TEXT] [--workers N]
// [--alone] [--long]: TEXT is searched for in `FILE TITLE`; `--workers` is how many files run at a time; `--alone` gives each
// test its own window and workspace; `--long` runs the tests that npm test leaves out, and only those.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { add } from '../../scripts/tiers.mjs';
import { startBench } from './bench.mjs';
import { runHostSuite } from './hostSuite.mjs';
import { artefacts } from './lab.mjs';
import { cutOff } from './network.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const limitMs = 240_000;
/** A real editor on a busy machine misses a click now and then, so a test counts as broken only when every attempt fails. */
const attempts = 3;
/** Retries should stay rare: the run fails when at least this many tests passed on a later attempt only. */
const tooFlaky = 3;

function withLimit(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The test took longer than ${limitMs / 1000} s.`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function runTest(bench, title, body) {
  const started = Date.now();
  const before = bench.assertions();
  /** @type {unknown} */
  let error = null;
  try {
    await withLimit(body(bench));
    if (bench.assertions() === before) throw new Error('The test asserted nothing.');
  } catch (thrown) {
    error = thrown;
    await bench.photographFailure(title);
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const words = error instanceof Error && error.stack ? error.stack : String(error);
  const cause = error ? `\n${words.replace(/^/gm, '    ')}` : '';
  console.log(`${error ? 'FAILED' : 'ok'} - ${title} (${seconds} s)${cause}`);
  return error === null;
}

/**
 * Tries a failed test again by itself, in a new window and workspace; each test opens what it needs.
 * @returns the number of the attempt that passed, from 1; null when none did
 */
async function passedAt(bench, title, body) {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) console.log(`once more: ${title}`);
    if (await runTest(bench, title, body)) return attempt;
    await bench.closeWindows();
  }
  return null;
}

/**
 * The tests of each spec file that were asked for: `[{file, shares, tests: [title, body][]}]`; `shares` is whether the file says
 * that its tests do with the window of the file before.
 * @param {string | undefined} grep
 * @param {boolean | undefined} long
 */
async function chosenSpecs(grep, long) {
  const files = fs.readdirSync(path.join(here, 'specs')).filter((name) => name.endsWith('.mjs'));
  const specs = [];
  for (const file of files.sort()) {
    const spec = await import(`./specs/${file}`);
    const all = Object.entries((long ? spec.long : spec.tests) ?? {});
    const tests = all.filter(([title]) => !grep || `${file} ${title}`.includes(grep));
    if (tests.length > 0) specs.push({ file, shares: spec.shares === true, tests });
  }
  return specs;
}

/** Runs the tests of one file. @returns the counts, and `FILE: TITLE` of each test that passed on a later attempt */
async function runSpec(bench, { file, shares, tests }, alone) {
  const started = Date.now();
  if (!shares) await bench.closeWindows();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const flaky = [];
  for (const [title, body] of tests) {
    const attempt = await passedAt(bench, title, body);
    if (attempt === null) counts.failed++;
    else counts.passed++;
    if (attempt !== null && attempt > 1) flaky.push(`${file}: ${title}`);
    if (alone) await bench.closeWindows();
  }
  if (shares) await bench.clearWindow();
  else await bench.closeWindows();
  console.log(`${file}: ${Math.round((Date.now() - started) / 1000)} s`);
  return { ...counts, flaky };
}

/** @typedef {import('../../scripts/tiers.mjs').Counts} Counts */

/**
 * Works the jobs off, each on the first bench that is free. A bench has a server, a browser and a cache folder of its own.
 * @param {((bench: Awaited<ReturnType<typeof startBench>>) => Promise<Counts>)[]} jobs
 * @param {{vsix: string, chromium: string, workers: number}} options
 */
async function workOff(jobs, { vsix, chromium, workers }) {
  /** @type {Counts} */
  let total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const foreign = [];
  const work = async () => {
    const bench = await startBench(vsix, chromium);
    try {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const counts = await job(bench);
        // The total is read only now, since another bench may have added to it meanwhile.
        total = add(total, counts);
      }
    } finally {
      await bench.stop();
    }
    foreign.push(...bench.foreign);
  };
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work));
  return { total, foreign };
}

/** During all tests, no page may have sent a request to another machine. */
function judgeNetwork(foreign) {
  const silent = foreign.length === 0;
  console.log(`${silent ? 'ok' : 'FAILED'} - no page asked anything of another machine`);
  if (!silent) console.log(`    ${foreign.join('\n    ')}`);
  return { passed: silent ? 1 : 0, failed: silent ? 0 : 1, skipped: 0 };
}

/** @param {string | undefined} value @param {string} name */
function required(value, name) {
  if (value === undefined) throw new Error(`--${name} is missing.`);
  return value;
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      vsix: { type: 'string' },
      chromium: { type: 'string' },
      results: { type: 'string' },
      grep: { type: 'string' },
      workers: { type: 'string', default: '1' },
      alone: { type: 'boolean' },
      long: { type: 'boolean' },
    },
  });
  return values;
}

async function main() {
  const values = readArguments();
  const vsix = required(values.vsix, 'vsix');
  const chromium = required(values.chromium, 'chromium');
  fs.rmSync(artefacts, { recursive: true, force: true });
  console.log(cutOff() ? 'The network is cut off.' : 'The network cannot be cut off here; connections are watched.');
  const specs = await chosenSpecs(values.grep, values.long);
  /** @type {((bench: Awaited<ReturnType<typeof startBench>>) => Promise<Counts>)[]} */
  const jobs = specs.map((spec) => (bench) => runSpec(bench, spec, values.alone));
  if (!values.long && (!values.grep || 'host'.includes(values.grep))) jobs.push(runHostSuite);
  const { total, foreign } = await workOff(jobs, { vsix, chromium, workers: Number(values.workers) });
  const counts = specs.length > 0 ? add(total, judgeNetwork(foreign)) : total;
  const { flaky = [] } = counts;
  for (const test of flaky) console.log(`flaky: ${test}`);
  if (flaky.length >= tooFlaky) {
    console.log(`FAILED - ${flaky.length} tests did not pass at once; fewer than ${tooFlaky} may.`);
    counts.failed++;
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  if (values.results) fs.writeFileSync(values.results, JSON.stringify({ ...counts, flaky }));
  return counts.failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
process.exit(await main());
