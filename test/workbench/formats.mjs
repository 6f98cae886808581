// What a prompt file shows in the editor, compared with the command line: its tokens on the panel, and tints on the lines of its prompt.
import { until } from './lab.mjs';
import { ready, showsFile, tokens } from './panel.mjs';

/** The tokens on the panel as one text, without line breaks. */
export const drawn = async ({ panel }) => (await tokens(panel)).map(({ text }) => text.replace(/[↵\n]/g, '')).join('');

/** Waits for the numbers of this file, read with these options. */
export async function shows(bench, window, name, ...options) {
  await showsFile(window, name);
  await ready(window, (await bench.cli('tokens', name, ...options)).prompt.tokens.length);
}

/** Numbers, from 1, of the lines on which the lens has put a tint. */
async function tintedLines({ page }) {
  const rows = await page
    .locator('.editor-group-container .editor-instance')
    .first()
    .evaluate((editor) => {
      const numbers = new Map();
      for (const each of editor.querySelectorAll('.margin-view-overlays > div')) {
        const number = Number(each.querySelector('.line-numbers')?.textContent);
        if (number > 0) numbers.set(/** @type {HTMLElement} */ (each).style.top, number);
      }
      return [...editor.querySelectorAll('.view-overlays > div')].flatMap((each) => {
        const marks = [...each.querySelectorAll('.cdr')].filter(({ className }) => /\bced-/.test(className));
        const { top } = /** @type {HTMLElement} */ (each).style;
        return marks.length > 0 && numbers.has(top) ? [numbers.get(top)] : [];
      });
    });
  return rows.sort((one, other) => one - other);
}

/** The lines that must have a tint, because a surprising token with letters stands there, and those that may have one. */
async function rightLines(bench, name, text) {
  const { prompt, result } = await bench.cli('probabilities', name);
  const must = new Set();
  const may = new Set();
  prompt.tokens.forEach(({ source, text: letters }, position) => {
    if (!source) return;
    const first = text.slice(0, source[0]).split('\n').length;
    const last = text.slice(0, source[1]).split('\n').length;
    for (let line = first; line <= last; line++) may.add(line);
    const logprob = result.logprob[position];
    if (position > 0 && logprob !== null && logprob < -0.75 && first === last && /\S/.test(letters)) must.add(first);
  });
  return { must, may };
}

export async function tintsAreRight(bench, window, name, text) {
  const { must, may } = await rightLines(bench, name, text);
  bench.check.ok(must.size > 0);
  await until(`the tints of ${name}`, async () => {
    const lines = await tintedLines(window);
    return [...must].every((line) => lines.includes(line)) && lines.every((line) => may.has(line));
  });
}
