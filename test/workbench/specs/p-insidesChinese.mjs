// Embeddings and Lie Detector for Chinese readers of Chinese texts: the picture shows a table's names and groups, statements have
// verdicts, and everything that the extension says is translated. It also takes pictures, light and dark.
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { photographAll } from '../looks.mjs';

const language = 'zh-cn';
const words = {
  file: '词语.csv',
  groups: { 动物: ['猫', '狗', '老虎', '兔子'], 城市: ['北京', '上海', '台北', '广州'] },
};
const statements = {
  file: '陈述.csv',
  rows: [
    ['北京是中国的首都。', '真'],
    ['巴黎是中国的首都。', '假'],
    ['猫是一种动物。', '真'],
    ['猫不是一种动物。', '假'],
  ],
};

const read = (bench, name) => JSON.parse(fs.readFileSync(path.join(bench.installed, name), 'utf8'));

/** Sentences and names that the page shows in English although a translation exists. */
function english(strings, visible) {
  return Object.entries(strings)
    .filter(([source, target]) => source !== target && /^[A-Za-z’]+(?: [A-Za-z’]+)+$/.test(source))
    .filter(([source]) => new RegExp(`(^|[^\\w])${source}($|[^\\w])`, 'm').test(visible))
    .map(([source]) => source);
}

const finished = async (panel) => / · [\d.]+ (s|min|秒|分钟)$/.test(await panel.locator('.foot .prov').innerText());

async function inFront(bench, window, file, command) {
  await window.page.keyboard.press('Control+1');
  await window.openFile(file);
  const title = bench.title(command, read(bench, `package.nls.${language}.json`));
  await window.command(title);
}

test('Chinese words in groups, Chinese statements, a Chinese panel', long, async ({ bench }) => {
  const { check } = bench;
  const strings = read(bench, `l10n/bundle.l10n.${language}.json`);
  const rows = Object.entries(words.groups).flatMap(([group, names]) => names.map((name) => `${name},${group}`));
  bench.write(words.file, `name,group\n${rows.join('\n')}\n`);
  bench.write(statements.file, `statement,label\n${statements.rows.map((row) => row.join(',')).join('\n')}\n`);
  const window = await bench.window({ open: words.file, locale: 'zh-CN' });
  const { panel } = window;
  const show = async ({ file, command, drawn, count }) => {
    await inFront(bench, window, file, command);
    const there = async () => (await panel.locator(drawn).count()) >= count && (await finished(panel));
    await until(`${file} drawn`, there, 120_000);
  };
  const views = [
    {
      ...{ name: 'embeddings-chinese', file: words.file, command: 'promptLens.showEmbeddings' },
      ...{ drawn: 'svg.embed-scatter > g:nth-of-type(2) path', count: rows.length },
    },
    {
      ...{ name: 'lie-chinese', file: statements.file, command: 'promptLens.showLieDetector' },
      ...{ drawn: '.lie-rows .lie-row', count: statements.rows.length },
    },
  ];
  await show(views[0]);
  const said = await panel.locator('svg.embed-scatter text').allTextContents();
  for (const name of Object.values(words.groups).flat())
    check.ok(
      said.some((text) => text.includes(name)),
      `${name} in ${said}`,
    );
  const legend = await panel.locator('#view .legend').first().innerText();
  for (const group of Object.keys(words.groups)) check.ok(legend.includes(group), legend);
  check.deepEqual(english(strings, await panel.locator('.lens').innerText()), []);

  await show(views[1]);
  const list = await panel.locator('.lie-rows .lie-row').allInnerTexts();
  for (const [i, [text, label]] of statements.rows.entries()) {
    check.ok(list[i].includes(text), list[i]);
    check.ok(list[i].includes(strings[label === '真' ? 'true' : 'false']), list[i]);
  }
  check.deepEqual(english(strings, await panel.locator('.lens').innerText()), []);

  const pictures = views.map((view) => ({ name: view.name, show: () => show(view) }));
  await photographAll(bench, window, pictures, { widths: [600] });
});
