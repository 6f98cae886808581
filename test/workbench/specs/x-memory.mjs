// What belongs to a file comes back with the file: baseline, target, lock, continuation, results; and the panel keeps its place.

import { test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { nextTokens, ready, showsFile, token } from '../panel.mjs';

const [first, second] = ['memory-a.txt', 'memory-b.txt'];

function write(bench) {
  bench.write(first, 'Review: The film was dull and far too long.\nSentiment:');
  bench.write(second, 'The capital of France is');
}

const chips = (panel) => panel.locator('.chips').innerText();
const rows = (panel) => panel.locator('.gen-row .gen-tokens').allInnerTexts();

/** Waits for the numbers of a file. */
async function at(bench, window, file) {
  await showsFile(window, file);
  await ready(window, await bench.tokens(file), 90_000);
}

async function typeTarget(panel, words) {
  await panel.locator('.chip.target .chip-open').click();
  const field = panel.locator('.popover .target-column').first().locator('vscode-text-field input');
  await field.fill(words);
  await field.press('Enter');
}

/** Whether everything that was chosen for the first file is there again. */
async function hasAll(panel) {
  const words = await chips(panel);
  return /Locked/.test(words) && /·odd/.test(words) && /pinned/.test(words) && (await rows(panel)).length === 1;
}

test('another file and back, and a reload, keep baseline, target, lock and continuation', async ({ bench }) => {
  const { check } = bench;
  write(bench);
  const window = await bench.window();
  const { panel } = window;
  await window.openFile(first);
  await window.command(bench.title('promptLens.showProbabilities'));
  await at(bench, window, first);
  await typeTarget(panel, ' odd');
  await window.command(bench.title('promptLens.pinBaseline'));
  await until('the baseline', async () => /pinned/.test(await chips(panel)));
  await token(panel, 5).click();
  await until('the lock', async () => /Locked/.test(await chips(panel)));
  await window.command(bench.title('promptLens.generate'));
  const written = await until('the continuation', async () => {
    const [row] = await rows(panel);
    return row && !row.includes('…') && (await hasAll(panel)) ? row : null;
  });

  await window.openFile(second);
  await at(bench, window, second);
  const other = await chips(panel);
  check.ok(!/Locked|odd|pinned/.test(other), other);
  check.deepEqual(await rows(panel), []);

  await window.openFile(first);
  await at(bench, window, first);
  await until('everything of the first file', () => hasAll(panel));
  check.deepEqual(await rows(panel), [written]);

  await window.reload();
  await at(bench, window, first);
  await until('everything of the first file after the reload', () => hasAll(panel), 60_000);
  check.deepEqual(await rows(panel), [written]);
  check.equal((await nextTokens(panel)).length, 6);
  check.deepEqual(await window.errorToasts(), []);
  check.deepEqual(window.errors, []);
});
