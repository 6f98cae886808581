// Every contributed command is in the palette and runs without an error message.
import { until } from '../lab.mjs';
import { ready } from '../panel.mjs';

const file = 'commands.txt';

/** Those that need an argument or another place than the palette say so themselves in package.json. */
function inPalette(manifest) {
  const hidden = new Set(
    (manifest.contributes.menus?.commandPalette ?? [])
      .filter((each) => each.when === 'false')
      .map((each) => each.command),
  );
  return manifest.contributes.commands.map((each) => each.command).filter((id) => !hidden.has(id));
}

export const tests = {
  'every command of the palette runs without an error message': async (bench) => {
    bench.write(file, 'One two three four five six seven');
    const window = await bench.window({ open: file });
    await window.command(bench.title('promptLens.openPanel'));
    await ready(window, (await bench.cli('tokens', file)).prompt.tokens.length);
    const complaints = [];
    for (const id of inPalette(bench.manifest)) {
      if (!(await window.offers(bench.title(id)))) continue;
      await window.focusEditor(file);
      await window.command(bench.title(id));
      await window.page.waitForTimeout(400);
      for (const toast of await window.errorToasts()) complaints.push(`${id}: ${toast}`);
      await window.page.keyboard.press('Escape');
      await window.clearToasts();
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
    bench.check.equal(bench.engines().length, 1);
    bench.check.ok(await until('an engine', () => bench.engines().length === 1));
  },
};
