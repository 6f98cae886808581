// The Patching tab: a second prompt is typed or chosen, prompts of different length are handled, and the numbers are the command line's.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { number, onTab, openTab, press, ready, tables } from '../panel.mjs';

const file = 'patched.txt';
const text = 'The capital of France is';
const second = 'second.txt';

/** Makes the workspace a repository with one commit, in which the file is about Germany. @returns false without git */
function commit(bench) {
  const git = (...args) => execFileSync('git', args, { cwd: bench.workspace, stdio: 'ignore' });
  const settings = { ...JSON.parse(bench.initialSettings), 'git.enabled': true };
  fs.writeFileSync(bench.server.settingsFile, JSON.stringify(settings));
  bench.write(file, text.replace('France', 'Germany'));
  try {
    git('init');
  } catch {
    return false;
  }
  git('add', file);
  git('-c', 'user.name=Test', '-c', 'user.email=test@localhost', 'commit', '-m', 'A prompt');
  return true;
}

let committed = false;

async function opened(bench) {
  if (bench.windows.length === 0) committed = commit(bench);
  bench.write(file, text);
  const [window] = await Promise.all([bench.shared({ open: file }), bench.tokens(file)]);
  await window.openFile(file);
  await onTab(bench, window, 'patching');
  await window.panel.locator('.patch-prompts').waitFor({ timeout: 90_000 });
  return window;
}

/** Opens the list of second prompts from the panel. @returns the row with these words */
async function offered(window, words) {
  await window.panel.locator('button.link, vscode-button', { hasText: 'Choose a File…' }).first().click();
  return window.page.locator('.quick-input-widget .monaco-list-row', { hasText: words }).first();
}

async function writeSecond(panel, words) {
  const area = panel.locator('.patch-area');
  if (!(await area.isVisible())) await panel.locator('button.link', { hasText: 'Edit the Second Prompt' }).click();
  await area.fill(words);
}

/** Checks that the panel's residual map is that of `prompt-lens patch`. */
async function sameMap(bench, window, from) {
  bench.write(second, from);
  const { result } = await bench.cli('patch', file, '--from', second);
  await ready(window, await bench.tokens(file), 120_000);
  const [{ columns, rows }] = await tables(window.panel);
  const [position, row, recovered] = ['position', 'row', 'recovered'].map((name) => columns.indexOf(name));
  bench.check.ok(rows.length >= result.scores.length, `${rows.length} rows`);
  for (const each of rows) {
    const exact = result.scores[Number(each[row])][Number(each[position]) - 1];
    bench.check.ok(Math.abs(number(each[recovered]) - exact) < 2e-3, `${each} for ${exact}`);
  }
}

const runButton = (panel) => panel.locator('.patch-form vscode-button', { hasText: 'Run' });

/** Compares the prompt with the same words about another country. */
async function paired(panel, country) {
  await writeSecond(panel, text.replace('France', country));
  await until('a word on the lengths', async () =>
    /as many tokens as this prompt/.test(await panel.locator('#patch-count').innerText()),
  );
  await runButton(panel).click();
  await panel.locator('.patch-places .patch-place').first().waitFor({ timeout: 120_000 });
}

test('a second prompt typed into the panel gives the command line’s map', async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { panel } = window;
  check.equal(await panel.locator('.patch-area').inputValue(), text);
  check.ok(await runButton(panel).evaluate((button) => button.disabled), 'a copy of the prompt says nothing');
  await paired(panel, 'Italy');
  await sameMap(bench, window, text.replace('France', 'Italy'));
});

