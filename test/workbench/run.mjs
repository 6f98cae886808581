// The workbench tier: Playwright runs specs/, which install the packed VSIX into a real VS Code and drive it as a user.
// node test/workbench/run.mjs --vsix FILE --chromium PATH [--results FILE] [--grep TEXT] [--workers N] [--alone] [--long]
// TEXT is searched for in `FILE TITLE`; `--workers` is how many files run at a time; `--alone` gives each test its own window and workspace;
// `--long` runs the tests that npm test leaves out, and only those.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { artefacts } from './lab.mjs';
import { cutOff } from './network.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const playwright = path.join(here, '../../node_modules/@playwright/test/cli.js');

function readArguments() {
  const { values } = parseArgs({
    options: {
      vsix: { type: 'string' },
      chromium: { type: 'string' },
      results: { type: 'string' },
      grep: { type: 'string' },
      workers: { type: 'string', default: '2' },
      alone: { type: 'boolean' },
      long: { type: 'boolean' },
    },
  });
  if (values.vsix === undefined || values.chromium === undefined)
    throw new Error('--vsix and --chromium are both needed.');
  return { ...values, vsix: path.resolve(values.vsix), chromium: values.chromium };
}

/** @returns the exit status of Playwright */
function main() {
  const { vsix, chromium, results, grep, workers, alone, long } = readArguments();
  fs.rmSync(artefacts, { recursive: true, force: true });
  console.log(cutOff() ? 'The network is cut off.' : 'The network cannot be cut off here; connections are watched.');
  const args = ['test', '--config', path.join(here, 'playwright.config.mjs')];
  args.push(`--project=${long ? 'long' : 'workbench'}`);
  if (grep) args.push('--grep', grep.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const env = {
    ...process.env,
    PROMPT_LENS_VSIX: vsix,
    CHROMIUM: chromium,
    PROMPT_LENS_ALONE: alone ? '1' : '',
    PROMPT_LENS_WORKERS: workers,
    PROMPT_LENS_RESULTS: results ? path.resolve(results) : '',
  };
  const child = spawn(process.execPath, [playwright, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env });
  // Playwright ends its workers on an interrupt, and they end their servers.
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill('SIGINT'));
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

process.exit(await main());
