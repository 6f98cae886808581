import { describe, expect, it } from 'vitest';
import { contentProblems, currentTarget, ignoreFile, sizeProblem, targets } from '../../../scripts/packaging.mjs';

const native = (target) => `node_modules/onnxruntime-node/bin/napi-v6/${target}/onnxruntime_binding.node`;
const good = [
  ...['package.json', 'package.nls.json', 'package.nls.zh-cn.json', 'LICENSE.txt', 'readme.md', 'changelog.md'],
  ...[
    'dist/extension.js',
    'dist/engine.js',
    'dist/reader.js',
    'dist/templateRenderer.mjs',
    'dist/cli.js',
    'dist/serve.js',
    'dist/tools.js',
    'dist/panel.js',
    'dist/panel-style.css',
    'dist/ThirdPartyNotices.txt',
  ],
  ...['models/manifest.json', 'models/SmolLM2-135M-Instruct.Q4_1.gguf', 'examples/reviews.txt'],
  ...['l10n/bundle.l10n.zh-cn.json', 'node_modules/onnxruntime-node/package.json'],
  ...['node_modules/onnxruntime-node/dist/index.js', 'node_modules/onnxruntime-common/package.json'],
  ...['node_modules/onnxruntime-common/dist/cjs/index.js', native('linux/x64')],
  ...['node_modules/@saehrimnir/druidjs/package.json', 'node_modules/@saehrimnir/druidjs/dist/druid.cjs'],
  'models/truth/statements.csv',
];

describe('the contents of a package', () => {
  it('is accepted as whitelisted', () => {
    expect(contentProblems(good, 'linux-x64')).toEqual([]);
  });
  it.each([
    'src/extension.ts',
    'dist/extension.js.map',
    'test/unit/a.test.ts',
    'scripts/start.mjs',
    '.cache/tsc/src.tsbuildinfo',
    native('win32/x64'),
    'node_modules/d3/package.json',
    'examples/demo.ts',
  ])('refuses %s', (file) => {
    expect(contentProblems([...good, file], 'linux-x64')).toEqual([`${file} does not belong into the package.`]);
  });
  it('misses the model and the runtime', () => {
    const without = good.filter((file) => !file.endsWith('.gguf') && !file.endsWith('.node'));
    expect(contentProblems(without, 'linux-x64')).toEqual([
      'models/SmolLM2-135M-Instruct.Q4_1.gguf is missing.',
      'The runtime for linux-x64 is missing.',
    ]);
  });
  it('lets in the native files of one platform only', () => {
    const lines = ignoreFile('darwin-arm64', '**\n!package.json\n').split('\n');
    const folder = 'node_modules/onnxruntime-node/bin/napi-v6/darwin/arm64/';
    expect(lines.filter((line) => line.includes('napi-v6'))).toEqual([
      `!${folder}**`,
      `${folder}libonnxruntime.[0-9]*.[0-9]*.[0-9]*.dylib`,
    ]);
  });
  it.each(targets)('for %s may be only so large', (target) => {
    expect(sizeProblem(95e6, target)).toBeNull();
    expect(sizeProblem(160e6, target)).toMatch(
      new RegExp(`^The package for ${target} has 160\\.0 MB; 1[0-9][05] are expected at most\\.$`),
    );
  });
  it('names the platforms when there is no runtime for this one', () => {
    expect(currentTarget('linux', 'x64')).toBe('linux-x64');
    expect(() => currentTarget('freebsd', 'x64')).toThrow(/freebsd-x64.*linux-x64, .*win32-arm64/);
  });
});