test('prompts of different length: what to change, and no map', async ({ bench }) => {
  const { check } = bench;
  const { panel } = await opened(bench);
  await writeSecond(panel, 'The capital of the United States is');
  await until('too many', async () => /too many/.test(await panel.locator('#patch-count').innerText()));
  await runButton(panel).click();
  const words = panel.locator('.patch-lengths');
  await words.waitFor({ timeout: 60_000 });
  check.match(await words.innerText(), /The lengths differ/);
  check.match(await words.innerText(), /stands for ·France \(1 token\): take 2 tokens away there\./);
  check.equal(await panel.locator('.patch-holder svg').isVisible(), false);
  check.ok(await panel.locator('.patch-area').isVisible(), 'the second prompt can be mended at once');
});

test('heads, a place and its chip', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { panel } = window;
  const places = panel.locator('.patch-places .patch-place');
  if ((await places.count()) === 0) await paired(panel, 'Italy');
  await ready(window, await bench.tokens(file), 120_000);
  await places.first().click();
  const chip = panel.locator('.chip', { hasText: 'Place' });
  await chip.waitFor();
  await press(panel, 'Patch', 'heads');
  const [{ rows }] = await tables(panel);
  const { model } = await bench.cli('info');
  check.equal(rows.length, model.layers * model.heads);
  check.ok(
    rows.every((row) => !Number.isNaN(number(row[2]))),
    'every head has its exact share',
  );
  await places.first().click();
  await panel.locator('button.link', { hasText: 'Show This Head’s Attention' }).click();
  check.ok(await until('the tab Attention', () => panel.locator('#tab-attention[aria-selected="true"]').count()));
  await openTab(panel, 'patching');
  await press(panel, 'Patch', 'residual');
});

test('a second prompt from the last commit, the list and a file', long, async ({ bench }) => {
  const window = await opened(bench);
  const { panel } = window;
  const pair = (country) =>
    until(country, async () => (await panel.locator('.patch-pair').innerText()).includes(country));
  await (await offered(window, 'Its version in the last commit')).click();
  if (committed) await pair('Germany');
  else await until('no repository', async () => /no committed version/.test((await window.errorToasts()).join()));
  const place = bench.write(second, text.replace('France', 'Italy'));
  // A file that is opened replaces whatever has the focus, which may be the panel.
  await window.focusEditor(file);
  await window.openFile(second);
  await window.openFile(file);
  await (await offered(window, second)).click();
  await pair('Italy');
  const spain = text.replace('France', 'Spain');
  fs.writeFileSync(place, spain);
  await (await offered(window, 'Browse for a file…')).click();
  await window.chooseFile(place);
  await pair('Spain');
  await sameMap(bench, window, spain);
});

test('an estimate first, exact shares filled in, and Cancel keeps both', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { panel } = window;
  const long = `${'The capital of Spain is Madrid. '.repeat(6)}${text}`;
  await window.focusEditor(file);
  await window.replaceText(long);
  await writeSecond(panel, long.replace('of Spain', 'of Italy').replace('France', 'Poland'));
  await runButton(panel).click();
  const running = panel.locator('.scroll .banner', { hasText: 'Partial results; the rest will follow' });
  await running.waitFor({ timeout: 60_000 });
  await panel.locator('.legend', { hasText: 'first-order preview, filled when exact' }).waitFor();
  const shares = async () => {
    const [{ columns, rows }] = await tables(panel);
    const known = (name) => rows.filter((row) => !Number.isNaN(number(row[columns.indexOf(name)]))).length;
    return { all: rows.length, exact: known('recovered'), preview: known('preview') };
  };
  await until('some exact shares', async () => (await shares()).exact > 0, 60_000);
  await running.locator('vscode-button', { hasText: 'Cancel' }).click();
  const words = panel.locator('.scroll .banner', { hasText: 'Cancelled.' });
  await words.waitFor();
  check.match(await words.innerText(), /The results shown are partial/);
  const { all, exact, preview } = await shares();
  check.equal(preview, all);
  check.ok(exact > 0 && exact < all, `${exact} of ${all} shares are exact`);
  await window.focusEditor(file);
  await window.replaceText(text);
  await window.page.keyboard.press('Control+S');
});
