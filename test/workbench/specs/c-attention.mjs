// The Attention tab: every head of the model, and one head's weights as the command line computes them.

import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { onTab, openTab, ready, tables } from '../panel.mjs';

test.use({ shares: true });

const file = 'attention.txt';

async function opened(bench) {
  bench.write(file, 'The cat sat on the mat. The dog sat on the');
  const [window, count] = await Promise.all([bench.shared({ open: file }), bench.tokens(file)]);
  await onTab(bench, window, 'attention');
  await ready(window, count);
  return window;
}

const number = (text) => Number(text.replace('\u2212', '-').replace('–', 'NaN'));

/** The head that the panel shows, read from the title of its matrix: `Block 12, head 3`. */
async function shownHead(panel) {
  const words = await until('the chosen head', async () =>
    /Block (\d+), head (\d+)/.exec(await panel.locator('#view').innerText()),
  );
  return { layer: Number(words[1]), head: Number(words[2]) };
}

async function sameWeights(bench, panel, { layer, head }) {
  const { result } = await bench.cli('attention', file, '--layer', String(layer), '--head', String(head));
  const weights = await until('the table of weights', async () => (await tables(panel))[1]);
  bench.check.ok(weights.rows.length > 20, `${weights.rows.length} rows`);
  for (const [query, , key, , weight] of weights.rows) {
    // The table counts positions from 1, the command line's JSON from 0.
    const exact = result.weights[Number(query) - 1][Number(key) - 1];
    bench.check.ok(Math.abs(number(weight) - exact) < 2e-4, `${query} reads ${key}: ${weight} for ${exact}`);
  }
}

test('all heads are there, with the summaries of the command line', async ({ bench }) => {
  const { panel } = await opened(bench);
  const { result, model } = await bench.cli('attention', file);
  const [heads] = await tables(panel);
  bench.check.equal(heads.rows.length, model.layers * model.heads);
  const column = heads.columns.indexOf('first token');
  for (const row of heads.rows) {
    const own = result.find(({ layer, head }) => layer === Number(row[0]) && head === Number(row[1]));
    bench.check.ok(Math.abs(number(row[column]) - own.sinkMass) < 2e-4, `${row} for ${own.sinkMass}`);
  }
});

test('the matrix of the head in front holds the weights of the command line', async ({ bench }) => {
  const { panel } = await opened(bench);
  await sameWeights(bench, panel, await shownHead(panel));
});

test('a head clicked in the grid is the one shown', long, async ({ bench }) => {
  const { panel } = await opened(bench);
  const before = await shownHead(panel);
  const grid = panel.locator('#view .sec').first().locator('canvas').first();
  const box = await grid.boundingBox();
  await grid.click({ position: { x: box.width * 0.35, y: box.height * 0.6 }, force: true });
  const after = await until('another head', async () => {
    const head = await shownHead(panel);
    return head.layer !== before.layer || head.head !== before.head ? head : null;
  });
  await sameWeights(bench, panel, after);
});

test('tabs change without a new run', async ({ bench }) => {
  const window = await opened(bench);
  await openTab(window.panel, 'probabilities');
  await ready(window, await bench.tokens(file));
  await openTab(window.panel, 'attention');
  bench.check.ok(await window.panel.locator('#view canvas').first().isVisible());
});
