import fs from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// The tiers differ in what they need: nothing, the models (numbers against transformers), or a real engine process; `long` holds those
// tests that take too long for every run. Playwright drives a real VS Code: see test/workbench.
const tier = (name, options = {}) => ({
  extends: true,
  test: { name, include: [`test/${name}/**/*.test.{ts,mjs}`], ...options },
});

/** The unit tests that need modules of their own, as each replaces some of them or draws into a page of its own. */
const alone = fs
  .readdirSync(path.join(import.meta.dirname, 'test/unit'), { recursive: true, encoding: 'utf8' })
  .map((name) => `test/unit/${name}`)
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => /vi\.(mock|doMock|resetModules)\(|@vitest-environment/.test(fs.readFileSync(file, 'utf8')));

// The default is one process less than there are cores, which leaves half of a machine with two cores idle.
const everyCore = { maxWorkers: Math.max(2, availableParallelism()) };
const quick = { testTimeout: 30_000, hookTimeout: 30_000, ...everyCore };
/** The engine of each of these files has one thread: two files side by side end sooner than one file with two threads. */
const twoFiles = { maxWorkers: 2, sequence: { groupOrder: 1 } };
const patient = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      // Files that share their modules save a third of the processor's time, most of which goes into loading modules.
      tier('unit', { ...quick, exclude: alone, isolate: false }),
      tier('unit alone', { ...quick, include: alone }),
      tier('reference', { ...patient, ...twoFiles }),
      tier('process', { ...patient, ...twoFiles }),
      tier('long', { ...patient, fileParallelism: false }),
    ],
  },
});
