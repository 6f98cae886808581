// Builds the bundles: the extension host, the engine process, the command line, and one script and style sheet for the page. It also writes
// the third-party notices of the bundled packages.
import fs from 'node:fs';
import * as esbuild from 'esbuild';
import { notices } from './scripts/notices.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  metafile: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  // The watch task of .vscode waits for the messages that mark the start and the end of a build.
  logLevel: watch ? 'info' : 'warning',
  outdir: 'dist',
  loader: { '.svg': 'text' },
};
// DruidJS stays a separate module because its licence (LGPL) requires that users can replace it with another version.
/** @type {import('esbuild').BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode', 'onnxruntime-node', '@saehrimnir/druidjs'],
  // `@huggingface/gguf` takes its type tables from one file of a package that describes every task of the Hub.
  alias: { '@huggingface/tasks': './node_modules/@huggingface/tasks/dist/esm/gguf.js' },
};

/** @type {import('esbuild').BuildOptions[]} */
const builds = [
  {
    ...node,
    entryPoints: {
      extension: 'src/extension.ts',
      engine: 'src/inference/main.ts',
      reader: 'src/host/reading/readerThread.ts',
    },
  },
  {
    // This is the runtime's own CUDA installer with its dependencies; it still writes into the runtime's folder.
    ...node,
    entryPoints: { installCuda: 'node_modules/onnxruntime-node/script/install.js' },
    define: { __dirname: 'installerFolder' },
    banner: {
      js: "const installerFolder = require('node:path').join(__dirname, '../node_modules/onnxruntime-node/script');",
    },
  },
  {
    // Chat templates are rendered in a separate process; where the engine is not bundled, this file runs unbundled beside its sources.
    ...node,
    entryPoints: { templateRenderer: 'src/checkpoint/templateRenderer.mjs' },
    format: 'esm',
    outExtension: { '.js': '.mjs' },
  },
  // These two serve assistants: the extension loads `tools` at the first call, and the command line loads `serve`, which holds the
  // protocol's packages.
  { ...node, entryPoints: { tools: 'src/tools/toolSet.ts' } },
  { ...node, entryPoints: { serve: 'src/serve/serve.ts' } },
  { ...node, entryPoints: { cli: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' } },
  {
    ...common,
    entryPoints: { panel: 'webview/panels/main.ts', 'panel-style': 'webview/panels/style.css' },
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
  },
];

if (watch) for (const build of builds) await (await esbuild.context(build)).watch();
else {
  const built = await Promise.all(builds.map((build) => esbuild.build(build)));
  fs.writeFileSync('dist/ThirdPartyNotices.txt', notices(built.map(({ metafile }) => metafile)));
}
