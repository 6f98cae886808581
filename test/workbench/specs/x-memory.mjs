// What belongs to a file comes back with the file: baseline, target, lock, continuation, results; and the panel keeps its place.

import { long, test } from '../fixtures.mjs';
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

test('a panel that was opened first is neither covered by a file nor covers one', long, async ({ bench }) => {
  const { check } = bench;
  write(bench);
  const window = await bench.window();
  await window.command(bench.title('promptLens.openPanel'));
  await window.panel.locator('.state').waitFor({ timeout: 60_000 });
  const groups = () =>
    window.page
      .locator('.editor-group-container')
      .evaluateAll((all) =>
        all.map((group) => [...group.querySelectorAll('.tab')].map((tab) => tab.getAttribute('data-resource-name'))),
      );
  for (const file of [first, second]) {
    await window.openFile(file);
    await at(bench, window, file);
    check.equal(await window.panel.locator('.lens').isVisible(), true);
  }
  const [texts, own, ...more] = await groups();
  check.deepEqual(texts, [first, second]);
  check.equal(own.length, 1);
  check.deepEqual(more, []);
  check.ok(await window.inFront(second));
});

test('by keyboard alone: into the panel, along its tabs, through the target’s dialog', long, async ({ bench }) => {
  const { check } = bench;
  write(bench);
  const window = await bench.window();
  const { panel, page } = window;
  await window.openFile(first);
  await window.command(bench.title('promptLens.showProbabilities'));
  await at(bench, window, first);
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+Alt+l');
  await until('the keyboard on the tab in front', () => panel.locator('#tab-probabilities:focus').count());
  for (const [key, tab] of [
    ['ArrowRight', 'attention'],
    ['ArrowLeft', 'probabilities'],
  ]) {
    await page.keyboard.press(key);
    await until(`the tab ${tab}`, () => panel.locator(`#tab-${tab}[aria-selected="true"]:focus`).count());
  }
  const face = panel.locator('.chip.target .chip-open');
  const field = panel.locator('.popover .target-column').first().locator('vscode-text-field input');
  await face.focus();
  await page.keyboard.press('Enter');
  await field.focus();
  await page.keyboard.press('Escape');
  await until('the dialog closed by Esc in its field', async () => (await panel.locator('.popover').count()) === 0);
  check.equal(await panel.locator('.chip-open:focus').count(), 1);
  await page.keyboard.press('Enter');
  await field.focus();
  await page.keyboard.type(' odd');
  await page.keyboard.press('Enter');
  await until('the dialog closed by Enter', async () => (await panel.locator('.popover').count()) === 0);
  // The word is not among the likeliest, and has its probability all the same.
  await until('the target with its probability', async () => /·odd\s*(\.\d|\de)/.test(await chips(panel)));
  check.deepEqual(window.errors, []);
});
