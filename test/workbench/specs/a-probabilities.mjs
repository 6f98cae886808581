// The Probabilities tab on a real prompt: its figures are the command line's, and panel and editor share one selection.

import { test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { fixed, nextTokens, onTab, probability, ready, shows, tables, token, tokens, visible } from '../panel.mjs';

test.use({ shares: true });

const file = 'reviews-a.txt';
const text = `Review: A warm and funny surprise \u{1F389}
Sentiment: positive

Review: 太长了，很无聊。
Sentiment: negative

Review: The film was dull and far too long.
Sentiment:`;

/** Opens the panel with the numbers of the file, and asks the command line. */
async function opened(bench) {
  bench.write(file, text);
  const [window, said] = await Promise.all([
    bench.shared({ open: file }),
    bench.cli('probabilities', file, '--top', '10'),
  ]);
  await onTab(bench, window, 'probabilities');
  await ready(window, said.prompt.tokens.length, 90_000);
  return { window, ...said };
}

test('the likeliest next tokens are the command line’s', async ({ bench }) => {
  const { check } = bench;
  const { window, result } = await opened(bench);
  const rows = await nextTokens(window.panel);
  check.ok(rows.length >= 5, `${rows.length} rows`);
  rows.forEach((row, index) => {
    const { text, logprob } = result.next[index];
    check.equal(row.text, visible(text));
    check.ok(shows(row.probability, Math.exp(logprob), probability), `${row.probability} for ${Math.exp(logprob)}`);
  });
});

test('every token stands in the text, with the surprisal of the command line', async ({ bench }) => {
  const { check } = bench;
  const { window, result, prompt } = await opened(bench);
  const { panel } = window;
  const drawn = await tokens(panel);
  check.equal(drawn.map((each) => each.text.replace(/↵/g, '')).join(''), text.replace(/\n/g, ''));
  const [{ rows, columns }] = await tables(panel);
  check.equal(rows.length, prompt.tokens.length);
  const column = columns.findIndex((name) => /surprisal/i.test(name));
  check.ok(column >= 0, columns.join(', '));
  for (const [position, row] of rows.entries()) {
    const logprob = result.logprob[position];
    if (logprob === null) check.ok(!/\d/.test(row[column]), `token 0 has ${row[column]}`);
    else
      check.ok(Math.abs(Number(row[column].replace('\u2212', '-')) + logprob) < 2e-3, `${row[column]} for ${-logprob}`);
  }
});

test('the perplexity is the command line’s', async ({ bench }) => {
  const { window, result } = await opened(bench);
  const words = await window.panel.locator('#view').innerText();
  const shown = /perplexity ([\d.,]+)/.exec(words)?.[1].replaceAll(',', '');
  bench.check.ok(
    shown && shows(shown, result.perplexity, (value) => fixed(value, 2), 2e-3),
    `${shown} for ${result.perplexity}`,
  );
});

test('a token clicked in the panel is selected in the editor', async ({ bench }) => {
  const { window, prompt } = await opened(bench);
  const position = prompt.tokens.findIndex((each) => each.text === ' dull');
  await token(window.panel, position).click();
  await until('the lock in the text', () => window.panel.locator(`#view .tok.pick[data-token="${position}"]`).count());
  const [start, end] = prompt.tokens[position].source;
  const line = text.slice(0, start).split('\n').length;
  const column = end - text.lastIndexOf('\n', end - 1);
  await window.focusEditor(file);
  const expected = `Ln ${line}, Col ${column} (${end - start} selected)`;
  bench.check.ok(await until(expected, async () => (await window.cursor()).includes(expected)));
});

test('the cursor in the editor locks its token in the panel', async ({ bench }) => {
  const { window, prompt } = await opened(bench);
  await window.focusEditor(file);
  await window.page.keyboard.press('Control+Home');
  for (let step = 0; step < 10; step++) await window.page.keyboard.press('ArrowRight');
  const under = prompt.tokens.findIndex(({ source }) => source[0] <= 10 && 10 < source[1]);
  const marked = window.panel.locator(`#view .tok[data-token="${under}"].pick, #view .tok[data-token="${under}"].at`);
  bench.check.ok(await until('the mark in the panel', () => marked.count()));
});
