// The variables of a prompt file: one without a value is marked, filled by hand, computed with, and kept for the file.

import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { nextTokens, ready, showsFile, tokens } from '../panel.mjs';

const file = 'trip.prompty';
const other = 'plain.txt';
const question = "What's the harbour called?";
const prompt = '---\nsample:\n  city: Oslo\n---\nsystem:\nYou know {{city}}.\nuser:\n{{question}}\n';

const brief = async ({ panel }) =>
  (await panel.locator('.report-variables summary').innerText()).replace(/\s+/g, ' ').trim();
const says = (window, words) => until(`the variables: ${words}`, async () => (await brief(window)) === words, 60_000);
const drawn = async (panel) => (await tokens(panel)).map(({ text }) => text).join('');
const field = ({ panel }, name) => panel.getByLabel(name, { exact: true });

/** The command line's tokens and next tokens, with the values given. */
async function right(bench, ...values) {
  const words = values.flatMap((value) => ['--var', value]);
  const { prompt, result } = await bench.cli('probabilities', file, ...words);
  return { count: prompt.tokens.length, next: result.next.map(({ text }) => text) };
}

test(
  'a variable without a value is marked, filled by hand, and kept over another file and a reload',
  long,
  async ({ bench }) => {
    const { check } = bench;
    bench.write(file, prompt);
    bench.write(other, 'A good file is');
    const window = await bench.window();
    const [empty, filled, both] = await Promise.all([
      right(bench),
      right(bench, `question=${question}`),
      right(bench, `question=${question}`, 'city=Bergen'),
    ]);
    await window.openFile(file);
    await window.command(bench.title('promptLens.showProbabilities'));
    await ready(window, empty.count);
    await says(window, 'Variables question no value city = Oslo');
    check.match(await drawn(window.panel), /\{\{question\}\}/);

    await window.panel.locator('.report-variables summary').click();
    await field(window, 'question').click();
    await window.page.keyboard.type(question);
    await window.page.keyboard.press('Enter');
    await ready(window, filled.count);
    check.match(await drawn(window.panel), /You know Oslo\.[\s\S]*What's the harbour called\?/);
    check.equal((await nextTokens(window.panel))[0].text.replace(/^·/, ' '), filled.next[0]);

    await field(window, 'city').fill('Bergen');
    await window.page.keyboard.press('Tab');
    await ready(window, both.count);
    check.match(await drawn(window.panel), /You know Bergen\./);
    await window.screenshot('variables');
    await window.panel.getByLabel('Back to the file’s own value of city').click();
    await until('Oslo again', async () => (await field(window, 'city').inputValue()) === 'Oslo');
    await ready(window, filled.count);

    await window.openFile(other);
    await showsFile(window, other);
    await ready(window, await bench.tokens(other));
    check.equal(await window.panel.locator('.report-variables').isVisible(), false);
    await window.openFile(file);
    await showsFile(window, file);
    await ready(window, filled.count);

    await window.reload();
    await ready(window, filled.count);
    await says(window, `Variables city = Oslo question = ${question}`);
    check.deepEqual(await window.errorToasts(), []);
  },
);
