// The Saliency tab: its scores are the command line's for every unit, operator, scope and target; it shares its selection with the
// editor and marks the editor's text.
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { chooseFrom, chooseIn, number, onTab, openTab, press, ready, tables, typeInto, visible } from '../panel.mjs';
import { drawnUnits, onlyKnockout, openedSaliency, sameScores } from '../saliency.mjs';

test.use({ shares: true });

const file = 'sentiment.txt';
const text = 'Review: The film was dull and far too long.\nSentiment:';
const slotted = 'story.prompt';
const chat = 'saliency.prompt.md';
const chatText = '---\nname: mood\n---\nIs a dull film a good film? Answer in one word.\n';

/** Puts a file of the workspace in front, with its scores by knock-out alone on the panel. */
async function opened(bench, name = file, content = text) {
  const window = await openedSaliency(bench, name, content);
  await onlyKnockout(window.panel);
  return window;
}

/** The explained target, read from the heading over the text: `log p(·negative) = −2.43`. */
const formula = (panel) => panel.locator('#view .saliency-column h2 small').first().innerText();

/** Types into a column of the target's popover: 0 is the explained text, 1 its contrast. */
async function explain(panel, column, words) {
  const form = panel.locator('.popover .target-form');
  if ((await form.count()) === 0) await panel.locator('.chip.target .chip-open').click();
  await typeInto(form.locator('.target-column').nth(column), words);
}

/** Explains the answer No as against Yes in the panel. @returns the arguments that ask the command line for the same */
async function noRatherThanYes(panel) {
  await explain(panel, 0, ' No');
  await explain(panel, 1, ' Yes');
  await panel.locator('.popover').press('Escape');
  return ['--target', ' No', '--contrast', ' Yes'];
}

/** A word of the text, as drawn on its stave. */
const word = (panel, letters) => panel.locator('svg.saliency-staves text.mono', { hasText: letters }).first();

/** The kinds of boxes behind the editor's text: each decoration, of tints or of saliency, has its own class. */
async function marks(window) {
  const boxes = window.page.locator('.editor-group-container .view-overlays .cdr');
  const kinds = await boxes.evaluateAll((each) => each.map(({ className }) => className));
  return [...new Set(kinds)].filter((kind) => /TextEditorDecorationType/i.test(kind) || /\bced-/.test(kind)).sort();
}

test('the code lens asks why, and every method answers', async ({ bench }) => {
  const { check } = bench;
  bench.write(file, text);
  const [window, { result, prompt }] = await Promise.all([
    bench.shared({ open: file }),
    bench.cli('probabilities', file),
  ]);
  await onTab(bench, window, 'probabilities');
  await ready(window, prompt.tokens.length, 90_000);
  const likeliest = result.next[0].text.trim();
  await window.page.locator('.codelens-decoration a', { hasText: `Why “${likeliest}”?` }).click();
  await until('the tab Saliency', () => window.panel.locator('#tab-saliency[aria-selected="true"]').count());
  await ready(window, prompt.tokens.length, 120_000);
  const [units, curves, agreement] = await tables(window.panel);
  check.equal(units.columns[3], 'Knock-out');
  // The answer is read inside the last unit, where knock-out closes nothing; every other unit has a number.
  const unknown = units.rows.map((row) => row.slice(3).flatMap((cell, at) => (/\d/.test(cell) ? [] : [at])));
  check.deepEqual(unknown, [...units.rows.slice(1).map(() => []), [0, 1]]);
  check.equal(agreement.rows.length, 4);
  check.ok(curves.rows.length > 3, `${curves.rows.length} points of the deletion curves`);
});

test('one selection with the editor', async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { panel } = window;
  await word(panel, 'dull').click();
  await until('the mark on the word', () => panel.locator('svg.saliency-staves rect.locked').count());
  check.match(await panel.locator('.saliency-line').innerText(), /^dull/);
  const at = text.indexOf('dull');
  await window.focusEditor(file);
  const expected = `Ln 1, Col ${at + 5}`;
  check.ok(await until(expected, async () => (await window.cursor()).startsWith(expected)));
  await window.page.keyboard.press('Control+Home');
  for (let step = 0; step < text.indexOf('film') + 1; step++) await window.page.keyboard.press('ArrowRight');
  const band = panel.locator('svg.saliency-staves rect.cursor');
  check.ok(
    await until('the band on the word under the cursor', async () => {
      const under = await word(panel, 'film').boundingBox();
      const box = await band.first().boundingBox();
      return box && under && Math.abs(box.x - under.x) < 6 && Math.abs(box.y - under.y) < 20;
    }),
  );
});

test('marks in the editor, on and off', async ({ bench }) => {
  const window = await opened(bench);
  const box = window.panel.locator('vscode-checkbox', { hasText: 'Show in the editor' });
  const without = await marks(window);
  await box.click();
  const added = async () => (await marks(window)).filter((kind) => !without.includes(kind)).length;
  await until('marks for and against in the editor', async () => (await added()) > 2);
  await window.screenshot('saliency-in-editor');
  await window.command(bench.title('promptLens.toggleSaliencyInEditor'));
  bench.check.ok(await until('no marks any more', async () => String(await marks(window)) === String(without)));
  bench.check.equal(await box.evaluate((element) => element.checked), false);
});

