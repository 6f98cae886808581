// npm test: sets everything up, runs every tier but `long` and ends with one line, `N passed, N failed`. `node scripts/test.mjs unit
// reference` runs only those tiers; `node scripts/test.mjs long` runs the tier that npm test leaves out.
import { ensureDependencies, main } from './setup.mjs';

main(import.meta.url, async (names) => {
  await ensureDependencies();
  const { add, everyRun, prepareEditor, summary, tiers } = await import('./tiers.mjs');
  const wanted = names.length > 0 ? names : everyRun;
  const unknown = wanted.filter((name) => !(name in tiers));
  if (unknown.length > 0)
    throw new Error(`There is no tier ${unknown.join(', ')}: choose of ${Object.keys(tiers).join(', ')}.`);
  const editor = wanted.some((name) => name === 'workbench' || name === 'long') ? prepareEditor() : null;
  const lines = [];
  let total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of wanted) {
    console.log(`\n== ${name}`);
    const started = Date.now();
    const counts = await tiers[name](editor).catch((error) => {
      console.log(error.message);
      return { passed: 0, failed: 1, skipped: 0 };
    });
    lines.push(`${name.padEnd(10)} ${summary(counts)} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    console.log(lines.at(-1));
    total = add(total, counts);
  }
  const flaky = (total.flaky ?? []).map((name) => `flaky: ${name}\n`).join('');
  console.log(`\n${lines.join('\n')}\n\n${flaky}${summary(total)}`);
  return total.failed === 0 ? 0 : 1;
});
