// The Embeddings tab: a word in four sentences is drawn as points, similarities are the command line's, blocks change without a new
// request, a table of names can be shown, and points lead to the editor.
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { photograph } from '../looks.mjs';
import { chooseIn, footer, number, onTab, press, tables } from '../panel.mjs';

test.use({ shares: true });

const bank = 'embeddings/bank.txt';
const names = 'embeddings/names.csv';
const block = 10;

const marks = (panel) => panel.locator('svg.embed-scatter > g:nth-of-type(2) path');

async function opened(bench, name = bank) {
  const window = await bench.shared({ open: name });
  if (!(await window.inFront(name))) {
    await window.page.keyboard.press('Control+1');
    await window.openFile(name);
  }
  await onTab(bench, window, 'embeddings');
  const chip = window.panel.locator('.chips', { hasText: path.basename(name) });
  const finished = async () => (await chip.count()) > 0 && / · [\d.]+ (s|min)$/.test(await footer(window.panel));
  await until(`the finished picture of ${name}`, finished, 120_000);
  return window;
}

/** Moves the slider of blocks, and waits until the picture of that block stands still. */
async function goTo(panel, layer) {
  await panel.locator('.embed-layer input[type="range"]').fill(String(layer));
  const title = panel.locator('h2', { has: panel.locator('small', { hasText: new RegExp(`^after block ${layer}$`) }) });
  await until(`the picture after block ${layer}`, () => title.count());
  await atRest(panel);
}

async function atRest(panel) {
  let before = '';
  await until('points at rest', async () => {
    const now = JSON.stringify(await places(panel));
    const rest = now === before;
    before = now;
    return rest;
  });
}

const places = (panel) => marks(panel).evaluateAll((nodes) => nodes.map((node) => node.getAttribute('transform')));

const separationAt = ({ rows }, layer) =>
  rows
    .find(([own]) => Number(own) === layer)
    .slice(1, 3)
    .map(number);

/** Cosines within and across groups, as the command line gives them. */
async function separationOf(bench, ...args) {
  const said = await bench.say('embeddings', ...args, '--leave-out-massive', '--layer', String(block));
  return said
    .match(/cosine within groups (\S+), across (\S+)/)
    .slice(1)
    .map(Number);
}

function near(check, drawn, exact, tolerance) {
  for (const [i, value] of exact.entries())
    check.ok(Math.abs(drawn[i] - value) < tolerance, `${drawn.join(' ')} for ${exact.join(' ')}`);
}

const distances = (points) =>
  points.flatMap((a, i) => points.slice(i + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)));

/** Lines of a file, each with its paragraph, as the table from which the command line takes groups. */
function asTable(text) {
  const rows = text
    .trim()
    .split(/\n\n+/)
    .flatMap((paragraph, group) => paragraph.split('\n').map((line) => `"${line}",${group + 1}`));
  return `text,group\n${rows.join('\n')}\n`;
}

test('a word in four lines: two groups, and the command line’s likeness', async ({ bench }) => {
  const { check } = bench;
  const { panel } = await opened(bench);
  await goTo(panel, block);
  const [points, , separation] = await tables(panel);
  const column = (name) => points.columns.indexOf(name);
  const own = points.rows.filter((row) => /^bank \d$/.test(row[column('name')]));
  check.deepEqual(
    own.map((row) => [row[column('name')], row[column('group')]]),
    ['1', '1', '2', '2'].map((group, i) => [`bank ${i + 1}`, group]),
  );
  bench.write('bank.csv', asTable(fs.readFileSync(path.join(bench.workspace, bank), 'utf8')));
  const words = ['bank.csv', '--select', 'bank', '--around'];
  near(check, separationAt(separation, block), await separationOf(bench, ...words), 6e-4);
  // The axes may be turned to match those of the previous block, but distances stay the same.
  const { result } = await bench.cli('embeddings', ...words, '--leave-out-massive', '--layer', String(block));
  check.equal(points.rows.filter((row) => row[column('x')] !== '–').length, result.points.length);
  const exact = result.points.slice(0, 4);
  check.deepEqual(
    exact.map(({ text }) => text.trim()),
    own.map((row) => row[column('token')].replaceAll('·', '')),
  );
  const drawn = own.map((row) => ({ x: number(row[column('x')]), y: number(row[column('y')]) }));
  near(check, distances(drawn), distances(exact), 2e-3);
  // The pairs come in the order of `distances`: the first and the last pair share a sense.
  const [first, ...others] = distances(drawn);
  const last = others.pop();
  check.ok(Math.max(first, last) < Math.min(...others), `the senses do not part: ${distances(drawn).join(' ')}`);
});

