// Every contributed command is in the palette and runs without an error message.
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

export const tests = {
  'every command of the palette runs without an error message': async (bench) => {
    bench.write(file, 'One two three four five six seven');
    const window = await bench.window({ open: file });
    await window.command(bench.title('promptLens.openPanel'));
    await ready(window, (await bench.cli('tokens', file)).prompt.tokens.length);
    const complaints = [];
    for (const { id, when } of palette(bench.manifest)) {
      const title = bench.title(id);
      await window.focusEditor(file);
      if (when === false) bench.check.equal(await window.offers(title), false, title);
      else if (when === null || (await window.offers(title))) await window.command(title);
      await window.page.waitForTimeout(300);
      const errors = await window.errorToasts();
      complaints.push(...errors.map((text) => `${id}: ${text}`));
      await window.page.keyboard.press('Escape');
      if (errors.length > 0) await window.clearToasts();
    }
    bench.check.deepEqual(complaints, []);
    bench.check.deepEqual(window.errors, []);
  },

  'the panel still works afterwards': async (bench) => {
    const window = bench.windows[0];
    await window.openFile(file);
    await window.command(bench.title('promptLens.showProbabilities'));
    const { prompt } = await bench.cli('tokens', file);
    await ready(window, prompt.tokens.length);
    bench.check.ok(await until('one engine', () => bench.engines().length === 1));
  },
};
