// `test` of every spec: Playwright's, with a bench. A worker has a bench of its own: server, installed package, browser, cache folder.
import { test as base } from '@playwright/test';
import { startBench } from './bench.mjs';

/** Marks a test that `npm test` leaves to `node scripts/test.mjs long`. */
export const long = { tag: '@long' };

/**
 * @typedef {object} OfTest
 * @property {Awaited<ReturnType<typeof startBench>>} bench
 * @property {boolean} shares whether the tests of this file do with the window of the file before, if that one shares as well
 */

/**
 * @typedef {object} OfWorker
 * @property {string} vsix the packed extension
 * @property {string} chromium path of the browser
 * @property {boolean} alone whether each test gets a window and a workspace of its own
 * @property {{bench: OfTest['bench'], file: string, shared: boolean}} worker the file that the open windows belong to, and whether it shares
 */

/** Leaves the windows as the next test expects them. @param {OfWorker['worker']} worker @param {{file: string, shares: boolean, alone: boolean}} next */
async function turnTo(worker, { file, shares, alone }) {
  if (alone || (worker.file !== file && !(worker.shared && shares))) await worker.bench.closeWindows();
  else if (worker.file !== file) await worker.bench.clearWindow();
  Object.assign(worker, { file, shared: shares });
}

/** @type {import('@playwright/test').Fixtures<OfTest, OfWorker>} */
const fixtures = {
  vsix: ['', { option: true, scope: 'worker' }],
  chromium: ['', { option: true, scope: 'worker' }],
  alone: [false, { option: true, scope: 'worker' }],
  shares: [false, { option: true }],

  worker: [
    async ({ vsix, chromium }, use) => {
      const bench = await startBench(vsix, chromium);
      await use({ bench, file: '', shared: false });
      await bench.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  bench: async ({ worker, alone, shares }, use, info) => {
    const { bench } = worker;
    await turnTo(worker, { file: info.file, shares, alone });
    const before = bench.assertions();
    await use(bench);
    if (info.status !== info.expectedStatus) {
      await bench.photograph(info.outputPath('failed.png'));
      return;
    }
    if (bench.assertions() === before) throw new Error('The test asserted nothing.');
    bench.check.deepEqual(bench.askedElsewhere(), [], 'a page asked something of another machine');
  },
};

export const test = base.extend(fixtures);
