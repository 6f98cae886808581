// The workbench tier: installs the packed VSIX into a real VS Code, drives it as a user (specs/), then runs the mocha suite
// inside the extension host (host/). One server and one browser for all.
// node test/workbench/run.mjs --vsix FILE --chromium PATH [--results FILE] [--grep TEXT]
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
/** A real editor on a busy machine misses a click now and then: what fails in every attempt is broken. */
const attempts = 3;

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

async function runSpecs(bench, grep) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const files = fs.readdirSync(path.join(here, 'specs')).filter((name) => name.endsWith('.mjs'));
  for (const file of files.sort()) {
    const { tests } = await import(`./specs/${file}`);
    const chosen = Object.entries(tests).filter(([title]) => !grep || `${file} ${title}`.includes(grep));
    const passed = await runFile(bench, chosen);
    // The whole file again, in a new workspace: its tests build on each other.
    for (let attempt = 2; attempt <= attempts && passed.size < chosen.length; attempt++) {
      console.log(`${file} once more`);
      for (const title of await runFile(bench, chosen)) passed.add(title);
    }
    counts.passed += passed.size;
    counts.failed += chosen.length - passed.size;
  }
  return counts;
}

/** @returns the titles of the tests that passed */
async function runFile(bench, tests) {
  const passed = new Set();
  for (const [title, body] of tests) if (await runTest(bench, title, body)) passed.add(title);
  await bench.closeWindows();
  return passed;
}

async function main() {
  const options = {
    vsix: { type: 'string' },
    chromium: { type: 'string' },
    results: { type: 'string' },
    grep: { type: 'string' },
  };
  const { values } = parseArgs({ options });
  fs.rmSync(artefacts, { recursive: true, force: true });
  console.log(cutOff() ? 'The network is cut off.' : 'The network cannot be cut off here; connections are watched.');
  const bench = await startBench(values.vsix, values.chromium);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    const add = (more) => {
      for (const key of Object.keys(counts)) counts[key] += more[key];
    };
    add(await runSpecs(bench, values.grep));
    if (!values.grep || 'host'.includes(values.grep)) add(await runHostSuite(bench));
  } finally {
    await bench.stop();
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  if (values.results) fs.writeFileSync(values.results, JSON.stringify(counts));
  return counts.failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
process.exit(await main());
