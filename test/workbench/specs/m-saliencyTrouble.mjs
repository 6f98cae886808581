// The Saliency tab in trouble: known scores stay after Cancel and after the engine's death; expressions and units that match
// nothing are answered by one sentence with a way out.

import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { chooseFrom, chooseIn, failure, footer, press, typeInto } from '../panel.mjs';
import { drawnUnits, onlyKnockout, openedSaliency, sameScores } from '../saliency.mjs';

test.use({ shares: true });

const file = 'trouble.txt';
const text = 'Review: The film was dull and far too long.\nSentiment:';
const lengthy = 'long.txt';
const lengthyText = 'The film was dull and far too long. Nobody laughed, and the ending came late. '.repeat(8);

/** Opens the short file, with its scores by knock-out alone. */
async function opened(bench) {
  const window = await openedSaliency(bench, file, text);
  await onlyKnockout(window.panel);
  return window;
}

const banner = (panel, words) => panel.locator('.scroll .banner', { hasText: words });

/** The number of bars with known scores; partial results have some of them. */
const known = (panel) => panel.locator('svg.saliency-staves .bar:not(.hollow)').count();

/** Waits until the run of a prompt with this many tokens has a part of its scores. */
async function partway({ panel }, tokens) {
  const growing = banner(panel, 'Partial results; the rest will follow');
  const own = async () => (await footer(panel)).includes(` ${tokens} tokens `);
  await until(
    'a part of the scores',
    async () => (await own()) && (await growing.count()) > 0 && (await known(panel)) > 3,
    120_000,
  );
}

/** The number of all units, and of those whose scores are missing. */
async function counted(panel) {
  const scores = (await drawnUnits(panel)).map(({ score }) => score);
  return { all: scores.length, missing: scores.filter(Number.isNaN).length };
}

/** The number of known scores, from the list of the strongest, because messages may lie over the table's button. */
async function scored(panel) {
  const said = /, (\d+) of (\d+) still to come/.exec(await panel.locator('#view').innerText());
  if (!said) throw new Error('The page does not say how many scores are still to come.');
  return Number(said[2]) - Number(said[1]);
}

/** The sentence on the panel once it names this cause, with buttons below it. */
async function complaint({ panel }, pattern) {
  const named = async () => {
    const words = await failure(panel);
    return words && pattern.test(words) ? words : null;
  };
  const sentence = await until(`a message like ${pattern}`, named, 90_000);
  const buttons = await panel.locator('.lens [role="alert"] .state-actions vscode-button').allInnerTexts();
  return { sentence, buttons: buttons.map((label) => label.trim()) };
}

async function expression({ panel }, pattern) {
  await typeInto(panel.locator('.saliency-more'), pattern);
}

/** Chooses a unit from the menu beside the buttons. */
const other = (panel, unit) => chooseFrom(panel.locator('.saliency-more vscode-dropdown'), unit);

const remedy = (panel, label) => panel.locator('.lens [role="alert"] vscode-button', { hasText: label }).click();

async function sameUnits(panel, texts) {
  const drawn = async () => (await drawnUnits(panel)).map(({ text }) => text).join('|') === texts.join('|');
  await until(`the units ${texts.join(', ')}`, drawn, 60_000);
}

/** Cuts the long file by token, and cancels when a part of its scores is known. */
async function cancelled(bench) {
  const before = bench.windows.at(-1);
  if (before && (await banner(before.panel, 'Cancelled.').count()) > 0) return before;
  const window = await opened(bench);
  await press(window.panel, 'Unit', 'token');
  await openedSaliency(bench, lengthy, lengthyText);
  await partway(window, await bench.tokens(lengthy));
  await cancel(window.panel);
  return window;
}

async function cancel(panel) {
  await panel.locator('.scroll .banner vscode-button', { hasText: 'Cancel' }).click();
  await banner(panel, 'Cancelled.').waitFor();
}

test('Cancel keeps what is known, and says so', long, async ({ bench }) => {
  const { check } = bench;
  const { panel } = await cancelled(bench);
  check.match(await banner(panel, 'Cancelled.').innerText(), /The results shown are partial/);
  check.match(await footer(panel), /cancelled$/);
  const { all, missing } = await counted(panel);
  check.ok(missing > 0 && missing < all, `${missing} of ${all} scores are missing`);
  const kept = await known(panel);
  check.ok(kept > 3, `${kept} bars`);
});

