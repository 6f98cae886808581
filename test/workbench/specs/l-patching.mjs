// The Patching tab: a second prompt typed or chosen, what to do where the lengths differ, and the command line's numbers.
import { until } from '../lab.mjs';
import { number, ready, tables } from '../panel.mjs';

const file = 'patched.txt';
const text = 'The capital of France is';
const second = 'second.txt';

async function opened(bench) {
  bench.write(file, text);
  const window = await bench.shared({ open: file });
  await window.openFile(file);
  if ((await window.panel.locator('#tab-patching[aria-selected="true"]').count()) === 0)
    await window.command(bench.title('promptLens.showPatching'));
  await window.panel.locator('.patch-prompts').waitFor();
  return window;
}

const tokensOf = async (bench, name = file) => (await bench.cli('tokens', name)).prompt.tokens.length;

async function writeSecond(panel, words) {
  const area = panel.locator('.patch-area');
  if (!(await area.isVisible())) await panel.locator('button.link', { hasText: 'Edit the Second Prompt' }).click();
  await area.fill(words);
}

/** The panel's residual map is `prompt-lens patch`'s. */
async function sameMap(bench, window, from) {
  bench.write(second, from);
  const { result } = await bench.cli('patch', file, '--from', second);
  await ready(window, await tokensOf(bench), 120_000);
  const [{ columns, rows }] = await tables(window.panel);
  const [position, row, recovered] = ['position', 'row', 'recovered'].map((name) => columns.indexOf(name));
  bench.check.ok(rows.length >= result.scores.length, `${rows.length} rows`);
  for (const each of rows) {
    const exact = result.scores[Number(each[row])][Number(each[position])];
    bench.check.ok(Math.abs(number(each[recovered]) - exact) < 2e-3, `${each} for ${exact}`);
  }
}

export const tests = {
  'a second prompt typed into the panel gives the command line’s map': async (bench) => {
    const { check } = bench;
    const window = await opened(bench);
    const { panel } = window;
    const run = panel.locator('.patch-form vscode-button', { hasText: 'Run' });
    check.equal(await panel.locator('.patch-area').inputValue(), text);
    check.ok(await run.evaluate((button) => button.disabled), 'a copy of the prompt says nothing');
    await writeSecond(panel, text.replace('France', 'Italy'));
    await until('a word on the lengths', async () =>
      /As many tokens as this prompt/.test(await panel.locator('#patch-count').innerText()),
    );
    await run.click();
    await sameMap(bench, window, text.replace('France', 'Italy'));
  },
};
