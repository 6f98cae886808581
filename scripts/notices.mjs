// Writes ThirdPartyNotices.txt: the authors and licences of everything the extension is shipped with. Bundled packages are those that
// esbuild's metafiles name; the others are copied unchanged. A package without a licence that may be shipped stops the build.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

/** Packages shipped beside the bundles. */
const copied = ['onnxruntime-node', 'onnxruntime-common', '@saehrimnir/druidjs'];

const mayShip = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0']);

/** Packages shipped as separate modules, so that another version can take their place. */
const mayShipApart = { '@saehrimnir/druidjs': 'LGPL-3.0-or-later' };

/** Packages that state MIT in their package.json but carry no licence text, with the copyright that their repository names. */
const copyrightElsewhere = {
  '@microsoft/fast-element': 'Microsoft Corporation',
  '@microsoft/fast-foundation': 'Microsoft Corporation',
  '@microsoft/fast-web-utilities': 'Microsoft Corporation',
  'onnxruntime-node': 'Microsoft Corporation',
  'onnxruntime-common': 'Microsoft Corporation',
};

const mit = (holder) => `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Folders of the packages whose files are in the bundles, relative to the root; sorted, each once. */
export function bundledPackages(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
    ),
  );
  const folders = inputs.flatMap(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []);
  return [...new Set(folders)].sort();
}

/** @throws Error naming the package whose licence is missing or may not be shipped. */
function noticeOf(folder) {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
  if (!mayShip.has(license) && mayShipApart[name] !== license)
    throw new Error(`${name} ${version} has the licence ${license}, which scripts/notices.mjs does not know.`);
  const texts = fs
    .readdirSync(path.join(root, folder))
    .filter((file) => /^(licen[sc]e|copying|notices?)(\.(md|txt))?$/i.test(file))
    .sort()
    .map((file) => fs.readFileSync(path.join(root, folder, file), 'utf8').trim());
  const holder = copyrightElsewhere[name];
  if (texts.length === 0 && !holder) throw new Error(`${name} ${version} carries no text of its licence.`);
  return { title: `${name} ${version} (${license})`, text: texts.length > 0 ? texts.join('\n\n') : mit(holder) };
}

/** The whole file, with every package once, sorted by name. */
export function notices(metafiles) {
  const folders = [...bundledPackages(metafiles), ...copied.map((name) => `node_modules/${name}`)];
  const all = [...new Map(folders.map(noticeOf).map((each) => [each.title, each])).values()];
  all.sort((a, b) => (a.title < b.title ? -1 : 1));
  const model = fs.readFileSync(path.join(root, 'models', 'LICENSE-SmolLM2'), 'utf8').trim();
  all.push({ title: 'SmolLM2-135M-Instruct (Apache-2.0), the bundled model', text: model });
  const line = '-'.repeat(80);
  const head = `Prompt Lens is shipped with the work of others:\n\n${all.map(({ title }) => `  ${title}`).join('\n')}\n`;
  return `${head}${all.map(({ title, text }) => `\n${line}\n${title}\n${line}\n\n${text.replaceAll('\r\n', '\n')}\n`).join('')}`;
}
