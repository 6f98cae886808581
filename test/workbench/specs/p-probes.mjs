// The user's own probes: a layer probe with its controls, its direction as an axis and as a push; a truth probe that is trained on a
// table, cancelled, used, and refused where it belongs to another model.
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { chooseIn, failure, footer, number, onTab, press, tables, typeInto } from '../panel.mjs';

test.use({ shares: true });

const table = 'subjects.csv';
const own = 'own.csv';
const beginning = 'The key near the cabinet';

/** Writes the kept rows of a table that ships with the product. @param keep decides on each row, without the header */
function cut(bench, from, name, keep) {
  const [header, ...rows] = fs.readFileSync(from, 'utf8').trim().split('\n');
  const kept = rows.filter(keep);
  bench.write(name, `${[header, ...kept].join('\n')}\n`);
  return kept;
}

const nouns = (bench) => cut(bench, path.join(bench.workspace, 'probing/grammar.csv'), table, (_, i) => i < 64);
/** The first `many` statements of each of these topics. */
const statements = (bench, topics, many) => {
  const taken = new Map(topics.map((topic) => [topic, 0]));
  return cut(bench, path.join(bench.installed, 'models/truth/statements.csv'), own, (row) => {
    const topic = row.split(',')[2];
    const before = taken.get(topic) ?? many;
    taken.set(topic, before + 1);
    return before < many;
  });
};

const finished = async (panel) => / · [\d.]+ (s|min)$/.test(await footer(panel));

async function inFront(window, name) {
  await window.page.keyboard.press('Control+1');
  await window.openFile(name);
}

async function tab(bench, name) {
  const window = await bench.shared({ open: name });
  if (!(await window.inFront(name))) await inFront(window, name);
  await onTab(bench, window, 'lie');
  return window;
}

async function layerProbe(bench) {
  const rows = nouns(bench);
  const window = await tab(bench, table);
  await press(window.panel, 'Look at', 'probe');
  const chip = window.panel.locator('.chips .chip', { hasText: new RegExp(`Rows\\s*${rows.length}$`) });
  await until('a finished probe', async () => (await chip.count()) > 0 && (await finished(window.panel)), 140_000);
  return window;
}

const circles = (chart) =>
  chart.locator('circle:not(.cursor)').evaluateAll((nodes) => nodes.map((node) => Number(node.getAttribute('r'))));

/** A share as the page prints it, `.857`. */
const share = (value, digits) => value.toFixed(digits).replace(/^0/, '');

const says = (panel, sentence) =>
  until(sentence.source, async () => sentence.test((await failure(panel)) ?? ''), 60_000);

test('a layer probe: the best layer, what shuffled labels reach, more rows', long, async ({ bench }) => {
  const { check } = bench;
  const { panel } = await layerProbe(bench);
  const [layers, learning] = await tables(panel);
  const scores = layers.rows.map(([layer, score, , shuffled, spread]) => ({
    layer: Number(layer),
    score: number(score),
    high: number(shuffled) + 2 * number(spread),
  }));
  const best = scores.reduce((top, each) => (each.score > top.score ? each : top));
  check.ok(best.score > best.high, `${best.score} in a band up to ${best.high}`);
  check.ok(learning.rows.length > 1);
  const words = await panel.locator('.lie').innerText();
  const answer = await panel.locator('.lead-answer').innerText();
  const [, layer, value] = answer.match(/Best read at layer (\d+): (\S+),/) ?? [];
  check.deepEqual([Number(layer), Math.abs(number(value) - best.score) < 6e-3], [best.layer, true], answer);
  check.match(words, /selectivity: best minus shuffled/);
  const curve = panel.locator('svg.probe-curve').first();
  check.deepEqual(
    (await circles(curve)).flatMap((r, at) => (r > 3 ? [at] : [])),
    [best.layer],
  );
  check.equal(await curve.locator('path.band').count(), 1);
});

