// The Lie Detector tab: a text's statements have the command line's verdicts, the chosen one is selected in the editor, a table's labels
// stand beside them, the model's own answer is judged, a layer probe says where labels can be read.
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../../scripts/setup.mjs';
import { until } from '../lab.mjs';
import { failure, number, press, tables } from '../panel.mjs';

const file = 'facts.txt';
const statements = [
  'The capital of Norway is Oslo.',
  'The capital of Hungary is not Oslo.',
  'Spoons are a kind of vehicle.',
];
const text = `${statements.join('\n')}\nIs this a question?\n`;
const tableFile = 'labelled.csv';
const verdicts = { true: 'looks true', false: 'looks false', unsure: 'can’t tell' };

async function opened(bench, name, content) {
  bench.write(name, content);
  const window = bench.windows[0] ?? (await bench.window({ open: name }));
  await window.openFile(name);
  await window.command(bench.title('promptLens.showLieDetector'));
  return window;
}

const rows = (panel) => panel.locator('.lie-rows .lie-row');
const judged = (panel, count) => until(`${count} verdicts`, async () => (await rows(panel).count()) === count, 120_000);

export const tests = {
  'a text’s statements have the command line’s verdicts': async (bench) => {
    const { check } = bench;
    const window = await opened(bench, file, text);
    await judged(window.panel, statements.length);
    bench.write('list.txt', statements.join('\n'));
    const { result } = await bench.cli('truth', 'list.txt');
    const [{ columns, rows: shown }] = await tables(window.panel);
    const at = (name) => columns.indexOf(name);
    for (const [i, exact] of result.statements.entries()) {
      check.equal(shown[i][at('statement')], exact.text);
      check.equal(shown[i][at('verdict')], exact.outside ? 'outside' : verdicts[exact.verdict]);
      check.ok(
        Math.abs(number(shown[i][at('score, log-odds')]) - exact.score) < 2e-3,
        `${shown[i]} for ${exact.score}`,
      );
    }
    check.ok(/1 question is left out/.test(await window.panel.locator('#view').innerText()));
  },

  'the chosen statement is selected in the editor': async (bench) => {
    const window = bench.windows[0] ?? (await opened(bench, file, text));
    await judged(window.panel, statements.length);
    await rows(window.panel).nth(1).click();
    const selection = window.page.locator('.editor-instance .selected-text');
    bench.check.ok(await until('a selection in the editor', async () => (await selection.count()) > 0));
    await window.screenshot('lie-statements');
  },

  'a table’s labels stand beside the verdicts': async (bench) => {
    const table = `statement,label\n${statements[0]},true\n${statements[2]},true\n`;
    const window = await opened(bench, tableFile, table);
    await judged(window.panel, 2);
    const second = await rows(window.panel).nth(1).innerText();
    bench.check.ok(/true/.test(second) && /≠/.test(second), second);
  },

  'a layer probe says where a table’s labels can be read': async (bench) => {
    const { check } = bench;
    const lines = fs.readFileSync(path.join(root, 'examples/probing/meaning.csv'), 'utf8').split('\n');
    const window = await opened(bench, 'goodOrBad.csv', lines.slice(0, 61).join('\n'));
    await press(window.panel, 'Look at', 'probe');
    const view = window.panel.locator('#view');
    await until('a best layer', async () => /Best read at layer|No layer tells/.test(await view.innerText()), 120_000);
    check.ok(/60 rows|30 rows/.test(await view.innerText()), await view.innerText());
    await opened(bench, file, text);
    check.ok(await until('a refusal', async () => /is not a table/.test((await failure(window.panel)) ?? ''), 30_000));
  },

  'the model’s own answer is judged': async (bench) => {
    const window = await opened(bench, 'asked.txt', 'Tell me in one sentence: what do bees make, and from what?');
    await press(window.panel, 'Look at', 'answer');
    await until('an answer', async () => (await window.panel.locator('.lie-said').innerText()).length > 10, 120_000);
    bench.check.ok((await rows(window.panel).count()) > 0);
    await press(window.panel, 'Look at', 'statements');
  },
};
