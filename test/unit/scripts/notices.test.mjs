import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundledPackages, notices } from '../../../scripts/notices.mjs';

const metafile = (...inputs) => ({
  outputs: { 'dist/a.js': { inputs: Object.fromEntries(inputs.map((file) => [file, { bytesInOutput: 5 }])) } },
});

describe('the notices', () => {
  it('name each bundled package once, also one inside another, and none of which no byte is left', () => {
    const unused = { outputs: { 'dist/b.js': { inputs: { 'node_modules/gone/index.js': { bytesInOutput: 0 } } } } };
    const files = [
      ...['src/a.ts', 'node_modules/d3-color/dist/d3-color.mjs', 'node_modules/@vscode/webview-ui-toolkit/dist/a.js'],
      'node_modules/@microsoft/fast-foundation/node_modules/tslib/tslib.es6.js',
    ];
    expect(bundledPackages([metafile(...files), metafile(files[1]), unused])).toEqual([
      'node_modules/@microsoft/fast-foundation/node_modules/tslib',
      'node_modules/@vscode/webview-ui-toolkit',
      'node_modules/d3-color',
    ]);
  });

  it('give the text of each licence, of what is copied too, and of the model', () => {
    const text = notices([metafile('node_modules/d3-color/dist/d3-color.mjs', 'node_modules/valibot/dist/index.mjs')]);
    expect(text).toMatch(/\nd3-color [\d.]+ \(ISC\)\n-+\n\nCopyright 2010-\d+ Mike Bostock\n\nPermission to use/);
    expect(text).toMatch(/\nvalibot [\d.]+ \(MIT\)\n-+\n\nMIT License\n\nCopyright \(c\) Fabian Hiller/);
    expect(text).toMatch(
      /\nonnxruntime-node [\d.]+ \(MIT\)\n-+\n\nMIT License\n\nCopyright \(c\) Microsoft Corporation\n/,
    );
    expect(text).toMatch(
      /\n@saehrimnir\/druidjs [\d.]+ \(LGPL-3\.0-or-later\)\n-+\n\n\s*GNU LESSER GENERAL PUBLIC LICENSE/,
    );
    expect(text).toMatch(/\nSmolLM2-135M-Instruct \(Apache-2\.0\), the bundled model\n-+\n\nApache License\n/);
  });

  it('stop the build at a licence that nobody has looked at', () => {
    expect(() =>
      notices([metafile('node_modules/happy-dom/lib/index.js', 'node_modules/argparse/argparse.js')]),
    ).toThrow(/^argparse [\d.]+ has the licence Python-2\.0, which scripts\/notices\.mjs does not know\.$/);
  });

  it('follow what esbuild really bundled', async () => {
    const stdin = {
      contents: "import { color } from 'd3'; console.log(color('red'));",
      resolveDir: import.meta.dirname,
    };
    const { metafile: real } = await build({ stdin, bundle: true, write: false, metafile: true, logLevel: 'silent' });
    expect(bundledPackages([real])).toContain('node_modules/d3-color');
    expect(bundledPackages([real])).not.toContain('node_modules/commander');
  });
});
