// The panel names its file and never shows another file's numbers as those of the text in front: every requested text is shown, or
// one sentence says why not; language modes decide; marks that an edit made untrue disappear from the text.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { photographAll } from '../looks.mjs';
import { failure, nextTokens, ready, showsFile, tokens } from '../panel.mjs';

const good = 'good.txt';
const story = 'name: Story\noutline: |\n  Write about the sea.\n';
const prompty = '---\nname: Case\nmodel:\n  api: chat\n---\nsystem:\nBe brief.\n\nuser:\nHello.\n';
/** One grey pixel. */
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';
const key = 'Control+Alt+L';

async function opened(bench) {
  if (bench.windows.length > 0) return bench.windows[0];
  bench.write(good, 'A good file is');
  bench.write('story.yaml', story);
  bench.write('rules.toml', 'style = "Be brief."\n');
  bench.write('mail.tmpl', prompty);
  bench.write('mail.letter', prompty);
  mkdirSync(path.join(bench.workspace, '.vscode'));
  bench.write('.vscode/settings.json', JSON.stringify({ 'files.associations': { '*.letter': 'prompty' } }));
  bench.write('mail.prompty', prompty);
  bench.write('config.json', '{"editor": {"fontSize": 12}}\n');
  bench.write('chat-a.json', '[{"role": "user", "content": "Name a fish."}]\n');
  bench.write('broken.json', '[{"role": "user", "content": "Name a fish."\n');
  bench.write('photo.png', Buffer.from(picture, 'base64'));
  const [window, count] = await Promise.all([bench.window({ open: good }), bench.tokens(good)]);
  await window.command(bench.title('promptLens.showProbabilities'));
  await ready(window, count);
  return window;
}

const named = (panel) => panel.locator('.file .file-name').innerText();
/** Everything that the file's line says and shows. */
const fileLine = async (panel) => (await panel.locator('.file').innerText()).replace(/\s+/g, ' ').trim();
const tabTitle = (window) =>
  window.page.locator('.tabs-container .tab[aria-label^="Prompt Lens"]').first().getAttribute('aria-label');
const drawn = async (panel) => (await tokens(panel)).map(({ text }) => text.replace(/[↵\n]/g, '')).join('');

/** Puts a file in front of a panel that shows another one. */
async function inFront(window, name) {
  await window.openFile(name);
  await window.focusEditor(name);
}

async function shows(bench, window, name, reading = name) {
  await showsFile(window, name);
  await ready(window, await bench.tokens(reading));
}

async function goodAgain(bench, window) {
  await inFront(window, good);
  await shows(bench, window, good);
}

/** Whether the menu behind the status item offers this. */
async function menuOffers({ page }, label) {
  await page.locator('.statusbar-item[id*="promptLens.status"]').click();
  const row = page.locator('.quick-input-widget .monaco-list-row', { hasText: label });
  const offered = await row.waitFor({ timeout: 3000 }).then(
    () => true,
    () => false,
  );
  await page.keyboard.press('Escape');
  return offered;
}

test('a .yaml opened without the key: the panel says whose numbers it goes on showing', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  check.equal(await named(window.panel), good);
  await inFront(window, 'story.yaml');
  await until('the other editor said', async () => /not the active editor/.test(await fileLine(window.panel)));
  check.equal(await fileLine(window.panel), `${good} not the active editor Show story.yaml`);
  check.match(await tabTitle(window), /good\.txt/);
  check.equal(await drawn(window.panel), 'A good file is');
});

test('with the key: its own text, its name on the panel and in its title', async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  await inFront(window, 'story.yaml');
  await window.page.keyboard.press(key);
  await showsFile(window, 'story.yaml');
  await ready(window, (await bench.cli('tokens', 'story.yaml', '--raw')).prompt.tokens.length);
  check.equal(await drawn(window.panel), story.replace(/\n/g, ''));
  check.equal(await fileLine(window.panel), 'story.yaml as plain text');
  await until('the title', async () => /story\.yaml/.test(await tabTitle(window)));
  const { result } = await bench.cli('probabilities', 'story.yaml', '--raw');
  const [first] = await nextTokens(window.panel);
  check.equal(first.text.trim(), result.next[0].text.replace(/^ /, '·').replace(/\n/g, '↵'));
});

