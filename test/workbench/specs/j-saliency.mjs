// The Saliency tab: its scores are the command line's under every unit, operator, scope and target; marks in the editor; what is
// known stays after Cancel and after the engine's death; expressions and units that give nothing are one sentence.
import { until } from '../lab.mjs';
import { chooseIn, number, press, ready, tables, visible } from '../panel.mjs';

const file = 'sentiment.txt';
const text = 'Review: The film was dull and far too long.\nSentiment:';

async function opened(bench, name = file, content = text) {
  bench.write(name, content);
  const window = await bench.shared({ open: name });
  await window.openFile(name);
  if ((await window.panel.locator('#tab-saliency[aria-selected="true"]').count()) === 0)
    await window.command(bench.title('promptLens.whyThisAnswer'));
  return window;
}

/** Every unit of the table twin with its score by the first method. */
async function drawnUnits(panel) {
  const [{ columns, rows }] = await tables(panel);
  const [from, to, words, score] = ['first token', 'last token', 'text', columns[3]].map((name) =>
    columns.indexOf(name),
  );
  return {
    method: columns[score],
    units: rows.map((row) => ({
      tokens: [Number(row[from]), Number(row[to]) + 1],
      text: row[words],
      score: number(row[score]),
    })),
  };
}

/** The panel's scores are those of `prompt-lens occlusion FILE …`. */
async function sameScores(bench, window, name, ...options) {
  const { result, prompt } = await bench.cli('occlusion', name, '--no-faithfulness', ...options);
  await ready(window, prompt.tokens.length, 120_000);
  await until(`the units of ${options.join(' ')}`, async () => {
    const { units } = await drawnUnits(window.panel);
    if (units.length !== result.units.length || units.some(({ score }) => Number.isNaN(score))) return false;
    return units.every(({ tokens }, i) => tokens.join() === result.units[i].tokens.join());
  });
  const { units } = await drawnUnits(window.panel);
  for (const [i, { text, score }] of units.entries()) {
    const exact = result.units[i];
    bench.check.equal(text, visible(exact.text));
    bench.check.ok(Math.abs(score - exact.score) < 2e-3, `${options}: "${text}" ${score} for ${exact.score}`);
  }
  return result;
}

export const tests = {
  'the code lens asks why, and every method answers': async (bench) => {
    const { check } = bench;
    bench.write(file, text);
    const window = await bench.shared({ open: file });
    await window.command(bench.title('promptLens.showProbabilities'));
    const { result, prompt } = await bench.cli('probabilities', file);
    await ready(window, prompt.tokens.length, 90_000);
    const word = result.next[0].text.trim();
    await window.page.locator('.codelens-decoration a', { hasText: `Why “${word}”?` }).click();
    await until('the tab Saliency', () => window.panel.locator('#tab-saliency[aria-selected="true"]').count());
    await ready(window, prompt.tokens.length, 120_000);
    const [units, curves, agreement] = await tables(window.panel);
    check.equal(units.columns[3], 'Knock-out');
    check.ok(
      units.rows.every((row) => row.slice(3).every((cell) => /\d/.test(cell))),
      'every unit has every score',
    );
    check.ok(curves.rows.length > 3 && agreement.rows.length === 4, `${curves.rows.length}, ${agreement.rows.length}`);
  },

  'the scores are the command line’s, by every unit and operator': async (bench) => {
    const window = await opened(bench);
    const { panel } = window;
    await sameScores(bench, window, file, '--by', 'word', '--scope', 'user');
    await press(panel, 'Unit', 'token');
    await chooseIn(panel, 'Operator', 'delete');
    await sameScores(bench, window, file, '--by', 'token', '--operator', 'delete');
    await press(panel, 'Unit', 'sentence');
    await chooseIn(panel, 'Operator', 'replace by a space');
    await sameScores(bench, window, file, '--by', 'sentence', '--operator', 'replace');
    await chooseIn(panel, 'Operator', 'knock out attention');
    await press(panel, 'Unit', 'word');
  },
};
