// Prompt files in the editor: the cursor that chooses a prompt, Windows line ends, and a file that is changed on the disk, renamed and
// deleted while it is open.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { drawn, shows, tintsAreRight } from '../formats.mjs';
import { until } from '../lab.mjs';
import { failure, ready, showsFile } from '../panel.mjs';

const row = (word) => JSON.stringify({ messages: [{ role: 'user', content: `Name ${word} of the far north.` }] });

const trip =
  '---\nname: Trip\nsample:\n  city: Oslo\n---\nsystem:\nYou know every harbour.\n\nuser:\nDescribe {{city}} in five words.\n';
const story = '---\ninput:\n  default:\n    hero: Mira\n---\nTell a story of {{hero}}, who sails.\n';

async function opened(bench) {
  if (bench.windows.length > 0) return bench.windows[0];
  bench.write('good.txt', 'A good file is');
  bench.write('trip.prompty', trip);
  bench.write('list.json', `[\n  ${row('a fish')},\n  ${row('two birds')}\n]\n`);
  bench.write('train.jsonl', `${row('a stone')}\n${row('two trees')}\n`);
  const [window, count] = await Promise.all([bench.window({ open: 'good.txt' }), bench.tokens('good.txt')]);
  await window.command(bench.title('promptLens.showProbabilities'));
  await ready(window, count);
  return window;
}

test('in a list of conversations and in JSON Lines the cursor chooses the prompt', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  for (const [name, option, words] of [
    ['list.json', '--prompt', ['a fish', 'two birds']],
    ['train.jsonl', '--line', ['a stone', 'two trees']],
  ]) {
    await window.openFile(name);
    await window.focusEditor(name);
    await window.page.keyboard.press('Control+Home');
    await shows(bench, window, name);
    check.match(await drawn(window), new RegExp(words[0]));
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('ArrowDown');
    await until(`the second of ${name}`, async () => (await drawn(window)).includes(words[1]), 60_000);
    await shows(bench, window, name, option, '2');
    check.ok(!(await drawn(window)).includes(words[0]));
  }
});

test('Windows line ends: the tokens of plain ones, tints on their lines, and a change on the disk is read', async ({
  bench,
}) => {
  const { check } = bench;
  const window = await opened(bench);
  const name = 'windows.prompty';
  const text = trip.replaceAll('\n', '\r\n');
  bench.write(name, text);
  await window.openFile(name);
  await showsFile(window, name);
  await ready(window, await bench.tokens('trip.prompty'));
  await tintsAreRight(bench, window, name, text);
  const changed = text.replace('five words', 'seven long words');
  bench.write(name, changed);
  await until('the change', async () => /seven long words/.test(await drawn(window)), 60_000);
  await shows(bench, window, name);
  check.doesNotMatch(await drawn(window), /\\r/);
  await tintsAreRight(bench, window, name, changed);
});

test('a file renamed in the explorer is followed under its new name, and its deletion is told', async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  bench.write('old.prompt', story);
  await window.openFile('old.prompt');
  await shows(bench, window, 'old.prompt');
  await window.command('File: Reveal Active File in Explorer View');
  const line = window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'old.prompt' });
  await line.click();
  await window.page.keyboard.press('F2');
  const box = window.page.locator('.explorer-folders-view input');
  await box.fill('new.prompt');
  await box.press('Enter');
  await until('its new name in front', () => window.inFront('new.prompt'));
  await shows(bench, window, 'new.prompt');
  rmSync(path.join(bench.workspace, 'new.prompt'));
  const said = await until('that it is gone', () => failure(window.panel), 60_000);
  check.equal(said, 'new.prompt was closed or deleted.');
});
