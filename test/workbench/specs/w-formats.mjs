// Files of several formats in the editor: the button in the title, tints only where the prompt stands, the cursor that chooses a prompt,
// Windows line ends, and a file that is changed on the disk, renamed and deleted while it is open.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { failure, ready, showsFile, tokens } from '../panel.mjs';

const row = (word) => JSON.stringify({ messages: [{ role: 'user', content: `Name ${word} of the far north.` }] });

/** Each file with the words that must not come under the lens. */
const files = {
  'trip.prompty': {
    text: '---\nname: Trip\nsample:\n  city: Oslo\n---\nsystem:\nYou know every harbour.\n\nuser:\nDescribe {{city}} in five words.\n',
    absent: /name: Trip|sample/,
  },
  'story.prompt': {
    text: '---\ninput:\n  default:\n    hero: Mira\n---\nTell a story of {{hero}}, who sails.\n',
    absent: /default/,
  },
  'shorten.prompt.yml': {
    text: 'name: Shorten\nmodel: openai/gpt-4o\nmessages:\n  - role: system\n    content: You shorten every text.\n  - role: user\n    content: |\n      Shorten it:\n      {{input}}\ntestData:\n  - input: A long text of the sea.\n',
    absent: /openai|testData/,
  },
  'release.instructions.md': {
    text: '---\napplyTo: "docs/**"\n---\n# Release notes\n\nWrite in the past tense.\n',
    absent: /applyTo/,
  },
  'tutor.modelfile': {
    text: 'FROM llama3.2\nPARAMETER temperature 0.3\nSYSTEM """\nYou are a patient tutor.\n"""\nMESSAGE user Is four even?\n',
    absent: /FROM|temperature/,
  },
};

async function opened(bench) {
  if (bench.windows.length > 0) return bench.windows[0];
  bench.write('good.txt', 'A good file is');
  for (const [name, { text }] of Object.entries(files)) bench.write(name, text);
  bench.write('list.json', `[\n  ${row('a fish')},\n  ${row('two birds')}\n]\n`);
  bench.write('train.jsonl', `${row('a stone')}\n${row('two trees')}\n`);
  const [window, count] = await Promise.all([bench.window({ open: 'good.txt' }), bench.tokens('good.txt')]);
  await window.command(bench.title('promptLens.showProbabilities'));
  await ready(window, count);
  return window;
}

const drawn = async ({ panel }) => (await tokens(panel)).map(({ text }) => text.replace(/[↵\n]/g, '')).join('');
const button = ({ page }) => page.locator('.editor-actions a[aria-label^="Open Panel"]');

async function shows(bench, window, name, ...options) {
  await showsFile(window, name);
  await ready(window, (await bench.cli('tokens', name, ...options)).prompt.tokens.length);
}

/** Numbers, from 1, of the lines on which the lens has put a tint. */
async function tintedLines({ page }) {
  const rows = await page
    .locator('.editor-group-container .editor-instance')
    .first()
    .evaluate((editor) => {
      const numbers = new Map();
      for (const each of editor.querySelectorAll('.margin-view-overlays > div')) {
        const number = Number(each.querySelector('.line-numbers')?.textContent);
        if (number > 0) numbers.set(/** @type {HTMLElement} */ (each).style.top, number);
      }
      return [...editor.querySelectorAll('.view-overlays > div')].flatMap((each) => {
        const marks = [...each.querySelectorAll('.cdr')].filter(({ className }) => /\bced-/.test(className));
        const { top } = /** @type {HTMLElement} */ (each).style;
        return marks.length > 0 && numbers.has(top) ? [numbers.get(top)] : [];
      });
    });
  return rows.sort((one, other) => one - other);
}

/** The lines that must have a tint, because a surprising token with letters stands there, and those that may have one. */
async function rightLines(bench, name, text) {
  const { prompt, result } = await bench.cli('probabilities', name);
  const must = new Set();
  const may = new Set();
  prompt.tokens.forEach(({ source, text: letters }, position) => {
    if (!source) return;
    const first = text.slice(0, source[0]).split('\n').length;
    const last = text.slice(0, source[1]).split('\n').length;
    for (let line = first; line <= last; line++) may.add(line);
    const logprob = result.logprob[position];
    if (position > 0 && logprob !== null && logprob < -0.75 && first === last && /\S/.test(letters)) must.add(first);
  });
  return { must, may };
}

async function tintsAreRight(bench, window, name, text) {
  const { must, may } = await rightLines(bench, name, text);
  bench.check.ok(must.size > 0);
  await until(`the tints of ${name}`, async () => {
    const lines = await tintedLines(window);
    return [...must].every((line) => lines.includes(line)) && lines.every((line) => may.has(line));
  });
}

for (const [name, { text, absent }] of Object.entries(files)) {
  test(`${name}: the button in the title, and tints on its prompt alone`, async ({ bench }) => {
    const window = await opened(bench);
    await window.openFile(name);
    await shows(bench, window, name);
    bench.check.ok(await until('the button', () => button(window).count()));
    bench.check.doesNotMatch(await drawn(window), absent);
    await tintsAreRight(bench, window, name, text);
  });
}

test('in a list of conversations and in JSON Lines the cursor chooses the prompt', async ({ bench }) => {
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
  const text = files['trip.prompty'].text.replaceAll('\n', '\r\n');
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
  bench.write('old.prompt', files['story.prompt'].text);
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
