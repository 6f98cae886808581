// Pictures for people to look at: four themes, three languages. Whatever can be checked without eyes is checked.
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { onTab, openTab, ready } from '../panel.mjs';

const file = 'looks.txt';
const text = `Review: A warm and funny surprise \u{1F389}
Sentiment: positive

Review: 太长了，很无聊。
Sentiment: negative

Review: The film was dull and far too long.
Sentiment:`;
const themes = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'hc-dark': 'Dark High Contrast',
  'hc-light': 'Light High Contrast',
};
const kinds = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'hc-dark': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
};

async function shown(bench, options) {
  bench.write(file, text);
  const [window, count] = await Promise.all([bench.window({ open: file, ...options }), bench.tokens(file)]);
  return { window, count };
}

/** Waits until the weights of a head are drawn. */
const matrixDrawn = (panel) => panel.locator('#view .attention-matrix canvas').waitFor();

/** Shows both tabs in each of these themes: the theme has arrived, and ink differs from paper. */
async function themed(bench, names) {
  const { window, count } = await shown(bench);
  await window.command(bench.title('promptLens.showProbabilities'));
  await ready(window, count, 90_000);
  for (const name of names) {
    const theme = themes[name];
    await window.theme(theme);
    const body = window.panel.locator('body');
    await until(`the theme ${theme}`, async () => (await body.getAttribute('class')).split(' ').includes(kinds[name]));
    for (const tab of ['probabilities', 'attention']) {
      await openTab(window.panel, tab);
      await ready(window, count);
      if (tab === 'attention') await matrixDrawn(window.panel);
      await window.screenshot(`${tab}-${name}`);
    }
    const { ink, paper } = await body.evaluate((node) => {
      const style = getComputedStyle(node);
      return { ink: style.color, paper: style.getPropertyValue('--vscode-editor-background') };
    });
    bench.check.notEqual(ink, paper, theme);
  }
}

/** Checks that the panel shows no English to a window of this language. */
async function translated(bench, language, locale) {
  await bench.closeWindows();
  const strings = JSON.parse(fs.readFileSync(path.join(bench.installed, `package.nls.${language}.json`), 'utf8'));
  const words = JSON.parse(fs.readFileSync(path.join(bench.installed, `l10n/bundle.l10n.${language}.json`), 'utf8'));
  const { window, count } = await shown(bench, { locale });
  await window.command(bench.title('promptLens.showProbabilities', strings));
  const tab = window.panel.locator('#tab-probabilities');
  await until('the translated tab', async () => (await tab.innerText()) === words.Probabilities, 60_000);
  bench.check.notEqual(words.Probabilities, 'Probabilities');
  const drawn = window.panel.locator('svg g.row');
  await until(`the numbers of ${count} tokens`, () => drawn.count(), 90_000);
  await window.screenshot(`probabilities-${language}`);
  const visible = await window.panel.locator('.lens').innerText();
  const english = Object.entries(words)
    .filter(
      ([source, target]) => source !== target && /^[A-Z][a-z]+( [a-z]+)+$/.test(source) && visible.includes(source),
    )
    .map(([source]) => source);
  bench.check.deepEqual(english, []);
  await openTab(window.panel, 'attention');
  await matrixDrawn(window.panel);
  await window.screenshot(`attention-${language}`);
}

test('another theme, both tabs', long, ({ bench }) => themed(bench, ['hc-light']));

test('a narrow panel', long, async ({ bench }) => {
  bench.write(file, text);
  const [window, count] = await Promise.all([bench.window({ open: file }), bench.tokens(file)]);
  await onTab(bench, window, 'probabilities');
  await ready(window, count, 90_000);
  await window.page.setViewportSize({ width: 1040, height: 900 });
  const lens = window.panel.locator('.lens');
  await until('the narrow panel', async () => (await lens.evaluate((node) => node.clientWidth)) < 600);
  const overflow = await lens.evaluate((node) => node.scrollWidth - node.clientWidth);
  bench.check.ok(overflow <= 0, `the page is ${overflow} px wider than its panel`);
  await window.screenshot('probabilities-narrow');
});

test('in zh-tw everything the extension says is in zh-tw', long, ({ bench }) => translated(bench, 'zh-tw', 'zh-TW'));

test('four themes, both tabs', long, ({ bench }) => themed(bench, Object.keys(themes)));

test('in zh-cn everything the extension says is in zh-cn', long, ({ bench }) => translated(bench, 'zh-cn', 'zh-CN'));
