// Writes the editor's tools into package.json from the contracts, and names the strings that package.nls.json lacks. A unit test compares
// both.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './setup.mjs';

const outfile = path.join(root, '.cache/editorTools.js');
const entryPoints = [path.join(root, 'src/tools/editorManifest.ts')];
await esbuild.build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
const { editorManifest, editorStrings } = createRequire(import.meta.url)(outfile);

const file = path.join(root, 'package.json');
const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
manifest.contributes.languageModelTools = editorManifest();
fs.writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);

const strings = JSON.parse(fs.readFileSync(path.join(root, 'package.nls.json'), 'utf8'));
for (const [key, text] of Object.entries(editorStrings()))
  if (strings[key] !== text) console.log(`package.nls.json: ${JSON.stringify(key)}: ${JSON.stringify(text)},`);
