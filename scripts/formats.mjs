// Writes the prompt formats into package.json and README.md from their table, src/document/formats.ts. A unit test compares them.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './setup.mjs';

const outfile = path.join(root, '.cache/formatManifest.js');
const entryPoints = [path.join(root, 'src/document/formatManifest.ts')];
await esbuild.build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
const { broughtLanguages, formatTable, offeredWhen, wakingLanguages } = createRequire(import.meta.url)(outfile);

const file = path.join(root, 'package.json');
const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
const others = manifest.activationEvents.filter((event) => !event.startsWith('onLanguage:'));
manifest.activationEvents = [...wakingLanguages().map((id) => `onLanguage:${id}`), ...others];
manifest.contributes.languages = broughtLanguages();
for (const item of manifest.contributes.menus['editor/title'])
  if (item.command === 'promptLens.openPanel') item.when = offeredWhen();
fs.writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);

const readme = path.join(root, 'README.md');
const marks = /(<!-- table of formats -->\n)[\s\S]*?(\n<!-- end of the table of formats -->)/;
const text = fs.readFileSync(readme, 'utf8');
if (!marks.test(text)) throw new Error('README.md has no place for the table of formats.');
fs.writeFileSync(
  readme,
  text.replace(marks, (_, before, after) => before + formatTable() + after),
);
