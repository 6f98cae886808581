// The Layers tab: the lens and the head map are the command line's, a token is followed, a head is one click from its attention, and
// the prompt's own examples have their effects.

import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { failure, number, onTab, openTab, press, ready, showsFile, tables, typeInto, visible } from '../panel.mjs';

test.use({ shares: true });

const file = 'capital.txt';
const text = 'The capital of Italy is Rome. The capital of France is';
const reviews = 'reviews.txt';

/** Opens a section of the tab Layers and waits for its numbers, as far as they are known when those of the text are. */
async function opened(bench, section = 'lens') {
  bench.write(file, text);
  const [window] = await Promise.all([bench.shared({ open: file }), bench.tokens(file)]);
  await onTab(bench, window, 'layers');
  const buttons = window.panel.locator('[role="radiogroup"][aria-label="Look at"]');
  await buttons.waitFor({ timeout: 90_000 });
  await press(window.panel, 'Look at', section);
  if (section === 'lens') await ready(window, await bench.tokens(file), 90_000);
  return window;
}

/** The table of the shown heads: a `Map` from "block.head" to a row by column. */
function byHead({ columns, rows }) {
  return new Map(
    rows.map((row) => [`${row[0]}.${row[1]}`, Object.fromEntries(columns.map((name, i) => [name, row[i]]))]),
  );
}

test('the lens at the last position is the command line’s', async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { result, model } = await bench.cli('lens', file, '--top', '5');
  const [lens, followed] = await tables(window.panel);
  const rows = lens.rows.filter((row) => Number(row[0]) === result.position + 1);
  check.equal(rows.length, model.layers + 1);
  const target = followed.rows.filter((row) => row[1] === followed.rows[0][1]);
  for (const [layer, { top, target: exact }] of result.layers.entries()) {
    const [, , blocks, likeliest, p] = rows[layer];
    check.equal(Number(blocks), layer);
    check.equal(likeliest, visible(top[0].text));
    check.ok(Math.abs(number(p) - Math.exp(top[0].logprob)) < 2e-4, `layer ${layer}: ${p} for ${top[0].logprob}`);
    check.equal(number(target[layer][3]), exact.rank + 1);
    check.ok(Math.abs(number(target[layer][4]) - exact.logprob) < 2e-3, `layer ${layer}: ${target[layer][4]}`);
  }
});

test('a token that is followed has the command line’s ranks', long, async ({ bench }) => {
  const { check } = bench;
  const { panel } = await opened(bench);
  await typeInto(panel.locator('.lens-add'), ' Rome');
  const item = panel.locator('.lens-lines .it', { hasText: '·Rome' });
  const { result } = await bench.cli('lens', file, '--target', ' Rome');
  const last = result.layers.at(-1).target.rank + 1;
  await until('its rank in the legend', async () => (await item.innerText()).includes(String(last)));
  const [, { rows }] = await tables(panel);
  const own = rows.filter((row) => row[0] === '·Rome');
  check.deepEqual(
    own.map((row) => number(row[3])),
    result.layers.map(({ target }) => target.rank + 1),
  );
  await item.locator('button').click();
  await until('no such line any more', async () => (await item.count()) === 0);
  await panel.locator('.lens-position button').first().click();
  check.ok(
    await until('a candidate that was clicked is followed', () => panel.locator('.lens-lines button.x').count()),
  );
});

test('a prompt without examples says so and offers one', async ({ bench }) => {
  const { check } = bench;
  const { panel } = await opened(bench, 'examples');
  const words = await until('a sentence', () => failure(panel), 60_000);
  check.match(words, /has no examples before its question\.$/);
  const buttons = await panel.locator('.lens [role="alert"] vscode-button').allInnerTexts();
  check.deepEqual(
    buttons.map((label) => label.trim()),
    ['Open an Example'],
  );
  check.ok(await panel.locator('[role="radiogroup"][aria-label="Look at"]').isVisible(), 'the way back stays');
});

