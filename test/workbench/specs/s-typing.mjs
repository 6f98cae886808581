// Typing in a prompt of 552 tokens is as quick beside the open panel as without it.

import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { longPrompt } from '../longPrompt.mjs';
import { onTab, ready } from '../panel.mjs';
import { figures, medians, panelTasks, startWatching, typed, watchPanel } from '../typing.mjs';

const file = 'conversation.prompt.txt';

async function opened(bench) {
  bench.write(file, longPrompt);
  const window = await bench.shared({ open: file });
  await onTab(bench, window, 'probabilities');
  await ready(window, 552, 120_000);
  return window;
}

async function closePanel(window) {
  await window.tab('conversation.prompt.txt').click();
  const panels = window.page.locator('.tabs-container .tab', { hasText: 'Prompt Lens' });
  await panels.first().hover();
  await panels.first().locator('.tab-actions .action-label').first().click();
  await until('the panel closed', async () => (await panels.count()) === 0);
}

async function toTheMiddle(window) {
  await window.focusEditor(file);
  await window.page.keyboard.press('Control+G');
  await window.page.keyboard.type('28');
  await window.page.keyboard.press('Enter');
  await window.page.keyboard.press('End');
}

/** Alternates the two, and returns the figures of each. */
async function compared(bench, rounds, bursts) {
  const window = await opened(bench);
  await startWatching(window);
  const open = [];
  const closed = [];
  const tasks = [];
  for (let round = 0; round < rounds; round++) {
    await onTab(bench, window, 'probabilities');
    await until('numbers', async () => (await window.panel.locator('#view svg g.row').count()) > 0, 60_000);
    await watchPanel(window.panel);
    await toTheMiddle(window);
    open.push(figures(await typed(window, bursts)));
    tasks.push(...(await panelTasks(window.panel)));
    await closePanel(window);
    await toTheMiddle(window);
    closed.push(figures(await typed(window, bursts)));
  }
  const words = (all) => medians(all).map(Math.round).join(' / ');
  console.log(`key to paint, p50 / p95 / longest in ms: ${words(open)} open, ${words(closed)} closed`);
  console.log(`rounds open ${JSON.stringify(open.map((each) => each.map(Math.round)))}`);
  console.log(`rounds closed ${JSON.stringify(closed.map((each) => each.map(Math.round)))}`);
  console.log(`tasks of the panel over 50 ms: ${tasks.join(', ') || 'none'}`);
  return { open: medians(open), closed: medians(closed), tasks };
}

test('typing is as quick beside the panel', long, async ({ bench }) => {
  test.setTimeout(600_000);
  const { check } = bench;
  const { open, closed } = await compared(bench, 3, 3);
  for (const [at, ms] of open.entries()) check.ok(ms <= 1.3 * closed[at], `${ms} ms, ${closed[at]} without the panel`);
});
