// Reads the panel as a user does: it sees what the page shows and not what the extension holds.
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from '../../scripts/setup.mjs';
import { until } from './lab.mjs';

/** The page's own number formats, which allow a shown figure to be compared with an exact one. */
const bundle = await esbuild.build({
  entryPoints: [path.join(root, 'webview/base/format.ts')],
  bundle: true,
  format: 'esm',
  write: false,
});
const encoded = Buffer.from(bundle.outputFiles[0].text).toString('base64');
const format = await import(`data:text/javascript;base64,${encoded}`);

/** Whether the page could print the value as this text. For a value at a rounding edge, both roundings count. */
export function shows(text, value, print, tolerance = 1e-4) {
  return [value, value * (1 - tolerance), value * (1 + tolerance)].some((each) => print(each) === text);
}

export const { probability, fixed, grouped, visible } = format;

/** Rows of the next-token chart: `[{text, probability}]` as printed; empty before there are any. */
export function nextTokens(panel) {
  return panel.locator('#view svg g.row').evaluateAll((rows) =>
    rows.map((row) => ({
      text: row.querySelector('text.tk')?.textContent ?? '',
      // The sampled probability may stand before the raw one; the running total is muted.
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

/** The token at this position in the text. */
export function token(panel, position) {
  return panel.locator(`#view .tok[data-token="${position}"]`).first();
}

/** The command that shows each tab for the file in front. */
const commands = {
  probabilities: 'showProbabilities',
  attention: 'showAttention',
  saliency: 'whyThisAnswer',
  layers: 'showLayers',
  patching: 'showPatching',
  embeddings: 'showEmbeddings',
  lie: 'showLieDetector',
};

/** Shows the panel on this tab; does nothing when it is already there. */
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

/** The table twins of the tab, each `{columns: string[], rows: string[][]}`; afterwards the picture is in front again. */
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

/** Waits for the numbers of a prompt with this many tokens, and not those from before an edit. */
export async function ready(window, count, timeoutMs = 60_000) {
  const words = count === 1 ? '1 token' : `${grouped(count)} tokens`;
  await until(
    `a finished run of ${words}`,
    async () => new RegExp(` ${words} · [\\d.]+ (s|min)$`).test(await footer(window.panel)),
    timeoutMs,
  );
}

/** Waits until the panel shows this file and not the previous one. @param name as the panel says it, without its folder */
export async function showsFile({ panel }, name, timeoutMs = 60_000) {
  const shown = panel.locator('.file .file-name');
  await until(`${name} on the panel`, async () => (await shown.innerText()) === name, timeoutMs);
}

/** Sentences of the failure that is on screen, or null. */
export async function failure(panel) {
  const alert = panel.locator('.lens [role="alert"] b');
  return (await alert.count()) === 0 ? null : (await alert.first().innerText()).trim();
}

/** A cell of a table twin as a number; NaN for an empty one. */
export function number(cell) {
  return Number(cell.replaceAll(',', '').replaceAll('\u2212', '-').replace('–', 'NaN'));
}

/** Presses a button of the row with this label. */
export function press(panel, group, value) {
  return panel.locator(`[role="radiogroup"][aria-label="${group}"] button[data-value="${value}"]`).click();
}

/** Chooses from the drop-down list after this label. */
export const chooseIn = (panel, label, option) =>
  chooseFrom(panel.locator('label.field', { hasText: label }).locator('vscode-dropdown'), option);

export async function chooseFrom(list, option) {
  const wanted = list.locator('vscode-option', { hasText: new RegExp(`^\\s*${option}\\s*$`) });
  // Data that arrives meanwhile may redraw the controls or take the focus, which closes the list.
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