test('a position that is locked has its own lines', long, async ({ bench }) => {
  const { check } = bench;
  const { panel } = await opened(bench);
  const position = (await bench.tokens(file)) - 3;
  const table = panel.locator('.lens-table');
  await table.focus();
  for (const key of ['ArrowLeft', 'ArrowLeft', 'Space']) await table.press(key);
  await typeInto(panel.locator('.lens-add'), ' Rome');
  const { result } = await bench.cli('lens', file, '--position', String(position + 1), '--target', ' Rome');
  const exact = result.layers.map(({ target }) => target.rank + 1).join();
  const drawn = async () => {
    const [, { rows }] = await tables(panel);
    const own = rows.filter((row) => row[0] === '·Rome');
    return own.map((row) => row[3]).join() === exact;
  };
  check.ok(await until(`the line of ·Rome after position ${position}: ${exact}`, drawn));
  await panel.locator('.lens-lines .it', { hasText: '·Rome' }).locator('button').click();
  await panel.locator('.chip.lock', { hasText: 'Locked' }).locator('button.x').click();
});

test('the examples of a prompt, each left out once', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench, 'examples');
  const { panel } = window;
  await window.page.keyboard.press('Control+1');
  await window.openFile(reviews);
  await showsFile(window, reviews);
  await ready(window, await bench.tokens(reviews), 120_000);
  const [{ columns, rows }, attention] = await tables(panel);
  check.deepEqual(
    rows.map((row) => row[columns.indexOf('label word')]),
    ['positive', 'negative'],
  );
  const options = ['--by', 'example', '--operator', 'delete', '--no-faithfulness'];
  const { result } = await bench.cli('occlusion', reviews, ...options);
  rows.forEach((row, i) => {
    const lost = number(row[columns.indexOf('lost without it, nats')]);
    check.ok(Math.abs(lost - result.units[i].score) < 2e-3, `${lost} for ${result.units[i].score}`);
  });
  const { model } = await bench.cli('info');
  check.equal(attention.rows.length, 2 * model.layers);
  await panel.locator('.example-rows .lens-token').first().click();
  check.ok(await until('the label word locked', () => panel.locator('.chip', { hasText: 'positive' }).count()));
});

test('the head map grows to the command line’s scores', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench, 'heads');
  const words = window.panel.locator('#view .heads-words').first();
  check.ok(await until('a map on its way', async () => /so far|Each of the/.test(await words.innerText()), 60_000));
  const { result } = await bench.cli('heads', file);
  await ready(window, await bench.tokens(file), 120_000);
  const drawn = byHead((await tables(window.panel))[0]);
  for (const [layer, row] of result.scores.entries())
    for (const [head, exact] of row.entries()) {
      const score = drawn.get(`${layer}.${head}`)['Knock-out, nats'];
      check.ok(Math.abs(number(score) - exact) < 2e-3, `${layer}.${head}: ${score} for ${exact}`);
    }
});

test('a head clicked in the map is the one whose attention is shown', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench, 'heads');
  await ready(window, await bench.tokens(file), 120_000);
  const { panel } = window;
  const [{ rows }] = await tables(panel);
  const [layer, head] = rows[0];
  await panel.locator('.heads-list button.link').first().click();
  await until('the tab Attention', () => panel.locator('#tab-attention[aria-selected="true"]').count());
  const words = new RegExp(`Block ${layer}, head ${head}\\b`);
  check.ok(await until('that head', async () => words.test(await panel.locator('#view').innerText()), 60_000));
  await openTab(panel, 'layers');
  const map = panel.locator('.head-map svg');
  const box = await map.boundingBox();
  await map.click({ position: { x: box.width * 0.4, y: box.height * 0.5 } });
  await until('the tab Attention again', () => panel.locator('#tab-attention[aria-selected="true"]').count());
  const shown = await until('a head', async () =>
    /Block (\d+), head (\d+)/.exec(await panel.locator('#view').innerText()),
  );
  const chip = await panel.locator('.chips').innerText();
  check.ok(chip.includes(`${shown[1]}.${shown[2]}`), `${shown[0]} and the chip ${chip}`);
});