test('its direction is an axis in Embeddings, until it is given up', long, async ({ bench }) => {
  const { check } = bench;
  const { panel } = await layerProbe(bench);
  await panel.locator('.lie .link', { hasText: 'as an Axis in Embeddings' }).click();
  const axis = panel.locator('svg.embed-scatter text', { hasText: 'the probe’s direction' });
  await until('the axis', () => axis.count(), 120_000);
  const [points] = await tables(panel);
  const at = (name) => points.columns.indexOf(name);
  const mean = (group) => {
    const xs = points.rows.filter((row) => row[at('group')] === group).map((row) => number(row[at('x')]));
    return xs.reduce((sum, x) => sum + x, 0) / xs.length;
  };
  check.ok(mean('singular') > mean('plural'), `${mean('singular')} and ${mean('plural')}`);
  await panel.locator('.chips .chip', { hasText: 'Axis' }).locator('button').click();
  await until('the widest axes', async () => (await axis.count()) === 0, 60_000);
});

test('a layer probe wants a table, and one with two classes', long, async ({ bench }) => {
  const { check } = bench;
  const alike = Array.from({ length: 12 }, (_, i) => `There are ${i + 2} cats.,yes\n`).join('');
  bench.write('one.csv', `text,label\n${alike}`);
  const window = await tab(bench, 'one.csv');
  const { panel } = window;
  await press(panel, 'Look at', 'probe');
  check.ok(await says(panel, /All rows have the label yes: there is nothing to tell apart/));
  check.ok(await panel.locator('.lens', { hasText: 'Add rows of at least one other class.' }).count());
  await inFront(window, 'truth/statements.txt');
  check.ok(await says(panel, /statements\.txt is not a table of labelled texts/));
  await press(panel, 'Look at', 'statements');
});

test('its direction pushes a text as the command line does', long, async ({ bench }) => {
  const { check } = bench;
  const window = await layerProbe(bench);
  const { panel } = window;
  await typeInto(panel.locator('.steer'), beginning);
  const steered = async () => (await tables(panel)).find(({ columns }) => columns.includes('next token 1'));
  await until('three texts', async () => (await panel.locator('.steer-pair .lie-said').count()) === 3, 60_000);
  await window.command(bench.title('promptLens.copyCommandLine'));
  const copied = () => window.page.evaluate(() => navigator.clipboard.readText());
  const lines = (
    await until('the command lines', async () => /--steer-control/.test(await copied()) && copied())
  ).split('\n');
  check.equal(lines.length, 4, lines.join('\n'));
  // The words after `node …/dist/cli.js`.
  const [train, ...texts] = lines.map((line) =>
    [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? b).slice(2),
  );
  await bench.say(...train);
  const shown = (await steered()).rows;
  for (const [row, words] of texts.entries()) {
    const { result } = await bench.cli(...words);
    check.equal(shown[row][1].replaceAll('\n', '⏎'), `${beginning}${result.text}`.replaceAll('\n', '⏎'));
    const top = result.tokens[0].top[0];
    check.equal(shown[row][2].replaceAll('·', ' ').trim(), top.text.trim());
    check.ok(Math.abs(number(shown[row][3]) - Math.exp(top.logprob)) < 2e-3, `${shown[row]} for ${top.logprob}`);
  }
  check.notEqual(shown[0][1], shown[1][1]);
  await panel.locator('.steer').scrollIntoViewIfNeeded();
  await window.screenshot('lie-steer');
  await panel.locator('.steer input[type="range"]').first().fill('0');
  await until('the push is off', async () => {
    const rows = (await steered()).rows;
    return rows[0][1] === rows[1][1];
  });
});

test('training is shown, and can be given up', long, async ({ bench }) => {
  const { check } = bench;
  statements(bench, ['capital', 'language', 'continent', 'symbol', 'category', 'tool'], 64);
  const window = await tab(bench, own);
  await window.command(bench.title('promptLens.trainProbe'));
  const toast = window.page.locator('.notification-toast', { hasText: `Training a probe on ${own}` });
  await until('progress', async () => /\d+ %/.test(await toast.innerText()), 60_000);
  await toast.hover();
  await toast.locator('.monaco-button', { hasText: 'Cancel' }).click();
  await until('no progress', async () => (await toast.count()) === 0);
  await window.page.waitForTimeout(500);
  check.equal(await window.page.locator('.quick-input-widget').isVisible(), false);
  check.deepEqual(await window.errorToasts(), []);
});

