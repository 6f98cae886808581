// Pictures of tabs for people to look at, in the panel widths and themes that the page is made for. Whatever can be checked
// without eyes is checked: the theme has arrived, and nothing is wider than the panel.
import { until } from './lab.mjs';

const themes = {
  dark: { label: 'Dark Modern', kind: 'vscode-dark' },
  light: { label: 'Light Modern', kind: 'vscode-light' },
  hc: { label: 'Dark High Contrast', kind: 'vscode-high-contrast' },
};
const height = 1500;

/** Makes the window so wide that the panel gets this width; the editor gets half of the added width. */
async function widen(window, width, known) {
  const lens = window.panel.locator('.lens');
  const has = () => lens.evaluate((node) => node.clientWidth);
  if (known.has(width)) await window.page.setViewportSize({ width: known.get(width), height });
  await until(`a panel ${width} px wide`, async () => {
    const missing = width - (await has());
    if (Math.abs(missing) < 8) return true;
    const now = window.page.viewportSize();
    await window.page.setViewportSize({ width: Math.max(900, now.width + 2 * missing), height });
    await until('the new width', async () => width - (await has()) !== missing, 3000).catch(() => {});
    return false;
  });
  known.set(width, window.page.viewportSize().width);
}

/**
 * Takes pictures `NAME-THEME-WIDTH` of every view: `show` puts it in front and resolves when it is fully drawn, `drawn` does the same
 * after a change of width (default: `show`). Themes are the outer loop, because changing one takes longest.
 */
export async function photographAll(bench, window, views, { looks = ['dark', 'light'], widths = [1400, 520] } = {}) {
  const before = window.page.viewportSize();
  const lens = window.panel.locator('.lens');
  const known = new Map();
  for (const look of looks) {
    const { label, kind } = themes[look];
    await window.theme(label);
    await until(`the theme ${label}`, async () =>
      (await window.panel.locator('body').getAttribute('class')).split(' ').includes(kind),
    );
    for (const { name, show, drawn = show } of views) {
      for (const width of widths) {
        await widen(window, width, known);
        await (width === widths[0] ? show : drawn)();
        const overflow = await lens.evaluate((node) => node.scrollWidth - node.clientWidth);
        bench.check.ok(overflow <= 0, `${name}, ${width} px: the page is ${overflow} px wider than its panel`);
        await window.screenshot(`${name}-${look}-${width}`);
      }
    }
  }
  await window.page.setViewportSize(before);
}

/** Takes the pictures of one view. */
export function photograph(bench, window, name, show) {
  return photographAll(bench, window, [{ name, show }]);
}
