import { defineConfig } from 'vitest/config';

// Three tiers by what they need: nothing, the models (numbers against transformers), a real engine process.
// The fourth, a real VS Code, runs under mocha: see test/workbench.
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
      tier('process', { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false }),
    ],
  },
});
