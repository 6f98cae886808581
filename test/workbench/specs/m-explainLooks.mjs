// Pictures of Saliency, Layers and Patching for people to look at, of one short review.

import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { photographAll } from '../looks.mjs';
import { onTab, openTab, press, ready, typeInto } from '../panel.mjs';

test.use({ shares: true });

const file = 'explained.txt';
const review = 'Review: The film was dull and far too long.\nSentiment:';
const looks = { looks: ['dark', 'light', 'hc'], widths: [1400, 600] };

/** The target is ` negative` and not ` positive`. It is chosen on a tab where another target starts no long run. */
async function opened(bench) {
  bench.write(file, review);
  const [window, count] = await Promise.all([bench.shared({ open: file }), bench.tokens(file)]);
  const { panel } = window;
  await onTab(bench, window, 'probabilities');
  await ready(window, count, 90_000);
  await panel.locator('.chip.target .chip-open').click();
  const columns = panel.locator('.popover .target-form .target-column');
  await typeInto(columns.nth(0), ' negative');
  await typeInto(columns.nth(1), ' positive');
  await panel.locator('.popover').press('Escape');
  await until('the contrast', async () => (await panel.locator('.chip.target').innerText()).includes('·positive'));
  return { window, count };
}

/** Shows a tab, or a section of the tab Layers, and waits until its numbers are complete. */
function view({ window, count }, tab, section) {
  const show = async () => {
    await openTab(window.panel, tab);
    if (section) await press(window.panel, 'Look at', section);
    await ready(window, count, 180_000);
  };
  return { name: `sentiment-${section ?? tab}`, show };
}

async function secondPrompt({ panel }, words) {
  await openTab(panel, 'patching');
  await panel.locator('.patch-area').fill(words);
  const run = panel.locator('.patch-form vscode-button', { hasText: 'Run' });
  await until('a prompt to run', () => run.evaluate((button) => !button.disabled));
  await run.click();
  await panel.locator('.patch-pair').waitFor({ timeout: 120_000 });
}

test('pictures of one short review held against another', long, async ({ bench }) => {
  const place = await opened(bench);
  await secondPrompt(place.window, review.replace('dull', 'great'));
  await photographAll(bench, place.window, [view(place, 'patching')], looks);
});

test('pictures of one short review by itself', long, async ({ bench }) => {
  const place = await opened(bench);
  const views = [view(place, 'saliency'), view(place, 'layers', 'lens')];
  await photographAll(bench, place.window, views, looks);
});
