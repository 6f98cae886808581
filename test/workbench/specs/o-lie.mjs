// The Lie Detector tab: scores and layers are the command line's, the statement is chosen in the editor, the evidence for the probe is
// its card's, labels stand beside verdicts, and the model's own answer is judged. It also takes pictures.
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { photograph } from '../looks.mjs';
import { footer, number, onTab, press, tables } from '../panel.mjs';

test.use({ shares: true });

const statements = 'truth/statements.txt';
const labelled = 'labelled.csv';
const withQuestion = 'question.txt';

const verdicts = { true: 'looks true', false: 'looks false', unsure: 'can’t tell' };

/** Puts a file of the workspace in front, with the panel on the tab Lie Detector. */
async function opened(bench, name = statements) {
  const [window] = await Promise.all([bench.shared({ open: name }), truth(bench)]);
  await onTab(bench, window, 'lie');
  return window;
}

async function inFront(window, name) {
  await window.page.keyboard.press('Control+1');
  await window.openFile(name);
}

const finished = async (panel) => / · [\d.]+ (s|min)$/.test(await footer(panel));

async function judged(bench) {
  const window = await opened(bench);
  const { panel } = window;
  const lines = fs.readFileSync(path.join(bench.workspace, statements), 'utf8').trim().split('\n');
  const rows = panel.locator('.lie-rows .lie-row');
  await until(
    'all statements judged',
    async () => (await rows.count()) === lines.length && (await finished(panel)),
    120_000,
  );
  return { window, panel, rows, lines };
}

/** The command line's result for the statements. */
const truth = async (bench) => (await bench.cli('truth', statements)).result;

const card = (bench) => JSON.parse(fs.readFileSync(path.join(bench.installed, 'models/truth/probe.json'), 'utf8')).card;

const near = (drawn, exact, tolerance = 1e-4) => Math.abs(number(drawn) - exact) < tolerance;

/** A share as the page prints it, `.857`. */
const share = (value, digits = 3) => value.toFixed(digits).replace(/^0/, '');

const circles = (chart) =>
  chart
    .locator('circle:not(.cursor)')
    .evaluateAll((nodes) =>
      nodes.map((node) => ({ y: Number(node.getAttribute('cy')), r: Number(node.getAttribute('r')) })),
    );

test('verdicts and scores are the command line’s', async ({ bench }) => {
  const { check } = bench;
  const { panel } = await judged(bench);
  const [drawn] = await tables(panel);
  const result = await truth(bench);
  check.equal(drawn.rows.length, result.statements.length);
  for (const [i, exact] of result.statements.entries()) {
    const [, verdict, probability, score, , negated, outside, trained, logprob] = drawn.rows[i];
    const name = exact.text;
    check.equal(verdict, exact.outside ? 'outside' : verdicts[exact.verdict], name);
    check.ok(near(score, exact.score, 2e-3), `${name}: ${score} for ${exact.score}`);
    check.ok(near(logprob, exact.logprob, 2e-3), `${name}: ${logprob} for ${exact.logprob}`);
    if (exact.probability === null) check.equal(probability, '–', name);
    else check.ok(near(probability, exact.probability, 1e-3), `${name}: ${probability} for ${exact.probability}`);
    check.deepEqual(
      [negated, outside !== 'no', trained],
      [exact.negated ? 'yes' : 'no', exact.outside, exact.trained ? 'yes' : 'no'],
      name,
    );
  }
});

test('a chosen statement is selected in the editor and shows its layers', async ({ bench }) => {
  const { check } = bench;
  const { window, panel, rows, lines } = await judged(bench);
  const result = await truth(bench);
  const curve = panel.locator('.lie-details svg.probe-curve');
  for (const line of [8, 1]) {
    await rows.nth(line).click();
    await until('the statement by itself', async () =>
      (await panel.locator('.lie-quote').innerText()).includes(lines[line]),
    );
    check.equal(await rows.nth(line).getAttribute('aria-selected'), 'true');
    await window.focusEditor(path.basename(statements));
    const expected = `Ln ${line + 1}, Col ${lines[line].length + 1} (${lines[line].length} selected)`;
    check.ok(await until(expected, async () => (await window.cursor()) === expected));
    const { layers } = result.statements[line];
    const spots = await circles(curve);
    check.equal(spots.length, layers.length);
    const [top, low] = [Math.max(...layers), Math.min(...layers)].map((value) => layers.indexOf(value));
    const scale = (spots[low].y - spots[top].y) / (layers[top] - layers[low]);
    for (const [layer, value] of layers.entries()) {
      const y = spots[top].y + (layers[top] - value) * scale;
      check.ok(Math.abs(spots[layer].y - y) < 0.5, `layer ${layer}: drawn at ${spots[layer].y}, not at ${y}`);
    }
    const read = spots.flatMap(({ r }, layer) => (r > 3 ? [layer] : []));
    check.deepEqual(read, card(bench).blocks);
  }
});

