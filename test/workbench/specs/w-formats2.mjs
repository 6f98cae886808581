// Every format of the table, opened from the explorer: the button in the title, the entries of the context menu, the code lens, and tints
// on its prompt alone.
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from '../../../scripts/setup.mjs';
import { long, test } from '../fixtures.mjs';
import { drawn, shows, tintsAreRight } from '../formats.mjs';
import { until } from '../lab.mjs';
import { ready } from '../panel.mjs';

const bundle = await esbuild.build({
  entryPoints: [path.join(root, 'src/document/formats.ts')],
  bundle: true,
  format: 'esm',
  write: false,
});
/** @type {{formatList: [string, object][]}} */
const { formatList } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].text).toString('base64')}`
);

const row = (word) => JSON.stringify({ messages: [{ role: 'user', content: `Name ${word} of the far north.` }] });

/** A file of each format, with the words that must not come under the lens. */
const files = {
  raw: ['harbours.md', 'Every harbour of the north has a lamp.\n', /^$/],
  promptMd: ['rename.prompt.md', '---\nmode: agent\n---\nRename every harbour of the north.\n', /agent/],
  customMd: [
    'release.instructions.md',
    '---\napplyTo: "docs/**"\n---\n# Release notes\n\nWrite in the past tense.\n',
    /applyTo/,
  ],
  prompty: [
    'trip.prompty',
    '---\nname: Trip\nsample:\n  city: Oslo\n---\nsystem:\nYou know every harbour.\n\nuser:\nDescribe {{city}} in five words.\n',
    /name: Trip|sample/,
  ],
  dotprompt: [
    'story.prompt',
    '---\ninput:\n  default:\n    hero: Mira\n---\nTell a story of {{hero}}, who sails.\n',
    /default/,
  ],
  chatJson: [
    'chat.json',
    `{\n  "model": "x",\n  "messages": ${JSON.stringify([JSON.parse(row('a fish')).messages[0]])}\n}\n`,
    /model/,
  ],
  jsonLines: ['train.jsonl', `${row('a stone')}\n${row('two trees')}\n`, /messages|trees/],
  promptYaml: [
    'shorten.prompt.yml',
    'name: Shorten\nmodel: openai/gpt-4o\nmessages:\n  - role: system\n    content: You shorten every text.\n  - role: user\n    content: |\n      Shorten it:\n      {{input}}\ntestData:\n  - input: A long text of the sea.\n',
    /openai|testData/,
  ],
  yaml: [
    'harbour.yaml',
    'name: Harbour\ntemplate_format: handlebars\ntemplate: |\n  {{#if deep}}Name a deep harbour.{{/if}}\n  Be brief about it.\ninput_variables:\n  - name: deep\n    default: yes\n',
    /template_format|#if/,
  ],
  skprompt: ['skprompt.txt', '<message role="user">Name {{$what}} of the far north.</message>\n', /message role/],
  jinja: [
    'chat.jinja2',
    '# system:\nYou know every harbour.\n\n# user:\n{% if true %}Name a deep one.{% endif %}\n',
    /if true/,
  ],
  modelfile: [
    'tutor.modelfile',
    'FROM llama3.2\nPARAMETER temperature 0.3\nSYSTEM """\nYou are a patient tutor.\n"""\nMESSAGE user Is four even?\n',
    /FROM|temperature/,
  ],
  toml: [
    'review.toml',
    'description = "x"\nprompt = """\nReview this change of mine.\nBe brief about it.\n"""\n',
    /description/,
  ],
};
async function opened(bench) {
  if (bench.windows.length > 0) return bench.windows[0];
  bench.write('good.txt', 'A good file is');
  for (const [name, text] of Object.values(files)) bench.write(name, text);
  const [window, count] = await Promise.all([bench.window({ open: 'good.txt' }), bench.tokens('good.txt')]);
  await window.command(bench.title('promptLens.showProbabilities'));
  await ready(window, count);
  return window;
}

async function openFromExplorer(window, name) {
  const entry = window.page.locator('.explorer-folders-view .monaco-list-row', {
    has: window.page.getByText(name, { exact: true }),
  });
  if (!(await entry.first().isVisible())) await window.command('View: Show Explorer');
  await entry.first().dblclick();
  await until(`${name} in front`, () => window.inFront(name));
}

/** The entries of the editor's context menu. */
async function contextMenu({ page }) {
  await page
    .locator('.editor-instance .view-lines')
    .first()
    .click({ button: 'right', position: { x: 60, y: 60 } });
  const entries = page.locator('.context-view .action-label, .monaco-menu .action-label');
  const words = await until('the context menu', async () => {
    const all = await entries.allInnerTexts();
    return all.length > 3 && all;
  });
  await page.keyboard.press('Escape');
  await until('the context menu closed', async () => (await entries.count()) === 0);
  return words.map((each) => each.trim());
}

const codeLens = async ({ page }) => (await page.locator('.codelens-decoration').allInnerTexts()).join(' ');

test('there is a file of every format', ({ bench }) => {
  bench.check.deepEqual(
    Object.keys(files),
    formatList.map(([kind]) => kind),
  );
});

/** One format of each way of reading is tried in every run: whole, a template, a conversation by the cursor. */
const everyRun = ['raw', 'prompty', 'jsonLines'];

for (const [kind, [name, text, absent]] of Object.entries(files)) {
  test(
    `${kind}, ${name}: button, menu, code lens, and tints on its prompt alone`,
    everyRun.includes(kind) ? {} : long,
    async ({ bench }) => {
      const { check } = bench;
      const window = await opened(bench);
      await openFromExplorer(window, name);
      await shows(bench, window, name);
      const button = window.page.locator('.editor-actions a[aria-label^="Open Panel"]');
      check.ok(await until('the button', () => button.count()));
      check.doesNotMatch(await drawn(window), absent);
      await tintsAreRight(bench, window, name, text);
      const count = (await bench.cli('tokens', name)).prompt.tokens.length;
      check.ok(await until('the code lens', async () => (await codeLens(window)).includes(`${count} tokens`)));
      const entries = await contextMenu(window);
      for (const entry of ['Open Panel', 'Why This Answer?'])
        check.ok(entries.includes(entry), `${entry} in ${entries}`);
    },
  );
}
