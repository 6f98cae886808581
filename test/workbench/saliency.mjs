// The Saliency tab as a user works it: it is opened on a file, with knock-out alone, and its scores are compared with the command line's.
import { until } from './lab.mjs';
import { number, onTab, showsFile, tables, visible } from './panel.mjs';

/** Puts a file of the workspace in front, with the panel on the tab Saliency. @returns its window, one for all tests of a spec */
export async function openedSaliency(bench, name, content) {
  bench.write(name, content);
  const window = await bench.shared({ open: name });
  await window.page.keyboard.press('Control+1');
  await window.openFile(name);
  await onTab(bench, window, 'saliency');
  await showsFile(window, name);
  // A list that is opened while the previous file's numbers still stand would close when they go.
  await window.panel.locator('.chip.target').waitFor({ timeout: 120_000 });
  return window;
}

/** Chooses knock-out alone, because the methods that are computed before it would delay it. */
export async function onlyKnockout(panel) {
  const choice = panel.locator('button.choice[aria-label^="Methods"]');
  if (/^\s*1 of/.test(await choice.innerText())) return;
  const menu = panel.locator('.menu.checks');
  await choice.click();
  for (const method of ['input', 'integrated', 'norm', 'attention', 'rollout', 'attentionGradient']) {
    const item = menu.locator(`button[data-value="${method}"]`);
    if ((await item.getAttribute('aria-checked')) === 'true') await item.click();
  }
  await menu.press('Escape');
  await until('one method', async () => /^\s*1 of/.test(await choice.innerText()));
}

/** Every unit of the table twin, whose positions count from 1, with its score by the first method; NaN for one without a score. */
export async function drawnUnits(panel) {
  const [{ columns, rows }] = await tables(panel);
  const [from, to, words] = ['first token', 'last token', 'text'].map((name) => columns.indexOf(name));
  return rows.map((row) => ({
    tokens: [Number(row[from]) - 1, Number(row[to])],
    text: row[words],
    score: number(row[words + 1]),
  }));
}

/** Why these units differ from the exact ones; null when they agree in the digits that the table prints. */
function difference(drawn, exact) {
  if (drawn.length !== exact.length) return `${drawn.length} units for ${exact.length}`;
  const at = drawn.findIndex(({ tokens, text, score }, i) => {
    const { tokens: own, text: words, score: value } = exact[i];
    const same = value === null ? Number.isNaN(score) : Math.abs(score - value) < 2e-3;
    return tokens.join() !== own.join() || text !== visible(words) || !same;
  });
  return at < 0 ? null : `"${drawn[at].text}" ${drawn[at].score} for "${exact[at].text}" ${exact[at].score}`;
}

/**
 * Waits until the panel's scores are those of `prompt-lens occlusion FILE …`; those of an earlier run may still stand there.
 * @returns the command line's result
 */
export async function sameScores(bench, { panel }, name, ...options) {
  const { result } = await bench.cli('occlusion', name, '--no-faithfulness', ...options);
  /** @type {string | null} */
  let why = 'nothing drawn';
  const same = until(
    `the scores of ${options.join(' ')}`,
    async () => {
      why = difference(await drawnUnits(panel), result.units);
      return why === null;
    },
    120_000,
  );
  await same.catch((error) => Promise.reject(new Error(`${error.message}: ${why}`)));
  bench.check.equal(why, null);
  return result;
}
