// Reads the panel as a user does: what stands on it, not what the extension holds.
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from '../../scripts/setup.mjs';
import { until } from './lab.mjs';

/** The page's own number formats, so that a shown figure can be compared with an exact one. */
const bundle = await esbuild.build({
  entryPoints: [path.join(root, 'webview/base/format.ts')],
  bundle: true,
  format: 'esm',
  write: false,
});
const encoded = Buffer.from(bundle.outputFiles[0].text).toString('base64');
const format = await import(`data:text/javascript;base64,${encoded}`);

/** Could this text be how the page prints the value? Both ways of rounding count where the value stands on the edge. */
export function shows(text, value, print, tolerance = 1e-4) {
  return [value, value * (1 - tolerance), value * (1 + tolerance)].some((each) => print(each) === text);
}

export const { probability, fixed, grouped, visible } = format;

/** Rows of the next-token chart: `[{text, probability}]` as printed; empty before there are any. */
export function nextTokens(panel) {
  return panel.locator('#view svg g.row').evaluateAll((rows) =>
    rows.map((row) => ({
      text: row.querySelector('text.tk')?.textContent ?? '',
      // Before the raw probability may stand what sampling makes of it; the running total is muted.
      probability: [...row.querySelectorAll('text.n:not(.m)')].map((each) => each.textContent).at(-1) ?? '',
    })),
  );
}

/** The tokens of the text as drawn: `[{position, text}]`; the recorded example is not the user's text. */
export function tokens(panel) {
  return panel
    .locator('#view .tok')
    .evaluateAll((spans) => spans.map((span) => ({ position: Number(span.dataset.token), text: span.textContent })));
}

/** The token with this position in the text. */
export function token(panel, position) {
  return panel.locator(`#view .tok[data-token="${position}"]`).first();
}

/** The command that shows each tab of the file in front. */
const commands = {
  probabilities: 'showProbabilities',
  attention: 'showAttention',
  saliency: 'whyThisAnswer',
  layers: 'showLayers',
  patching: 'showPatching',
  embeddings: 'showEmbeddings',
  lie: 'showLieDetector',
};

/** The panel on this tab: nothing is asked for where it stands already. */
export async function onTab(bench, window, tab) {
  const shown = window.panel.locator(`#tab-${tab}[aria-selected="true"]`);
  if ((await shown.count()) === 0) await window.command(bench.title(`promptLens.${commands[tab]}`));
}

export async function openTab(panel, tab) {
  await panel.locator(`#tab-${tab}`).click();
  await until(
    `the tab ${tab}`,
    async () => (await panel.locator(`#tab-${tab}`).getAttribute('aria-selected')) === 'true',
  );
}

/** The table twins of the tab: `{columns: string[], rows: string[][]}` each; leaves the picture in front again. */
export async function tables(panel) {
  const toggle = panel.locator('.foot .acts button').first();
  await toggle.click();
  const elements = panel.locator('.table-twin table');
  await elements.first().waitFor();
  const result = await elements.evaluateAll((nodes) =>
    nodes.map((node) => {
      const cells = (row) => [...row.querySelectorAll('th,td')].map((cell) => cell.textContent);
      const [columns, ...rows] = [...node.querySelectorAll('tr')].map(cells);
      return { columns, rows };
    }),
  );
  await toggle.click();
  return result;
}

/** The footer's line: model, runtime, tokens, state. */
export function footer(panel) {
  return panel.locator('.foot .prov').innerText();
}

/** Waits until the numbers of a prompt with this many tokens are there, and not those before an edit. */
export async function ready(window, count, timeoutMs = 60_000) {
  const words = count === 1 ? '1 token' : `${grouped(count)} tokens`;
  await until(
    `a finished run of ${words}`,
    async () => new RegExp(` ${words} · [\\d.]+ (s|min)$`).test(await footer(window.panel)),
    timeoutMs,
  );
}

/** Waits until the panel shows this file and not the one before it. @param name as the panel says it, without its folder */
export async function showsFile({ panel }, name, timeoutMs = 60_000) {
  const shown = panel.locator('.file .file-name');
  await until(`${name} on the panel`, async () => (await shown.innerText()) === name, timeoutMs);
}

/** Sentences of the failure on screen, or null. */
export async function failure(panel) {
  const alert = panel.locator('.lens [role="alert"] b');
  return (await alert.count()) === 0 ? null : (await alert.first().innerText()).trim();
}

/** A cell of a table twin as a number; NaN for an empty one. */
export function number(cell) {
  return Number(cell.replaceAll('\u2212', '-').replace('–', 'NaN'));
}

/** Chooses in the row of buttons with this label. */
export function press(panel, group, value) {
  return panel.locator(`[role="radiogroup"][aria-label="${group}"] button[data-value="${value}"]`).click();
}

/** Chooses in the drop-down list that stands after this label. */
export const chooseIn = (panel, label, option) =>
  chooseFrom(panel.locator('label.field', { hasText: label }).locator('vscode-dropdown'), option);

export async function chooseFrom(list, option) {
  const wanted = list.locator('vscode-option', { hasText: new RegExp(`^\\s*${option}\\s*$`) });
  // What arrives meanwhile may redraw the controls, or take the focus, and close the list.
  await until(`${option} chosen`, async () => {
    if (!(await wanted.isVisible())) await list.click({ timeout: 5000 });
    await wanted.click({ timeout: 2000 });
    return true;
  });
}

/** Writes into the text field inside `place` and presses Enter. */
export async function typeInto(place, words) {
  const field = place.locator('vscode-text-field input');
  await field.fill(words);
  await field.press('Enter');
}