test(
  'cities by latitude or longitude, held out by country or one by one, as the command line does',
  long,
  async ({ bench }) => {
    const { check } = bench;
    const table = 'embeddings/cities.csv';
    const window = await tab(bench, table);
    const { panel } = window;
    await press(panel, 'Look at', 'probe');
    const held = (words) => panel.locator('.chips .chip', { hasText: words });
    const probed = (what, words) =>
      until(what, async () => (await held(words).count()) > 0 && (await finished(panel)), 140_000);
    await probed('cities', /^Rows\s*88$/);
    const template = panel.locator('.lie-probe-controls vscode-text-field input');
    await template.fill('The city of {x}');
    await template.press('Enter');
    await chooseIn(panel, 'Column', 'longitude');
    await chooseIn(panel, 'Held out together', 'nothing: each row by itself');
    await probed('cities one by one', /of 88 rows$/);
    const { result } = await bench.cli(
      ...['probe', 'train', path.join(bench.workspace, table), '--label', 'longitude', '--group', ''],
      ...['--template', 'The city of {x}'],
    );
    const [{ rows }] = await tables(panel);
    check.equal(rows.length, result.layers.length);
    for (const [layer, [, score]] of rows.entries())
      check.ok(Math.abs(number(score) - result.layers[layer].score) < 5e-3, `${score} at layer ${layer}`);
    await window.screenshot('lie-cities');
    await window.command(bench.title('promptLens.copyCommandLine'));
    const words = "--task number --label longitude --group '' --template 'The city of {x}'";
    const copied = () => window.page.evaluate(() => navigator.clipboard.readText());
    check.ok(await until(words, async () => (await copied()).includes(words)));
  },
);

test('a probe trained on one’s own table judges, and another model’s is refused', long, async ({ bench }) => {
  const { check } = bench;
  const rows = statements(bench, ['capital', 'language', 'category'], 16);
  const file = path.join(bench.workspace, 'mine.probe.json');
  const window = await tab(bench, own);
  const { panel } = window;
  const read = panel.locator('.chips .chip', { hasText: new RegExp(`Statements\\s*${rows.length}$`) });
  await until('the table as it is now', () => read.count(), 60_000);
  await panel.locator('.lie .link', { hasText: 'Train on This Table' }).click();
  await until('the dialog that saves', () => window.page.locator('.quick-input-widget').isVisible(), 120_000);
  await window.chooseFile(file);
  const chip = panel.locator('.chips .chip', { hasText: 'mine.probe.json' });
  await until('its own probe', async () => (await chip.count()) > 0 && (await finished(panel)), 120_000);
  const { card } = JSON.parse(fs.readFileSync(file, 'utf8'));
  check.deepEqual(card.trainedOn, { statements: rows.length, topics: 3 });
  const { value, low, high } = card.topicMean;
  const figure = `AUROC ${share(value, 3)} (${share(low, 2)}–${share(high, 2)}) held out`;
  check.ok((await chip.innerText()).includes(figure), `${await chip.innerText()} for ${figure}`);
  bench.write(
    'list.txt',
    rows
      .slice(0, 8)
      .map((row) => row.split(',')[0])
      .join('\n'),
  );
  await inFront(window, 'list.txt');
  await until('eight verdicts', async () => (await panel.locator('.lie-rows .lie-row').count()) === 8, 60_000);
  const { result } = await bench.cli('truth', 'list.txt', '--probe', file);
  const [drawn] = await tables(panel);
  for (const [i, { score }] of result.statements.entries())
    check.ok(Math.abs(number(drawn.rows[i][3]) - score) < 2e-3, `${drawn.rows[i]} for ${score}`);

  const other = JSON.parse(fs.readFileSync(file, 'utf8'));
  other.card.modelSha256 = '0'.repeat(64);
  bench.write('other.probe.json', JSON.stringify(other));
  await window.command(bench.title('promptLens.chooseProbe'));
  await window.page.locator('.quick-input-widget .monaco-list-row', { hasText: 'Browse for a file' }).click();
  await window.chooseFile(path.join(bench.workspace, 'other.probe.json'));
  check.ok(await says(panel, /other\.probe\.json was trained on a different model than SmolLM2/));
  await window.screenshot('lie-other-model');
  await panel.locator('.lie .link', { hasText: 'Back to the Model’s Own Probe' }).click();
  await until('the bundled probe', async () => (await failure(panel)) === null && (await finished(panel)), 60_000);
  check.equal(await panel.locator('.lie-rows .lie-row').count(), 8);
});
