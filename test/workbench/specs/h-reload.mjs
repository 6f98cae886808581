// A reloaded window shows the same panel: tab, numbers, selection of views.

import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { nextTokens, openTab, ready } from '../panel.mjs';

const file = 'reload.txt';

test('the panel is back after a reload, on the tab it had', long, async ({ bench }) => {
  const { check } = bench;
  bench.write(file, 'Once upon a time there was a');
  // An address that names a file opens only that file, even after a reload, so this window's address names none.
  const [window, count] = await Promise.all([bench.window(), bench.tokens(file)]);
  await window.openFile(file);
  await window.command(bench.title('promptLens.showProbabilities'));
  await ready(window, count);
  const before = await nextTokens(window.panel);
  await openTab(window.panel, 'attention');
  await ready(window, count);
  await window.reload();
  await until(
    'the attention tab',
    async () => (await window.panel.locator('#tab-attention').getAttribute('aria-selected')) === 'true',
    60_000,
  );
  await ready(window, count);
  await openTab(window.panel, 'probabilities');
  await ready(window, count);
  check.deepEqual(await nextTokens(window.panel), before);
  check.deepEqual(await window.errorToasts(), []);
});
