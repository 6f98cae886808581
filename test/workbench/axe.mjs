/**
 * What axe-core finds on a page of the harness: `node test/workbench/axe.mjs [scene …]` prints it for scenes whose names
 * begin so. Tests take `findings`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { launch, openPanel, scenes, serve } from './pageHarness.mjs';
import { themes } from './pageThemes.mjs';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe's own values, but for texts of one character and of arrows, which it leaves out: a line end is written `↵`. */
const contrast = {
  ignoreUnicode: false,
  ignoreLength: true,
  ignorePseudo: false,
  boldValue: 700,
  boldTextPt: 14,
  largeTextPt: 18,
  contrastRatio: { normal: { expected: 4.5 }, large: { expected: 3 } },
  pseudoSizeThreshold: 0.25,
  shadowOutlineEmMax: 0.2,
};

/** Outside the landmarks may stand what axe allows, a tooltip, which belongs to what it describes, and an open menu, which belongs to its button. */
const region = { regionMatcher: 'dialog, [role=dialog], [role=alertdialog], [role=tooltip], [role=menu], svg' };
const checks = [
  { id: 'color-contrast', options: contrast },
  { id: 'region', options: region },
];

/**
 * Runs in the page. `moderate` is asked for too: landmarks and headings are of that rank.
 * @returns {Promise<{rule: string, impact: string, where: string, why: string}[]>}
 */
async function ask(given) {
  const axe = Reflect.get(window, 'axe');
  axe.configure({ checks: given });
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => ({
        rule: id,
        impact,
        where: target.flat().join(' '),
        why: failureSummary.split('\n').slice(1).join('; ').trim(),
      })),
    );
}

/** The narrowest panel that must do, at 150 % zoom. */
const narrow = { width: 300, height: 900 };

/**
 * Opens a scene at 150 % with reduced motion, lets it act, and lists as lines what axe finds: as the scene is looked at, then 300 px wide
 * in the four themes. A page's own errors are findings too.
 */
export async function findings(browser, url, options) {
  const { tab, errors, close } = await openPanel(browser, url, { ...options, scale: 1.5 });
  await tab.waitForTimeout(100);
  await options.act?.(tab);
  await tab.evaluate(source);
  const found = [];
  const judge = async (name) => {
    for (const { rule, impact, where, why } of await tab.evaluate(ask, checks))
      found.push(`${name}: ${rule} (${impact}) at ${where}: ${why}`);
  };
  await judge('as it is');
  await tab.setViewportSize(narrow);
  for (const [look, classes] of Object.entries(themes)) {
    await tab.evaluate((each) => document.body.setAttribute('class', each), classes);
    await tab.waitForTimeout(60);
    await judge(`${look}, ${narrow.width} px`);
  }
  await close();
  return [...errors, ...found];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [browser, server] = await Promise.all([launch(), serve()]);
  for (const [name, options] of Object.entries(scenes)) {
    if (positionals.length && !positionals.some((start) => name.startsWith(start))) continue;
    const started = Date.now();
    const found = await findings(browser, server.url, options).catch((error) => [String(error)]);
    console.log(name, `${Date.now() - started} ms`, found.length ? `\n  ${found.join('\n  ')}` : 'ok');
  }
  await browser.close();
  server.close();
}
