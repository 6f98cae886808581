// Prompts as long as people write them: the ranking of their lines, and many of them one after another.
import fs from 'node:fs';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { longPrompt } from '../longPrompt.mjs';
import { processesOf } from '../network.mjs';
import { onTab, ready } from '../panel.mjs';

const file = 'conversation.txt';
const panelWidth = 520;

/** Sets the width of the window so that the panel, which takes half of what is added, has the width wanted. */
async function narrowed(window) {
  const { page, panel } = window;
  for (let attempt = 0; attempt < 4; attempt++) {
    const own = await panel.locator('body').evaluate(() => document.documentElement.clientWidth);
    if (Math.abs(own - panelWidth) <= 4) return;
    const { width, height } = page.viewportSize();
    await page.setViewportSize({ width: width + 2 * (panelWidth - own), height });
    await page.waitForTimeout(500);
  }
}

const rows = (panel) => panel.locator('.unit-ranking g.row');
const estimates = (panel) => rows(panel).filter({ hasText: /estimate [+\u2212]?\d/ });

test(
  'Saliency of 552 tokens by line is a ranking, estimated at once, and leads to the text',
  long,
  async ({ bench }) => {
    test.setTimeout(600_000);
    const { check } = bench;
    bench.write(file, longPrompt);
    const window = await bench.window({ open: file });
    const { panel } = window;
    await onTab(bench, window, 'probabilities');
    await ready(window, 552, 120_000);
    await narrowed(window);
    const started = Date.now();
    await onTab(bench, window, 'saliency');
    await until('a row for every line', async () => (await rows(panel).count()) === 57, 120_000);
    console.log(`every line has a row after ${((Date.now() - started) / 1000).toFixed(1)} s`);
    check.ok((await estimates(panel).count()) > 0, 'no row is called an estimate');
    check.equal(await panel.locator('[role="radio"][aria-checked="true"]', { hasText: /^Line$/ }).count(), 1);
    check.equal(await panel.locator('details.saliency-fold[open]').count(), 0);
    const known = async () => 57 - (await estimates(panel).count()) - 1;
    await until('some lines known', async () => (await known()) > 1, 120_000);
    check.match(await panel.locator('.saliency-finding').innerText(), /^Not all scores are known yet\./);
    const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth;
    check.ok(await panel.locator('body').evaluate(fits), 'the panel scrolls sideways');
    await window.screenshot('saliency-ranking-520');

    await panel.locator('.scroll .banner vscode-button', { hasText: 'Cancel' }).click();
    await panel.locator('.scroll .banner', { hasText: 'Cancelled.' }).waitFor();
    check.match(await panel.locator('.saliency-finding').innerText(), /^The run was not finished\. /);
    check.match(await panel.locator('.unit-ranking text.group').nth(1).innerHTML(), /did not come this far/);

    const line = longPrompt.split('\n').findIndex((text) => text.includes('Customer: My lamp'));
    await rows(panel).filter({ hasText: 'Customer: My lamp' }).click();
    const place = new RegExp(`^Ln ${line + 1}, .*selected|^Ln ${line + 2}, Col 1 .*selected`);
    check.ok(await until('the line selected', async () => place.test(await window.cursor())));
    await window.page.keyboard.press('ArrowLeft');
    check.ok(await until('the focus in the editor', async () => !/selected/.test(await window.cursor())));
  },
);

/** Bytes that a process holds. */
const resident = (id) => Number(/^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) * 1024;

test('fifty prompts, one after another, leave nothing behind', long, async ({ bench }) => {
  test.setTimeout(1_200_000);
  const { check } = bench;
  const name = (at) => `prompt-${String(at).padStart(2, '0')}.txt`;
  const text = (at) => `Customer ${at}: ${longPrompt.slice(at, 700 + at)}`;
  for (let at = 0; at < 50; at++) bench.write(name(at), text(at));
  const window = await bench.window({ open: name(0) });
  await onTab(bench, window, 'probabilities');
  const page = await window.context.newCDPSession(window.page);
  await page.send('HeapProfiler.enable');
  const measure = async () => {
    await page.send('HeapProfiler.collectGarbage');
    const { usedSize } = await page.send('Runtime.getHeapUsage');
    const [host] = processesOf('--type=extensionHost');
    return { page: usedSize, host: resident(host), engine: resident(await bench.engine()) };
  };
  const taken = [];
  for (let at = 0; at < 50; at++) {
    if (at > 0) await window.openFile(name(at));
    await ready(window, await bench.tokens(name(at)), 120_000);
    await window.focusEditor(name(at));
    await window.command('View: Close Editor');
    taken.push(await measure());
  }
  const mega = (bytes) => Math.round(bytes / 1e6);
  for (const part of ['page', 'host', 'engine']) {
    const [fifth, last] = [taken[4][part], Math.min(...taken.slice(-3).map((each) => each[part]))];
    console.log(`${part}: ${mega(fifth)} MB after the fifth, ${mega(last)} after the last`);
    check.ok(last <= 1.1 * fifth, `${part} grew from ${mega(fifth)} to ${mega(last)} MB`);
  }
  await bench.closeWindows();
  check.ok(await until('the engine ended', () => bench.engines().length === 0, 60_000));
});
