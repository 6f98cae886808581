// npm start -- --check: opens the page that npm start offers in a headless browser, and waits until its panel shows real numbers.
import path from 'node:path';
import { findChromium } from '../../scripts/realEditor.mjs';
import { artefacts, launchBrowser, newContext, openWindow, until } from './lab.mjs';
import { nextTokens } from './panel.mjs';

/** @returns {Promise<number>} 0 when the panel opened by itself and shows a distribution, else 1 */
export async function checkStart(address) {
  const executable = await findChromium();
  if (executable === null) throw new Error('No Chromium was found. Install one, or name it in the variable CHROMIUM.');
  const browser = await launchBrowser(executable);
  try {
    const window = await openWindow(await newContext(browser), address);
    try {
      const [first] = await until(
        'next-token probabilities in the panel',
        async () => {
          const drawn = await nextTokens(window.panel);
          return drawn.length > 0 ? drawn : null;
        },
        90_000,
      );
      console.log(`The panel shows "${first.text}" with probability ${first.probability} as the next token.`);
      return 0;
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      return 1;
    } finally {
      await window.screenshot('start');
      console.log(`Picture: ${path.join(artefacts, 'start.png')}`);
    }
  } finally {
    await browser.close();
  }
}
