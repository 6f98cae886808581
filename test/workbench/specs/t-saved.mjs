// A run that was saved opens again as it was, without the model.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { nextTokens, onTab, ready, token } from '../panel.mjs';

const saved = 'kept.lens.json';

/** Saves what the panel shows from its menu of exports. @returns the file's absolute path */
async function save(bench, window) {
  const file = path.join(bench.workspace, saved);
  await window.panel.locator('.foot .acts button', { hasText: 'Export' }).click();
  await window.panel.locator('.menu button', { hasText: 'Saved Run' }).click();
  await window.chooseFile(file);
  await until('the run written', () => fs.existsSync(file));
  return file;
}

/** The run of a file with a result that is not as it should be, and a digest that is right. */
function malformed(file) {
  const { promptLensRun, digest: _, ...body } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const results = { probabilities: { prompt: body.results.probabilities.prompt } };
  const changed = inOrder({ ...body, results });
  const digest = createHash('sha256').update(JSON.stringify(changed)).digest('hex');
  return JSON.stringify({ promptLensRun, digest, ...changed });
}

/** The value with its keys in the order in which the digest takes them. */
function inOrder(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key])]));
}

test('a saved run opens from the explorer as it was, without an engine, and says when its text has changed', async ({
  bench,
}) => {
  const { check } = bench;
  const prompt = bench.write('kept.txt', 'The capital of France is');
  const window = await bench.window({ open: 'kept.txt' });
  const { panel, page } = window;
  await onTab(bench, window, 'probabilities');
  await ready(window, await bench.tokens('kept.txt'), 90_000);
  await token(panel, 3).click();
  await until('the lock', async () => /Locked/.test(await panel.locator('.chips').innerText()));
  const before = await nextTokens(panel);
  check.ok(before.length >= 5, `${before.length} rows`);
  const file = await save(bench, window);
  check.deepEqual(
    fs.readdirSync(bench.workspace).filter((name) => /lens/.test(name)),
    [saved],
  );
  await window.command('View: Close All Editors');
  await window.reload();
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: saved }).dblclick();
  const recorded = panel.locator('.file-recorded');
  await recorded.waitFor({ timeout: 60_000 });
  check.match(await recorded.innerText(), /^Recorded on [^;]+$/);
  check.deepEqual(await nextTokens(panel), before);
  check.match(await panel.locator('.chips').innerText(), /Locked\s*·France/);

  fs.writeFileSync(prompt, 'The capital of Italy is');
  await until('the change of the text', async () => /; the text has changed since$/.test(await recorded.innerText()));
  check.deepEqual(await nextTokens(panel), before);
  check.deepEqual(bench.engines(), []);
  await window.screenshot('saved-run');

  fs.writeFileSync(path.join(bench.workspace, 'wrong.lens.json'), malformed(file));
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'wrong.lens.json' }).dblclick();
  await until('a sentence', async () => /cannot be drawn/.test(await panel.locator('.scroll').innerText()));
  check.deepEqual(await window.errorToasts(), []);
});

test('a saved run that a new window opens at once is shown as a picture', long, async ({ bench }) => {
  const { check } = bench;
  bench.write('first.txt', 'The capital of France is');
  await bench.say('probabilities', 'first.txt', '--run', path.join(bench.workspace, 'first.lens.json'));
  const window = await bench.window({ open: 'first.lens.json' });
  await window.panel.locator('.file-recorded').waitFor({ timeout: 60_000 });
  check.ok((await nextTokens(window.panel)).length >= 5);
  check.equal(await window.page.locator('.tabs-container .tab').count(), 1);
  check.deepEqual(window.errors, []);
});
