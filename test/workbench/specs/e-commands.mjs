// Every contributed command is in the palette and runs without an error message.

import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { ready } from '../panel.mjs';

const file = 'commands.txt';

/** Every contributed command, with the condition under which the palette offers it (null: always, false: never). */
function palette(manifest) {
  const entries = manifest.contributes.menus?.commandPalette ?? [];
  return manifest.contributes.commands.map(({ command }) => {
    const when = entries.find((each) => each.command === command)?.when ?? null;
    return { id: command, when: when === 'false' ? false : when };
  });
}

test(
  'every command of the palette runs without an error message, and the panel still works afterwards',
  long,
  async ({ bench }) => {
    bench.write(file, 'One two three four five six seven');
    const window = await bench.window({ open: file });
    await window.command(bench.title('promptLens.openPanel'));
    await ready(window, await bench.tokens(file));
    const complaints = [];
    for (const { id, when } of palette(bench.manifest)) {
      const title = bench.title(id);
      await window.focusEditor(file);
      if (when === null) await window.command(title);
      else bench.check.ok(!(await window.commandIfOffered(title)) || when !== false, title);
      await window.page.waitForTimeout(300);
      const errors = await window.errorToasts();
      complaints.push(...errors.map((text) => `${id}: ${text}`));
      await window.closeDialogs();
      if (errors.length > 0) await window.clearToasts();
    }
    bench.check.deepEqual(complaints, []);
    bench.check.deepEqual(window.errors, []);
    await window.openFile(file);
    await window.command(bench.title('promptLens.showProbabilities'));
    await ready(window, await bench.tokens(file));
    bench.check.ok(await until('one engine', () => bench.engines().length === 1));
  },
);
