import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The tiers differ in what they need: nothing, the models (numbers against transformers), or a real engine process; `long` holds those
// tests that take too long for every run. Playwright drives a real VS Code: see test/workbench.
const tier = (name, options = {}) => ({
  extends: true,
  test: { name, include: [`test/${name}/**/*.test.{ts,mjs}`], ...options },
});

// The default is one process less than there are cores, which leaves half of a machine with two cores idle.
const everyCore = { maxWorkers: Math.max(2, availableParallelism()) };
/** The engine of each of these files has one thread: two files side by side end sooner than one file with two threads. */
const twoFiles = { maxWorkers: 2, sequence: { groupOrder: 1 } };
const patient = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      tier('unit', { testTimeout: 30_000, hookTimeout: 30_000, ...everyCore }),
      tier('reference', { ...patient, ...twoFiles }),
      tier('process', { ...patient, ...twoFiles }),
      tier('long', { ...patient, fileParallelism: false }),
    ],
  },
});
