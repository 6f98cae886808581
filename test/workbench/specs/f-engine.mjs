// The engine dies: the editor survives, one message says what happened, and the numbers come back.

import { test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { internetSockets } from '../network.mjs';
import { nextTokens, onTab, ready, tokens } from '../panel.mjs';

const file = 'engine.txt';

async function opened(bench) {
  bench.write(file, 'Water boils at one hundred degrees');
  const [window, count] = await Promise.all([bench.shared({ open: file }), bench.tokens(file)]);
  await onTab(bench, window, 'probabilities');
  await ready(window, count);
  return { window, count };
}

test('a killed engine comes back with one message and the same numbers', async ({ bench }) => {
  const { check } = bench;
  const { window, count } = await opened(bench);
  const before = await nextTokens(window.panel);
  const first = await bench.engine();
  await window.watchToasts();
  process.kill(first, 'SIGKILL');
  const second = await until('another engine', () => bench.engines().find((pid) => pid !== first), 60_000);
  check.notEqual(second, first);
  check.ok((await tokens(window.panel)).length > 0, 'what was drawn stays on the panel');
  await ready(window, count);
  check.deepEqual(await nextTokens(window.panel), before);
  const messages = await window.seenToasts();
  check.equal(messages.length, 1, messages.join(' | '));
  check.match(messages[0], /engine/i);
});

test('the engine holds no connection to anywhere', async ({ bench }) => {
  await opened(bench);
  bench.check.deepEqual(internetSockets(await bench.engine()), []);
});

test('the engine ends with its window', async ({ bench }) => {
  await opened(bench);
  bench.check.ok(await bench.engine());
  await bench.closeWindows();
  bench.check.ok(await until('no engine left', () => bench.engines().length === 0, 40_000));
});
