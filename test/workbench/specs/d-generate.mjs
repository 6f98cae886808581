// Generation in the panel.
import { until } from '../lab.mjs';
import { ready } from '../panel.mjs';

const file = 'generate.txt';

export const tests = {
  'greedy generation in the panel writes what the command line writes': async (bench) => {
    bench.write(file, 'The three primary colours are red,');
    const window = await bench.window({ open: file });
    await window.command(bench.title('promptLens.showProbabilities'));
    await ready(window, (await bench.cli('tokens', file)).prompt.tokens.length);
    const { result } = await bench.cli('generate', file, '--max-tokens', '16');
    const expected = result.text.replace(/\s+/g, ' ').trim();
    await window.command(bench.title('promptLens.generate'));
    const lanes = window.panel.locator('#view');
    const plain = async () => (await lanes.innerText()).replace(/[↵·]/g, ' ').replace(/\s+/g, ' ');
    const found = await until('the greedy continuation', async () => (await plain()).includes(expected), 60_000);
    bench.check.ok(found, expected);
  },
};
