// The Layers tab: the lens and the head map are the command line's, a followed token, a head one click from its attention, and
// what the prompt's own examples do.
import { until } from '../lab.mjs';
import { number, press, ready, tables, typeInto, visible } from '../panel.mjs';

const file = 'capital.txt';
const text = 'The capital of Italy is Rome. The capital of France is';

async function opened(bench) {
  if (bench.windows.length > 0) return bench.windows[0];
  bench.write(file, text);
  const window = await bench.window({ open: file });
  await window.command(bench.title('promptLens.showLayers'));
  return window;
}

const tokensOf = async (bench, name = file) => (await bench.cli('tokens', name)).prompt.tokens.length;

/** What the shown heads' table says: `Map` of "block.head" to a row by column. */
function byHead({ columns, rows }) {
  return new Map(
    rows.map((row) => [`${row[0]}.${row[1]}`, Object.fromEntries(columns.map((name, i) => [name, row[i]]))]),
  );
}

export const tests = {
  'the lens at the last position is the command line’s': async (bench) => {
    const { check } = bench;
    const window = await opened(bench);
    const { result, model } = await bench.cli('lens', file, '--top', '5');
    await ready(window, result.position + 1, 90_000);
    const [lens, followed] = await tables(window.panel);
    const rows = lens.rows.filter((row) => Number(row[0]) === result.position);
    check.equal(rows.length, model.layers + 1);
    const target = followed.rows.filter((row) => row[1] === followed.rows[0][1]);
    for (const [layer, { top, target: exact }] of result.layers.entries()) {
      const [, , blocks, likeliest, p] = rows[layer];
      check.equal(Number(blocks), layer);
      check.equal(likeliest, visible(top[0].text));
      check.ok(Math.abs(number(p) - Math.exp(top[0].logprob)) < 2e-4, `layer ${layer}: ${p} for ${top[0].logprob}`);
      check.equal(Number(target[layer][3]), exact.rank + 1);
      check.ok(Math.abs(number(target[layer][4]) - exact.logprob) < 2e-3, `layer ${layer}: ${target[layer][4]}`);
    }
  },

  'a token that is followed has the command line’s ranks': async (bench) => {
    const { check } = bench;
    const { panel } = await opened(bench);
    await typeInto(panel.locator('.lens-add'), ' Rome');
    const item = panel.locator('.lens-lines .it', { hasText: '·Rome' });
    const { result } = await bench.cli('lens', file, '--target', ' Rome');
    const last = result.layers.at(-1).target.rank + 1;
    await until('its rank in the legend', async () => (await item.innerText()).includes(String(last)));
    const [, { rows }] = await tables(panel);
    const own = rows.filter((row) => row[0] === '·Rome');
    check.deepEqual(
      own.map((row) => Number(row[3])),
      result.layers.map(({ target }) => target.rank + 1),
    );
    await item.locator('button').click();
    await until('no such line any more', async () => (await item.count()) === 0);
    await panel.locator('.lens-position button').first().click();
    check.ok(
      await until('a candidate that was clicked is followed', () => panel.locator('.lens-lines button.x').count()),
    );
  },

  'the head map grows to the command line’s scores': async (bench) => {
    const { check } = bench;
    const window = await opened(bench);
    await press(window.panel, 'Look at', 'heads');
    const words = window.panel.locator('#view .heads-words').first();
    check.ok(await until('a map on its way', async () => /so far|Each of the/.test(await words.innerText()), 60_000));
    const { result } = await bench.cli('heads', file);
    await ready(window, await tokensOf(bench), 120_000);
    const drawn = byHead((await tables(window.panel))[0]);
    for (const [layer, row] of result.scores.entries())
      for (const [head, exact] of row.entries()) {
        const score = drawn.get(`${layer}.${head}`)['Knock-out, nats'];
        check.ok(Math.abs(number(score) - exact) < 2e-3, `${layer}.${head}: ${score} for ${exact}`);
      }
  },
};
