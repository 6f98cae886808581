// Runs the mocha suite of host/ inside the extension host of the same VS Code and counts its results. Two channels must
// agree: the editor's report at the end, and the file that the suite wrote.
import fs from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import * as esbuild from 'esbuild';
import { startCodeServer, windowAddress } from '../../scripts/codeServer.mjs';
import { root } from '../../scripts/setup.mjs';
import { launchBrowser } from './lab.mjs';

const limitMs = 150_000;

/** Bundles every host/*.test.ts; VS Code loads the result. @returns the path of the module that exports run() */
export async function buildHostSuite() {
  const host = path.join(root, 'test/workbench/host');
  const tests = fs.readdirSync(host).filter((name) => name.endsWith('.test.ts'));
  const files = tests.sort().map((name) => `() => require('./${name}')`);
  const contents = `import { runSuite } from './suite';\nexport const run = () => runSuite([${files.join(', ')}]);\n`;
  const outfile = path.join(root, '.cache/workbench/suite.js');
  /** @type {import('esbuild').BuildOptions} */
  const options = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', sourcemap: 'inline' };
  // Mocha finds its own files on disk, so it must stay a package; .cache lies beside node_modules.
  const external = ['vscode', 'mocha'];
  await esbuild.build({ ...options, stdin: { contents, resolveDir: host }, outfile, external, logLevel: 'warning' });
  return outfile;
}

/** The results that the suite wrote: {passed, failed, skipped, tests: {title, state, error?}[]}, or null. */
export function readResults(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null;
}

export function printResults(results) {
  for (const { title, state, error } of results.tests) {
    console.log(`${state === 'passed' ? 'ok' : state.toUpperCase()} - ${title}`);
    if (error) console.log(error.replace(/^/gm, '    '));
  }
}

async function drive(browser, server, folder, tests) {
  const page = await browser.newPage();
  let end;
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  const log = [];
  await page.exposeFunction('codeAutomationLog', (_, args) => log.push(format(...args)));
  await page.exposeFunction('codeAutomationExit', (code) => end(`exit ${code}`));
  page.on('crash', () => end('the page crashed'));
  // The server's smoke-test driver lets an address name tests; without it they are silently ignored.
  await page.goto(windowAddress(server.port, { folder, development: root, tests }));
  // A tool asks whether it may run. Outside of a chat the question is a dialog, which only this test answers.
  const confirm = setInterval(() => {
    const button = page.locator('.monaco-dialog-box', { hasText: 'Prompt Lens' }).locator('.monaco-button').first();
    button.click({ timeout: 200 }).catch(() => {});
  }, 250);
  const late = new Promise((resolve) => setTimeout(() => resolve('it took too long'), limitMs));
  try {
    return { how: await Promise.race([ended, late]), log };
  } finally {
    clearInterval(confirm);
  }
}

/** @returns {Promise<{passed: number, failed: number, skipped: number}>} */
export async function runHostSuite(bench) {
  const tests = await buildHostSuite();
  const file = path.join(bench.home, 'host-results.json');
  const extensions = path.join(bench.home, 'no-extensions');
  const env = { PROMPT_LENS_CACHE: bench.cache, PROMPT_LENS_TEST_RESULTS: file };
  const server = await startCodeServer({ extensions, env, smokeTestDriver: true });
  const browser = await launchBrowser(bench.chromium);
  try {
    const { how, log } = await drive(browser, server, bench.workspace, tests.replace(/\.js$/, ''));
    const results = readResults(file);
    if (results) printResults(results);
    if (results && how === 'exit 0' && results.failed === 0) return results;
    console.log(`FAILED - the suite in the extension host: ${how}\n${log.join('\n')}`);
    return { passed: results?.passed ?? 0, failed: Math.max(1, results?.failed ?? 0), skipped: results?.skipped ?? 0 };
  } finally {
    await browser.close().catch(() => {});
    await server.stop();
  }
}
