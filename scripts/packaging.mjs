// Decides what goes into the VSIX of one platform, and builds it. The committed .vscodeignore lists what every platform needs (everything
// else stays out); this file adds the platform's own native files.
import fs from 'node:fs';
import path from 'node:path';
import { must, npmEnvironment } from './childProcess.mjs';
import { ensureBuild, newest, root } from './setup.mjs';

/** Platforms for which onnxruntime-node has binaries, as VS Code names them. */
export const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** This machine as a VSIX target. Throws where the runtime has no binaries. */
export function currentTarget(platform = process.platform, arch = process.arch) {
  const target = `${platform}-${arch}`;
  if (targets.includes(target)) return target;
  throw new Error(`Prompt Lens cannot run on ${target}: ONNX Runtime is built for ${targets.join(', ')} only.`);
}

/** The macOS runtime comes twice under two names; the binding loads the short one, so this one is left out. */
const twice = 'libonnxruntime.[0-9]*.[0-9]*.[0-9]*.dylib';

const runtimeFolder = (target) => `node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}/`;

/** The whole ignore file for one target: the committed whitelist and that target's runtime. */
export function ignoreFile(target, common = fs.readFileSync(path.join(root, '.vscodeignore'), 'utf8')) {
  const folder = runtimeFolder(target);
  return `${common.trimEnd()}\n!${folder}**\n${folder}${twice}\n`;
}

const required = [
  'package.json',
  'package.nls.json',
  'LICENSE.txt',
  'readme.md',
  'changelog.md',
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
  'models/manifest.json',
  'models/SmolLM2-135M-Instruct.Q4_1.gguf',
  'node_modules/onnxruntime-node/package.json',
  'node_modules/onnxruntime-common/package.json',
  'node_modules/@saehrimnir/druidjs/package.json',
  'node_modules/@saehrimnir/druidjs/dist/druid.cjs',
];
const allowed = [
  /^(package(\.nls(\.[a-z-]+)?)?\.json|LICENSE\.txt|readme\.md|changelog\.md)$/i,
  /^dist\/([\w-]+\.(js|mjs|css)|ThirdPartyNotices\.txt)$/,
  /^(media|examples)\/(?!.*\.(ts|mjs)$).+$/,
  /^models\/(truth\/)?[^/]+$/,
  /^l10n\/bundle\.l10n(\.[a-z-]+)?\.json$/,
  /^node_modules\/@saehrimnir\/druidjs\/(package\.json|LICENCE|dist\/druid\.cjs)$/,
  /^node_modules\/onnxruntime-(node|common)\/package\.json$/,
  /^node_modules\/onnxruntime-(node\/dist|common\/dist\/cjs)\/.+\.js(on)?$/,
];

/**
 * Problems with a VSIX's list of files; empty when there are none.
 * @param {string[]} files paths inside the archive's extension/ folder
 * @param {string} target e.g. linux-x64
 * @returns {string[]} one sentence each
 */
export function contentProblems(files, target) {
  const native = runtimeFolder(target);
  const lower = new Set(files.map((file) => file.toLowerCase()));
  const problems = required.filter((file) => !lower.has(file.toLowerCase())).map((file) => `${file} is missing.`);
  if (!files.includes(`${native}onnxruntime_binding.node`)) problems.push(`The runtime for ${target} is missing.`);
  for (const file of files) {
    if (!file.startsWith(native) && !allowed.some((pattern) => pattern.test(file))) {
      problems.push(`${file} does not belong into the package.`);
    }
  }
  return problems;
}

/** Largest size of a package in megabytes: 94 for the model, the rest of the program, and the compressed runtime. */
const mostMegabytes = {
  'linux-x64': 120,
  'linux-arm64': 110,
  'darwin-arm64': 125,
  'win32-x64': 130,
  'win32-arm64': 130,
};

/** @returns {string | null} one sentence when a package is larger than it should be */
export function sizeProblem(bytes, target) {
  const megabytes = bytes / 1e6;
  const most = mostMegabytes[target];
  if (megabytes <= most) return null;
  return `The package for ${target} has ${megabytes.toFixed(1)} MB; ${most} are expected at most.`;
}

/** Names of the entries of a zip archive, read from its central directory. Throws when the file is not a whole archive. */
export function zipEntries(file) {
  const bytes = fs.readFileSync(file);
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error(`${file} is not a complete zip archive.`);
  const names = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const length = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}

/** Everything that the package is made from; the package is current when none of it is newer. */
const inputs = [
  ...['package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore'],
  ...['package.nls.json', 'package.nls.zh-cn.json', 'package.nls.zh-tw.json'],
  ...['dist', 'models', 'media', 'l10n', 'examples', 'scripts/packaging.mjs'],
].map((name) => path.join(root, name));

/**
 * The VSIX of a platform, by default this one. It is rebuilt only when something it contains is newer.
 * @returns {Promise<{file: string, target: string, files: string[], made: boolean}>} files: paths inside extension/
 */
export async function ensurePackage({ fresh = false, target = currentTarget() } = {}) {
  await ensureBuild({ production: true });
  const { name, version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(root, `${name}-${target}-${version}.vsix`);
  const age = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const made = fresh || age < newest(inputs);
  if (made) await makePackage(file, target);
  const files = zipEntries(file)
    .filter((entry) => entry.startsWith('extension/') && !entry.endsWith('/'))
    .map((entry) => entry.slice('extension/'.length));
  const tooLarge = sizeProblem(fs.statSync(file).size, target);
  const problems = [...contentProblems(files, target), ...(tooLarge ? [tooLarge] : [])];
  if (problems.length > 0) {
    fs.rmSync(file);
    throw new Error(`The package is not as it should be:\n  ${problems.join('\n  ')}`);
  }
  return { file, target, files, made };
}

async function makePackage(file, target) {
  const cache = path.join(root, '.cache');
  fs.mkdirSync(cache, { recursive: true });
  const ignore = path.join(cache, `vscodeignore-${target}`);
  fs.writeFileSync(ignore, ignoreFile(target));
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const options = [
    '--target',
    target,
    '--out',
    `${file}.part`,
    '--ignoreFile',
    ignore,
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
  ];
  await must(process.execPath, [vsce, 'package', ...options], { cwd: root, quiet: true, env: npmEnvironment() });
  fs.renameSync(`${file}.part`, file);
}
