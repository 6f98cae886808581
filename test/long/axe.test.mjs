/**
 * Every scene of the page harness, judged by axe-core: as it is looked at, and 300 px wide at 150 % zoom in the four themes, always
 * with reduced motion. No rule that is serious, critical or about landmarks and headings may find anything.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBrowser } from '../../scripts/realEditor.mjs';
import { findings, themeNames } from '../workbench/axe.mjs';
import { launch, scenes, serve } from '../workbench/pageHarness.mjs';

let browser;
let server;

beforeAll(async () => {
  process.env.CHROMIUM = await ensureBrowser();
  [browser, server] = await Promise.all([launch(), serve()]);
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

describe.each(Object.entries(scenes))('%s', (_, options) => {
  it('as it is looked at', async () =>
    expect(await findings(browser, server.url, options, [options.theme ?? 'dark'])).toEqual([]));

  it('300 px wide at 150 % in four themes', async () =>
    expect(await findings(browser, server.url, { ...options, width: 300, scale: 1.5 }, themeNames)).toEqual([]));
});
