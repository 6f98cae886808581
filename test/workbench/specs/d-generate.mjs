// Generation in the panel.

import { test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { ready } from '../panel.mjs';

test.use({ shares: true });

const file = 'generate.txt';

test('greedy generation in the panel writes what the command line writes', async ({ bench }) => {
  bench.write(file, 'The three primary colours are red,');
  // A generated row is twelve tokens long unless another length is chosen.
  const [window, { result, prompt }] = await Promise.all([
    bench.shared({ open: file }),
    bench.cli('generate', file, '--max-tokens', '12'),
  ]);
  await window.command(bench.title('promptLens.showProbabilities'));
  await ready(window, prompt.tokens.length);
  const solid = (words) => words.replace(/[↵·\s]/g, '');
  const expected = solid(result.text);
  await window.command(bench.title('promptLens.generate'));
  const view = window.panel.locator('#view');
  const found = await until('the greedy continuation', async () => solid(await view.innerText()).includes(expected));
  bench.check.ok(found, expected);
  bench.check.ok(expected.length > 10, result.text);
});
