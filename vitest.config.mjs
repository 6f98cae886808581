import { defineConfig } from 'vitest/config';

// Tiers by what they need: nothing, the models (numbers against transformers), a real engine process; `long` is what of these takes
// too long for every run. A real VS Code is driven by Playwright: see test/workbench.
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