test('the language mode chosen in the editor decides at once', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  await inFront(window, 'mail.tmpl');
  await window.page.keyboard.press(key);
  await until('plain text', async () => /^mail\.tmpl as plain text/.test(await fileLine(window.panel)), 60_000);
  // The key leads into the panel, and the language mode is the editor's.
  await window.focusEditor('mail.tmpl');
  await window.command('Change Language Mode');
  await window.choose('Prompty');
  await until('Prompty', async () => /^mail\.tmpl Prompty/.test(await fileLine(window.panel)), 60_000);
  await ready(window, await bench.tokens('mail.prompty'));
  check.doesNotMatch(await drawn(window.panel), /api: chat/);
});

test('a conversation has the button in the title bar, other JSON has none; a broken one says what is wrong', async ({
  bench,
}) => {
  const { check } = bench;
  const window = await opened(bench);
  const button = window.page.locator('.editor-actions a[aria-label^="Open Panel"]');
  await inFront(window, 'chat-a.json');
  await shows(bench, window, 'chat-a.json');
  check.ok(await until('the button', () => button.count()));
  await inFront(window, 'config.json');
  await until('no button', async () => (await button.count()) === 0);
  await inFront(window, 'broken.json');
  await window.page.keyboard.press(key);
  const said = await until('what is wrong', () => failure(window.panel), 60_000);
  check.match(said, /^broken\.json cannot be read as a prompt: line 2, column 1/);
  check.equal(await named(window.panel), 'broken.json');
  await window.panel.locator('vscode-button', { hasText: 'Show as Plain Text' }).click();
  await until('its text', async () => /Name a fish/.test(await drawn(window.panel)), 60_000);
  check.equal(await fileLine(window.panel), 'broken.json as plain text');
});

test(
  'without live updates an edit takes the ghost text and the code lens with it, until the next run',
  long,
  async ({ bench }) => {
    const { check } = bench;
    const window = await opened(bench);
    await goodAgain(bench, window);
    await window.command(bench.title('promptLens.toggleLive'));
    const off = () => /"promptLens\.live\.enabled": false/.test(readFileSync(bench.server.settingsFile, 'utf8'));
    await until('the setting', off);
    await until('the menu that would turn them on', () => menuOffers(window, 'Live Updates On'));
    await window.focusEditor(good);
    const lines = window.page.locator('.editor-instance .view-lines');
    const written = async () => (await lines.first().innerText()).replace(/\u00a0/g, ' ');
    const lens = async () => (await window.page.locator('.codelens-decoration').allInnerTexts()).join(' ');
    await until('the ghost text', async () => /good file is.*\.\d/.test(await written()));
    await until('the code lens', async () => /perplexity/.test(await lens()));
    await window.page.keyboard.press('Control+End');
    await window.page.keyboard.type(' one');
    await until('the mark', async () => /before your edit/.test(await fileLine(window.panel)));
    await until('no ghost text', async () => !/\.\d/.test(await written()), 5000);
    check.doesNotMatch(await written(), /\.\d/);
    await until('an honest code lens', async () => /Edited since the last run/.test(await lens()));
    check.doesNotMatch(await lens(), /perplexity|Next/);
    await window.page.keyboard.press('Control+S');
    await window.command(bench.title('promptLens.run'));
    await ready(window, await bench.tokens(good));
    await until('the ghost text again', async () => /\.\d/.test(await written()));
    check.equal(await fileLine(window.panel), good);
  },
);

