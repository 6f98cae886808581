import { defineConfig } from 'vitest/config';

// The tiers differ in what they need: nothing, the models (numbers against transformers), or a real engine process; `long` holds those
// tests that take too long for every run. Playwright drives a real VS Code: see test/workbench.
const tier = (name, options = {}) => ({
  extends: true,
  test: { name, include: [`test/${name}/**/*.test.{ts,mjs}`], ...options },
});

export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      tier('unit', { testTimeout: 30_000, hookTimeout: 30_000 }),
      tier('reference', { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
      tier('process', { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
      tier('long', { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
