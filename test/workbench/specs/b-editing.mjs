// The panel follows the file: every edit, a change to another file, and no file.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { nextTokens, onTab, probability, ready, shows, tokens, visible } from '../panel.mjs';

test.use({ shares: true });

const file = 'edited.txt';
const text = 'The capital of France is';

/** Opens the panel beside the file, with its numbers. */
async function opened(bench) {
  bench.write(file, text);
  const [window, count] = await Promise.all([bench.shared({ open: file }), bench.tokens(file)]);
  await onTab(bench, window, 'probabilities');
  await ready(window, count);
  return window;
}

test('typing changes the numbers to those of the new text', async ({ bench }) => {
  const { check } = bench;
  const window = await opened(bench);
  const before = await nextTokens(window.panel);
  await window.focusEditor(file);
  await window.page.keyboard.press('Control+End');
  await window.page.keyboard.type(' the city of Paris. The capital of Italy is');
  await window.page.keyboard.press('Control+S');
  // The command line reads the file on the disk.
  const saved = path.join(bench.workspace, file);
  await until('the file saved', () => readFileSync(saved, 'utf8').endsWith('Italy is'));
  const { result, prompt } = await bench.cli('probabilities', file);
  await ready(window, prompt.tokens.length);
  const after = await nextTokens(window.panel);
  check.notDeepEqual(after, before);
  check.equal(after[0].text, visible(result.next[0].text));
  check.ok(shows(after[0].probability, Math.exp(result.next[0].logprob), probability), after[0].probability);
});

test('another prompt, opened while the panel has the focus, does not cover it and is shown instead', async ({
  bench,
}) => {
  const window = await opened(bench);
  bench.write('other.prompt.md', '---\nname: other\n---\nuser:\nName a colour.\n');
  await window.panel.locator('#view .tok').first().click();
  await window.openFile('other.prompt.md');
  await ready(window, await bench.tokens('other.prompt.md'));
  const drawn = await tokens(window.panel);
  bench.check.ok(
    drawn
      .map((each) => each.text)
      .join('')
      .includes('Name a colour.'),
  );
});