test('another block moves the points and asks nothing of the engine', async ({ bench }) => {
  const { check } = bench;
  const { panel } = await opened(bench);
  await goTo(panel, block);
  const before = await places(panel);
  const line = await footer(panel);
  await panel.locator('.lens').evaluate((lens) => {
    lens.ownerDocument.asked = [];
    new MutationObserver(() => {
      const { asked } = lens.ownerDocument;
      if (!lens.querySelector('.prog').hidden) asked.push('progress');
      for (const each of lens.querySelectorAll('#view [role="status"]'))
        if (each.textContent) asked.push(each.textContent);
    }).observe(lens, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  for (const layer of [3, 21, 30]) await goTo(panel, layer);
  const after = await places(panel);
  check.equal(after.length, before.length);
  check.ok(
    after.every((place, i) => place !== before[i]),
    'every point moved',
  );
  check.deepEqual(await panel.locator('.lens').evaluate((lens) => lens.ownerDocument.asked), []);
  check.equal(await footer(panel), line);
  await goTo(panel, block);
  check.deepEqual(await places(panel), before);
});

test('a point that is clicked is selected in the editor', async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  await goTo(window.panel, block);
  const lines = fs.readFileSync(path.join(bench.workspace, bank), 'utf8').split('\n');
  for (const [point, line] of [
    [0, 0],
    [3, 4],
  ]) {
    await marks(window.panel).nth(point).click({ force: true });
    await window.focusEditor(path.basename(bank));
    const expected = `Ln ${line + 1}, Col ${lines[line].indexOf('bank') + 5} `;
    check.ok(await until(`${expected}selected`, async () => (await window.cursor()).startsWith(expected)));
  }
  await marks(window.panel).nth(3).click({ force: true });
});

test('other projections, axes of one block for all, the vocabulary, a lasso', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { panel } = window;
  await goTo(panel, block);
  const notes = panel.locator('.embed-notes');
  const says = (sentence) => until(sentence.source, async () => sentence.test(await notes.innerText()), 60_000);
  for (const [method, sentence] of [
    ['umap', /UMAP, seed 1: only neighbourhoods have a meaning/],
    ['tsne', /t-SNE, seed 1: only neighbourhoods have a meaning/],
    ['pca', /fitted to this block/],
  ]) {
    await press(panel, 'Projection', method);
    check.ok(await says(sentence));
    check.ok((await marks(panel).count()) > 20);
  }
  await chooseIn(panel, 'Axes', 'this block’s, for all blocks');
  await goTo(panel, 20);
  check.ok(await says(/fitted to block 10 and used for all/));
  await chooseIn(panel, 'Axes', 'fitted to each block');
  await panel.locator('.embed-layer input[type="range"]').fill('0');
  check.ok(await says(/All 4 points are the same vector here/));
  await atRest(panel);
  await marks(panel).nth(0).click({ force: true });
  const near = panel.locator('#view', { hasText: 'in the vocabulary' });
  await until('words of the vocabulary', () => near.count(), 60_000);
  await marks(panel).nth(0).click({ force: true });
  await goTo(panel, block);
  const chart = await panel.locator('svg.embed-scatter').boundingBox();
  const { mouse } = window.page;
  const corners = [
    [0.02, 0.02],
    [0.98, 0.02],
    [0.98, 0.98],
    [0.02, 0.98],
  ].map(([x, y]) => [chart.x + x * chart.width, chart.y + y * chart.height]);
  await mouse.move(...corners[0]);
  await mouse.down();
  for (const corner of corners.slice(1)) await mouse.move(...corner, { steps: 4 });
  await mouse.up();
  check.ok(
    await until('all chosen', async () => panel.getByText(`${await marks(panel).count()} points chosen`).count()),
  );
  const selected = window.page.locator('.editor-instance .selected-text');
  check.ok(await until('selections in the editor', async () => (await selected.count()) > 4));
  await panel.locator('svg.embed-scatter').press('Escape');
});

test('a table of names in its groups', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench, names);
  await goTo(window.panel, block);
  const [points, , separation] = await tables(window.panel);
  const written = fs.readFileSync(path.join(bench.workspace, names), 'utf8').trim().split('\n').slice(1);
  const column = (name) => points.columns.indexOf(name);
  check.deepEqual(
    points.rows.map((row) => `${row[column('name')]},${row[column('group')]}`),
    written.map((row) => row.split(',').slice(0, 2).join()),
  );
  const legend = await window.panel.locator('#view .legend').first().innerText();
  for (const group of new Set(written.map((row) => row.split(',')[1]))) check.ok(legend.includes(group), legend);
  const exact = await separationOf(bench, names, '--template', 'This is {x}', '--last');
  near(check, separationAt(separation, block), exact, 6e-4);
  const [own, chance, spread] = separation.rows
    .find(([layer]) => Number(layer) === block)
    .slice(3, 6)
    .map(number);
  check.ok(own > chance + 3 * spread, `${own} of the nearest are of the own group, by chance ${chance} ± ${spread}`);
  await window.screenshot('embeddings-names');
});

test('pictures', long, async ({ bench }) => {
  const window = await opened(bench);
  await photograph(bench, window, 'embeddings-bank', () => goTo(window.panel, block));
});