test('units that the prompt has none of, and one that is all of it', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { panel } = window;
  await other(panel, 'Template values');
  const none = await complaint(window, /no variable of the prompt has a value/);
  check.deepEqual(none.buttons, ['Explain by Word']);
  await other(panel, 'Selection');
  const selection = await complaint(window, /no part of the prompt is selected/);
  check.deepEqual(selection.buttons, ['Run Again', 'Explain by Word']);
  await window.focusEditor(file);
  await window.page.keyboard.press('Control+Home');
  await window.page.keyboard.press('Control+Shift+ArrowRight');
  await remedy(panel, 'Run Again');
  await sameUnits(panel, ['Review']);
  await press(panel, 'Unit', 'example');
  const notice = panel.locator('.saliency-notice', { hasText: 'has no score with knock-out' });
  await notice.locator('button', { hasText: 'Delete instead' }).click();
  const whole = await complaint(window, /The unit is the whole prompt/);
  check.deepEqual(whole.buttons, ['Explain by Word']);
  await remedy(panel, 'Explain by Word');
  await sameScores(bench, window, file, '--by', 'word', '--operator', 'delete', '--scope', 'user');
  await chooseIn(panel, 'Operator', 'knock out attention');
});

test('a target of nothing is refused where it is typed', long, async ({ bench }) => {
  const window = await opened(bench);
  await window.command(bench.title('promptLens.setTarget'));
  const box = window.page.locator('.quick-input-widget');
  await until('the question', async () => /1\/2/.test(await box.locator('.quick-input-title').innerText()));
  await box.locator('input').first().fill('');
  const words = box.locator('.quick-input-message');
  bench.check.ok(await until('the reason', async () => /at least one character/.test(await words.innerText())));
  await window.page.keyboard.press('Enter');
  bench.check.match(await box.locator('.quick-input-title').innerText(), /1\/2/);
  await window.page.keyboard.press('Escape');
});

test('expressions that cannot be used are one sentence, and a good one gives its matches', long, async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const { panel } = window;
  await other(panel, 'Regular expression');
  for (const [pattern, cause] of [
    ['/film(/', /is not a regular expression/],
    ['/(.+)+!/', /takes too long on this text/],
    ['/zebra/', /the prompt has no unit of this kind/],
  ]) {
    await expression(window, pattern);
    const { sentence, buttons } = await complaint(window, cause);
    check.match(sentence, /^[^\n]{5,240}\.$/);
    check.deepEqual(buttons, ['Explain by Word']);
    check.ok(await panel.locator('.saliency-more vscode-text-field').isVisible(), 'the way out stays');
  }
  await expression(window, '/film|dull/');
  const { units } = await sameScores(bench, window, file, '--by', '/film|dull/', '--scope', 'user');
  check.deepEqual(
    units.map(({ text }) => text.trim()),
    ['film', 'dull'],
  );
});

test('the engine killed midway: what is known stays, and the run begins again', long, async ({ bench }) => {
  const { check } = bench;
  const { panel } = await cancelled(bench);
  // The previous run's drawing stays until the new run has scores, so only a higher number of scores surely belongs to the new run.
  const more = (than) => until(`more than ${than} scores`, async () => (await scored(panel)) > than, 120_000);
  const kept = await scored(panel);
  await banner(panel, 'Cancelled.').locator('vscode-button', { hasText: 'Run Again' }).click();
  await more(kept);
  const first = await bench.engine();
  process.kill(first, 'SIGKILL');
  const gone = await until('an end of that engine', () => !bench.engines().includes(first));
  check.ok(gone);
  const stayed = await scored(panel);
  check.ok(stayed > kept, 'what was drawn stays');
  check.ok((await known(panel)) > 3, 'what was drawn stays');
  const second = await until('another engine', () => bench.engines().find((pid) => pid !== first), 60_000);
  check.notEqual(second, first);
  await more(stayed);
  await cancel(panel);
});