test('how far to believe the probe is what its card says', async ({ bench }) => {
  const { check } = bench;
  const { panel } = await judged(bench);
  const exact = card(bench);
  const [, simpler, topics, layers, calibration, coverage, answers] = await tables(panel);
  const figures = [
    exact.auroc,
    exact.known,
    exact.affirmative,
    exact.negated,
    exact.frozen.auroc,
    exact.answers.listed.probe,
    exact.baselines.logprob,
    exact.baselines.words,
    exact.baselines.length,
  ];
  for (const [row, { value, low, high }] of figures.entries())
    for (const [column, own] of [value, low, high].entries())
      check.ok(near(simpler.rows[row][column + 1], own), `${simpler.rows[row].join(' ')} for ${own}`);
  check.ok(near(simpler.rows.at(-1)[1], exact.negationFlip), simpler.rows.at(-1).join(' '));
  const own = [...exact.topics, ...exact.frozen.topics];
  // The page writes these four in other words, and every name of two words apart.
  const words = { place: 'places', group: 'animal groups', unit: 'units of measure', weight: 'heaviness' };
  const named = ({ topic }) =>
    words[topic] ?? topic.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
  check.deepEqual(
    topics.rows.map(([topic]) => topic.toLowerCase()),
    own.map(named),
  );
  check.ok(topics.rows.every(([, , value], i) => near(value, own[i].auroc.value)));
  check.ok(layers.rows.every(([, value], i) => near(value, exact.layers[i].auroc)));
  check.equal(calibration.rows.length, exact.calibration.bins.length);
  check.equal(coverage.rows.length, exact.coverage.length);
  const said = [exact.answers.listed, exact.answers.free].flatMap(({ probe, both, logprob }) => [probe, both, logprob]);
  check.equal(answers.rows.length, said.length);
  for (const [row, { value, low, high }] of said.entries())
    for (const [column, own] of [value, low, high].entries())
      check.ok(near(answers.rows[row][column + 2], own), `${answers.rows[row].join(' ')} for ${own}`);
  check.match(await panel.locator('.chips').innerText(), new RegExp(`AUROC \\${share(exact.topicMean.value)}`));
  const evidence = panel.locator('.lie-evidence');
  check.equal(await evidence.getAttribute('open'), null);
  await evidence.locator('summary').click();
  await evidence.locator('button', { hasText: 'trained without' }).click();
  check.ok((await evidence.locator('.lie-flip').innerText()).includes(`reaches ${share(exact.negationFlip)}`));
  await evidence.locator('button', { hasText: 'trained without' }).click();
  const frozen = await evidence.locator('h2', { hasText: 'Frozen test' }).first().innerText();
  check.ok(frozen.includes(share(exact.frozen.topicMean.value, 2)), frozen);
});

test('a table’s labels stand beside the verdicts; a question is left out', long, async ({ bench }) => {
  const { check } = bench;
  const { window, panel, rows } = await judged(bench);
  bench.write(labelled, 'statement,label\nThe capital of Norway is Oslo.,true\nSpoons are a kind of vehicle.,true\n');
  await inFront(window, labelled);
  await until('two verdicts', async () => (await rows.count()) === 2 && (await finished(panel)), 60_000);
  const second = await rows.nth(1).innerText();
  check.ok(/true/.test(second) && /≠/.test(second), second);
  bench.write(withQuestion, 'The capital of Norway is Oslo. Is this a question?\n');
  await inFront(window, withQuestion);
  await until('one verdict', async () => (await rows.count()) === 1 && (await finished(panel)), 60_000);
  check.match(await panel.locator('#view').innerText(), /1 question is left out/);
});

test('the model’s own answer to an example is judged', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { panel } = window;
  await window.command(bench.title('promptLens.openExample'));
  const list = window.page.locator('.quick-input-widget');
  for (const name of ['reviews.txt', 'bank.txt', 'grammar.csv']) {
    await list.locator('input').first().fill(name);
    await list.locator('.monaco-list-row', { hasText: name }).waitFor();
  }
  await list.locator('input').first().fill('answer.txt');
  await list.locator('.monaco-list-row', { hasText: 'answer.txt' }).click();
  const said = panel.locator('.lie-said').first();
  await until('an answer', async () => (await said.innerText()).length > 10, 120_000);
  await until('a verdict on it', async () => (await finished(panel)) && (await panel.locator('.lie-row').count()) > 0);
  const [table] = await tables(panel);
  const column = table.columns.indexOf('mean log p as it was written');
  check.ok(column > 0 && table.rows.every((row) => number(row[column]) < 0), JSON.stringify(table));
  await press(panel, 'Look at', 'statements');
});

test('pictures of the statements', long, async ({ bench }) => {
  const { window, panel, rows } = await judged(bench);
  await photograph(bench, window, 'lie-statements', async () => {
    await rows.nth(8).click();
    const evidence = panel.locator('.lie-evidence');
    if ((await evidence.getAttribute('open')) === null) await evidence.locator('summary').click();
    await evidence.locator('svg').last().waitFor();
  });
});
