// The workbench tier: installs the packed VSIX into a real VS Code, drives it as a user (specs/), then runs the mocha suite
// inside the extension host (host/). One server and one browser for all.
// node test/workbench/run.mjs --vsix FILE --chromium PATH [--results FILE] [--grep TEXT]
// [--alone] [--long]: TEXT is searched for in `FILE TITLE`; `--alone` gives each test its own window and workspace;
// `--long` runs the tests that npm test leaves out, and only those.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBench } from './bench.mjs';
import { runHostSuite } from './hostSuite.mjs';
import { artefacts } from './lab.mjs';
import { cutOff } from './network.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const limitMs = 240_000;
/** A real editor on a busy machine misses a click now and then, so a test counts as broken only when every attempt fails. */
const attempts = 3;
/** Retries should stay rare: the run fails when at least this many tests passed on a later attempt only. */
const tooFlaky = 6;

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
  let error = null;
  try {
    await withLimit(body(bench));
    if (bench.assertions() === before) throw new Error('The test asserted nothing.');
  } catch (thrown) {
    error = thrown;
    await bench.photographFailure(title);
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${error ? 'FAILED' : 'ok'} - ${title} (${seconds} s)`);
  if (error) console.log(String(error.stack ?? error).replace(/^/gm, '    '));
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

/** @returns the counts, and `FILE: TITLE` of each test that did not pass on its first attempt */
async function runSpecs(bench, { grep, alone, long }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const flaky = [];
  const files = fs.readdirSync(path.join(here, 'specs')).filter((name) => name.endsWith('.mjs'));
  for (const file of files.sort()) {
    const started = Date.now();
    const spec = await import(`./specs/${file}`);
    const tests = (long ? spec.long : spec.tests) ?? {};
    const chosen = Object.entries(tests).filter(([title]) => !grep || `${file} ${title}`.includes(grep));
    for (const [title, body] of chosen) {
      const attempt = await passedAt(bench, title, body);
      if (attempt === null) counts.failed++;
      else counts.passed++;
      if (attempt > 1) flaky.push(`${file}: ${title}`);
      if (alone) await bench.closeWindows();
    }
    await bench.closeWindows();
    if (chosen.length > 0) console.log(`${file}: ${Math.round((Date.now() - started) / 1000)} s`);
  }
  return { counts, flaky };
}

async function main() {
  const options = {
    vsix: { type: 'string' },
    chromium: { type: 'string' },
    results: { type: 'string' },
    grep: { type: 'string' },
    alone: { type: 'boolean' },
    long: { type: 'boolean' },
  };
  const { values } = parseArgs({ options });
  fs.rmSync(artefacts, { recursive: true, force: true });
  console.log(cutOff() ? 'The network is cut off.' : 'The network cannot be cut off here; connections are watched.');
  const bench = await startBench(values.vsix, values.chromium);
  let counts;
  let flaky;
  try {
    ({ counts, flaky } = await runSpecs(bench, values));
    if (!values.long && (!values.grep || 'host'.includes(values.grep))) {
      const host = await runHostSuite(bench);
      for (const key of Object.keys(counts)) counts[key] += host[key];
    }
  } finally {
    await bench.stop();
  }
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
