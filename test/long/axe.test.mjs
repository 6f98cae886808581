/** Every scene of the page harness, judged by axe-core: no rule that is serious, critical or about landmarks and headings finds anything. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBrowser } from '../../scripts/realEditor.mjs';
import { findings } from '../workbench/axe.mjs';
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

it.each(Object.entries(scenes))('%s, in four themes and 300 px wide', async (_, options) =>
  expect(await findings(browser, server.url, options)).toEqual([]),
);