test(
  'the name on the panel leads back to its file, and the offer turns the panel to the one in front',
  long,
  async ({ bench }) => {
    const { check } = bench;
    const window = await opened(bench);
    await goodAgain(bench, window);
    await inFront(window, 'config.json');
    await until('the other editor said', async () => /Show config\.json/.test(await fileLine(window.panel)));
    await window.panel.locator('.file .file-name').click();
    await until('good.txt in front', async () => /not the active/.test(await fileLine(window.panel)) === false);
    check.ok(await window.page.locator('.tabs-container .tab.active[data-resource-name="good.txt"]').count());
    await inFront(window, 'config.json');
    await window.panel.locator('.file-elsewhere button').click();
    await showsFile(window, 'config.json');
    await until('its text', async () => /fontSize/.test(await drawn(window.panel)), 60_000);
    check.equal(await fileLine(window.panel), 'config.json as plain text');
  },
);

test('every command acts on the file in front', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  await goodAgain(bench, window);
  await inFront(window, 'mail.tmpl');
  await window.command(bench.title('promptLens.whyThisAnswer'));
  await showsFile(window, 'mail.tmpl');
  check.match(await fileLine(window.panel), /^mail\.tmpl as plain text/);
  await window.panel.locator('#tab-probabilities').click();
  await goodAgain(bench, window);
  await inFront(window, 'broken.json');
  await window.watchToasts();
  await window.command(bench.title('promptLens.pinBaseline'));
  await until('a message', async () => (await window.seenToasts()).some((text) => /no result yet/.test(text)));
  check.equal(await window.panel.locator('.chip', { hasText: 'pinned' }).count(), 0);
});

test(
  'the language mode decides: another ending in language mode Prompty is followed, and read so',
  long,
  async ({ bench }) => {
    const { check } = bench;
    const window = await opened(bench);
    await goodAgain(bench, window);
    await window.openFile('mail.letter');
    await shows(bench, window, 'mail.letter', 'mail.prompty');
    check.match(await fileLine(window.panel), /^mail\.letter Prompty/);
    const { prompt } = await bench.cli('tokens', 'mail.prompty');
    const text = prompt.rendered.replace(/\n/g, '');
    check.equal(await drawn(window.panel), text);
    check.match(text, /Be brief\./);
    check.doesNotMatch(text, /api: chat/);
  },
);

test('a picture: one sentence, and the panel says that it shows another file', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  await goodAgain(bench, window);
  await window.openFile('photo.png');
  // The preview accepts keys once its own page stands.
  const drawnPicture = (frame) => frame.evaluate(() => document.querySelector('img')?.naturalWidth).catch(() => 0);
  await until('the picture', async () => (await Promise.all(window.page.frames().map(drawnPicture))).includes(1));
  // The preview of a picture is a page too, so the panel is recognised by its content.
  const line = async () => {
    for (const frame of window.page.frames()) {
      const words = await frame
        .evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector('.lens .file'))?.innerText)
        .catch(() => null);
      if (words) return words.replace(/\s+/g, ' ').trim();
    }
    return '';
  };
  await until('the other editor said', async () => /not the active editor/.test(await line()));
  check.equal(await line(), `${good} not the active editor`);
  await window.watchToasts();
  await window.page.keyboard.press(key);
  const said = await until('a sentence', async () => (await window.seenToasts()).find((text) => /photo/.test(text)));
  check.match(said, /^Prompt Lens: photo\.png is not open as text here: .*\. Choose .*\.$/);
  check.match(await line(), /^good\.txt /);
  await window.clearToasts();
});

test('as people see it', long, async ({ bench }) => {
  const window = await opened(bench);
  const views = [
    {
      name: 'file-plain',
      async show() {
        await inFront(window, 'story.yaml');
        await window.page.keyboard.press(key);
        await showsFile(window, 'story.yaml');
      },
      drawn() {},
    },
    {
      name: 'file-elsewhere',
      async show() {
        await goodAgain(bench, window);
        await inFront(window, 'rules.toml');
        await until('the other editor said', async () => /not the active/.test(await fileLine(window.panel)));
      },
      drawn() {},
    },
  ];
  await photographAll(bench, window, views, { looks: ['dark', 'light', 'hc'] });
});
