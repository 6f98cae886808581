// Started by run.mjs, which first cuts the network off and hands over the package and the browser.
import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { artefacts } from './lab.mjs';

const {
  PROMPT_LENS_VSIX: vsix,
  CHROMIUM: chromium,
  PROMPT_LENS_ALONE: alone,
  PROMPT_LENS_WORKERS: workers,
} = process.env;

export default defineConfig({
  testDir: 'specs',
  testMatch: '**/*.mjs',
  projects: [
    { name: 'workbench', grepInvert: /@long/ },
    { name: 'long', grep: /@long/ },
  ],
  workers: Number(workers ?? 1),
  // A real editor on a busy machine misses a click now and then, so a test counts as broken only when every attempt fails.
  retries: 2,
  timeout: 240_000,
  reporter: './reporter.mjs',
  outputDir: path.join(artefacts, 'failed'),
  preserveOutput: 'failures-only',
  use: { vsix, chromium, alone: alone === '1' },
});
