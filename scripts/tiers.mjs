// The test tiers: how each is run and how its results are counted. A tier without a single test is a failure.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { must, run } from './childProcess.mjs';
import { ensurePackage } from './packaging.mjs';
import { ensureBrowser, ensureCodeServer } from './realEditor.mjs';
import { ensureBuild, root } from './setup.mjs';

/** @typedef {{passed: number, failed: number, skipped: number, flaky?: string[]}} Counts flaky: passed on a later attempt only */

/** @returns {Counts} the counts of vitest's JSON report; a file that could not be loaded counts as one failure */
export function countVitest(report) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')) counts.failed++;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') counts.failed++;
      else counts.skipped++;
    }
  }
  return counts;
}

/** A tier that ended badly, or in which no test ran, never counts as passed. @returns {Counts} */
export function judge(counts, exitCode) {
  const ran = counts.passed + counts.failed + counts.skipped > 0;
  if ((exitCode !== 0 || !ran) && counts.failed === 0) return { ...counts, failed: 1 };
  return counts;
}

/** @param {Counts} a @param {Counts} b @returns {Counts} */
export function add(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    flaky: [...(a.flaky ?? []), ...(b.flaky ?? [])],
  };
}

/** `N passed, N failed`, followed by `, N skipped` when there are any. */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

async function withReport(body) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prompt-lens-report-'));
  try {
    const file = path.join(folder, 'report.json');
    const code = await body(file);
    return { code, report: fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function vitest(project) {
  const { code, report } = await withReport(async (file) => {
    const program = path.join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    return (await run(process.execPath, [program, 'run', '--project', project, ...reporters], { cwd: root })).code;
  });
  return judge(report ? countVitest(report) : { passed: 0, failed: 0, skipped: 0 }, code);
}

/** Checks types, style and bundles: each counts as one test. */
async function checks() {
  const node = (program, ...args) =>
    must(process.execPath, [path.join(root, 'node_modules', program), ...args], { cwd: root });
  const each = [
    () => node('typescript/bin/tsc', '-b'),
    () => node('@biomejs/biome/bin/biome', 'check', '.'),
    () => ensureBuild({ production: true }),
  ];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const check of each) {
    await check().then(
      () => counts.passed++,
      (error) => {
        console.log(error.message);
        counts.failed++;
      },
    );
  }
  return counts;
}

async function workbench(chromium, ...more) {
  const { file } = await ensurePackage();
  const { code, report } = await withReport(async (results) => {
    const args = [
      path.join(root, 'test/workbench/run.mjs'),
      '--vsix',
      file,
      '--chromium',
      chromium,
      '--results',
      results,
      ...more,
    ];
    return (await run(process.execPath, args, { cwd: root })).code;
  });
  return judge(report ?? { passed: 0, failed: 0, skipped: 0 }, code);
}

/** Runs the same mocha suite in a desktop VS Code, where one is available. */
async function desktop() {
  await ensureBuild();
  const { code, report } = await withReport(async (results) => {
    const program = path.join(root, 'test/workbench/electron.mjs');
    return (await run(process.execPath, [program, '--results', results], { cwd: root })).code;
  });
  return judge(report ?? { passed: 0, failed: 0, skipped: 0 }, code);
}

/** Installing the editor takes a minute of waiting for the network, so it runs beside the other tiers. */
export function prepareEditor() {
  const ready = (async () => {
    await ensureCodeServer();
    return ensureBrowser();
  })();
  ready.catch(() => {});
  return ready;
}

async function realEditor(ready, ...more) {
  let chromium;
  try {
    chromium = await ready;
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    // A machine that must test everything (CI) may not leave out a tier; a developer's machine may, and reports it.
    if (process.platform === 'linux')
      return { passed: 0, failed: process.env.CI ? 1 : 0, skipped: process.env.CI ? 0 : 1 };
    return desktop();
  }
  return workbench(chromium, ...more);
}

const built = async (body) => {
  await ensureBuild();
  return body();
};

/** Tests that take too long for every run: the largest prompts, and tours of the real editor whose pictures are for people. */
async function long(ready) {
  const processes = await built(() => vitest('long'));
  return add(processes, await realEditor(ready, '--long'));
}

/** The tiers, ordered by what they need: nothing, nothing, the models, a process, a real VS Code. */
export const tiers = {
  checks,
  unit: () => vitest('unit*'),
  reference: () => built(() => vitest('reference')),
  process: () => built(() => vitest('process')),
  workbench: (ready) => realEditor(ready),
  long,
};
/** The tiers that run when none is named. */
export const everyRun = Object.keys(tiers).filter((name) => name !== 'long');
