// Pictures of Saliency, Layers and Patching for people to look at: a few-shot prompt with an emoji and Chinese, and one short review.
import { until } from '../lab.mjs';
import { photographAll } from '../looks.mjs';
import { openTab, press, ready, typeInto } from '../panel.mjs';

const short = 'sentiment.txt';
const review = 'Review: The film was dull and far too long.\nSentiment:';
const shots = 'reviews.txt';
const looks = { looks: ['dark', 'light', 'hc'], widths: [1400, 600] };

const tokensOf = async (bench, name) => (await bench.cli('tokens', name)).prompt.tokens.length;

/** Both in one window, the target ` negative` and not ` positive`. */
async function opened(bench, name) {
  bench.write(short, review);
  const window = await bench.shared({ open: name });
  await window.page.keyboard.press('Control+1');
  await window.openFile(name);
  const { panel } = window;
  if ((await panel.locator('.lens').count()) === 0) await window.command(bench.title('promptLens.whyThisAnswer'));
  const count = await tokensOf(bench, name);
  await openTab(panel, 'saliency');
  await panel.locator('.chip.target .chip-open').click({ timeout: 90_000 });
  const columns = panel.locator('.popover .target-form .target-column');
  await typeInto(columns.nth(0), ' negative');
  await typeInto(columns.nth(1), ' positive');
  await panel.locator('.popover').press('Escape');
  await until('the contrast', async () => (await panel.locator('.chip.target').innerText()).includes('·positive'));
  return { window, count };
}

/** A tab, or a section of the tab Layers, waited for until its numbers are whole. */
function view({ window, count }, name, tab, section) {
  const show = async () => {
    await openTab(window.panel, tab);
    if (section) await press(window.panel, 'Look at', section);
    await ready(window, count, 180_000);
  };
  return { name: `${name}-${section ?? tab}`, show };
}

async function secondPrompt({ panel }, words) {
  await openTab(panel, 'patching');
  await panel.locator('.patch-area').fill(words);
  const run = panel.locator('.patch-form vscode-button', { hasText: 'Run' });
  await until('a prompt to run', () => run.evaluate((button) => !button.disabled));
  await run.click();
  await panel.locator('.patch-pair').waitFor({ timeout: 120_000 });
}

export const tests = {
  'pictures of one short review': async (bench) => {
    const place = await opened(bench, short);
    await secondPrompt(place.window, review.replace('dull', 'great'));
    const views = ['saliency', 'patching'].map((tab) => view(place, 'sentiment', tab));
    for (const { show } of views) await show();
    await photographAll(bench, place.window, views, looks);
  },

  'pictures of a few-shot prompt': async (bench) => {
    const place = await opened(bench, shots);
    const sections = ['examples', 'lens'].map((section) => view(place, 'reviews', 'layers', section));
    const views = [view(place, 'reviews', 'saliency'), ...sections];
    for (const { show } of views) await show();
    await photographAll(bench, place.window, views, looks);
  },
};