test('a target and a contrast chosen among the likely answers on the Probabilities tab', long, async ({ bench }) => {
  const window = await opened(bench);
  const { panel } = window;
  const [first, second] = (await bench.cli('probabilities', file)).result.next.map(({ text: words }) => words);
  await openTab(panel, 'probabilities');
  await panel.locator('.chip.target .chip-open').click();
  for (const [group, words] of [
    ['Explain', first],
    ['Against', second],
  ]) {
    const rows = panel.locator(`.target-list[aria-label="${group}"] button`);
    await rows.filter({ has: window.page.getByText(visible(words), { exact: true }) }).click();
  }
  await panel.locator('.popover').press('Escape');
  await openTab(panel, 'saliency');
  const options = ['--by', 'word', '--scope', 'user', '--target', first, '--contrast', second];
  const { target } = await sameScores(bench, window, file, ...options);
  const value = target.logprob - target.contrast.logprob;
  const shown = await formula(panel);
  bench.check.ok(shown.startsWith(`log p(${visible(first)}) − log p(${visible(second)}) = `), shown);
  bench.check.ok(Math.abs(number(shown.split('= ')[1]) - value) < 6e-3, `${shown} for ${value}`);
});

test('style, range and methods change the picture and not the numbers', long, async ({ bench }) => {
  const { check } = bench;
  const { panel } = await opened(bench);
  const before = await drawnUnits(panel);
  const scored = before.filter(({ score }) => !Number.isNaN(score)).length;
  const staves = panel.locator('svg.saliency-staves');
  const drawn = (kind) => until(`marks of the kind ${kind}`, () => staves.locator(`.${kind}`).count());
  check.ok((await drawn('bar')) >= scored);
  const cut = panel.locator('#view .saliency-column .legend').first();
  const wide = await cut.innerText();
  await panel.locator('input[type="range"][aria-label="Range"]').fill('0.3');
  await until('another end of the scale', async () => (await cut.innerText()) !== wide);
  await press(panel, 'Style', 'heat');
  check.ok((await drawn('tint')) >= scored);
  await press(panel, 'Style', 'underline');
  check.ok(await drawn('rule'));
  await press(panel, 'Style', 'bars');
  await panel.locator('button.choice[aria-label^="Methods"]').click();
  await panel.locator('.menu.checks button[data-value="input"]').click();
  await panel.locator('.menu.checks').press('Escape');
  await until('a lane of the new method', () => staves.locator('text.m', { hasText: /^grad$/ }).count(), 60_000);
  const again = async () => JSON.stringify(await drawnUnits(panel)) === JSON.stringify(before);
  check.ok(await until('the same scores of the first method', again, 60_000));
});

test('the scores are the command line’s, by every unit and operator', long, async ({ bench }) => {
  const window = await opened(bench);
  const { panel } = window;
  await sameScores(bench, window, file, '--by', 'word', '--scope', 'user');
  await press(panel, 'Unit', 'token');
  await chooseIn(panel, 'Operator', 'delete');
  await sameScores(bench, window, file, '--by', 'token', '--operator', 'delete', '--scope', 'user');
  await press(panel, 'Unit', 'line');
  await chooseIn(panel, 'Operator', 'replace by a space');
  await sameScores(bench, window, file, '--by', 'line', '--operator', 'replace', '--scope', 'user');
  await press(panel, 'Unit', 'word');
  await chooseIn(panel, 'Operator', 'knock out attention');
});

test('a chat: the user’s own words, or everything', long, async ({ bench }) => {
  const window = await opened(bench, chat, chatText);
  const options = ['--by', 'sentence', ...(await noRatherThanYes(window.panel))];
  await press(window.panel, 'Unit', 'sentence');
  await chooseIn(window.panel, 'Scope', 'your text');
  const own = await sameScores(bench, window, chat, ...options, '--scope', 'user');
  await chooseIn(window.panel, 'Scope', 'everything, with the template');
  const all = await sameScores(bench, window, chat, ...options, '--scope', 'all');
  bench.check.ok(all.units.length > own.units.length, `${all.units.length} and ${own.units.length} units`);
  await chooseIn(window.panel, 'Scope', 'your text');
});

test('what filled each of the template’s variables, as one unit', long, async ({ bench }) => {
  const { check } = bench;
  const source = fs.readFileSync(path.join(bench.workspace, slotted), 'utf8');
  const window = await opened(bench, slotted, source);
  await chooseFrom(window.panel.locator('.saliency-more vscode-dropdown'), 'Template values');
  const options = await noRatherThanYes(window.panel);
  const { units } = await sameScores(bench, window, slotted, '--by', 'slot', '--scope', 'user', ...options);
  check.deepEqual(
    units.map(({ text: words }) => words),
    [' a snail', ' the moon'],
  );
  await press(window.panel, 'Unit', 'word');
});
