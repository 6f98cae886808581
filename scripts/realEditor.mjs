// A real VS Code without a desktop: code-server from npm with its own Node, in a cache folder outside the repository, made once and shared
// by every checkout. It also installs what driving the editor needs from Debian: Chromium, fonts, a compiler.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { has, must, npm, npmEnvironment, run } from './childProcess.mjs';

const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';

/** Folder of the editor; PROMPT_LENS_EDITOR names another one. */
export const editorHome =
  process.env.PROMPT_LENS_EDITOR ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'vscode-under-test');
const stamp = path.join(editorHome, `.ok-${codeServerVersion}-${nodeVersion}-1`);

const nodePackage = `node-linux-${process.arch}`;
export const editorNode = path.join(editorHome, 'cs/node_modules', nodePackage, 'bin/node');
export const editorEntry = path.join(editorHome, 'cs/node_modules/code-server/out/node/entry.js');

/** Debian packages, each with a check for whether what it provides is already there. */
const debian = [
  { name: 'chromium', present: async () => (await findChromium()) !== null },
  { name: 'fonts-noto-cjk', present: () => hasFont(':lang=zh') },
  { name: 'fonts-noto-color-emoji', present: () => hasFont('Noto Color Emoji') },
  { name: 'fonts-liberation', present: () => hasFont('Liberation Sans') },
];
/** Packages needed only to build the editor's one native module. */
const compiler = [
  { name: 'g++', present: () => has('g++') },
  { name: 'make', present: () => has('make') },
  { name: 'python3', present: () => has('python3') },
];

async function hasFont(pattern) {
  if (!(await has('fc-list'))) return false;
  return (await run('fc-list', [pattern], { quiet: true })).output.trim() !== '';
}

/** Path of a Chromium that starts, or null. CHROMIUM names one. */
export async function findChromium() {
  for (const name of [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    if (!name || !(await has(name))) continue;
    const version = await run(name, ['--version'], { quiet: true });
    if (version.code !== 0) continue;
    return path.isAbsolute(name)
      ? name
      : (await run('sh', ['-c', `command -v ${name}`], { quiet: true })).output.trim();
  }
  return null;
}

async function missing(packages) {
  const present = await Promise.all(packages.map((each) => each.present()));
  return packages.filter((_, index) => !present[index]).map((each) => each.name);
}

/** The command prefix for apt; null when Debian packages cannot be installed from here. */
async function aptPrefix() {
  if (!(await has('apt-get'))) return null;
  if (process.getuid?.() === 0) return [];
  const sudo = (await has('sudo')) && (await run('sudo', ['-n', 'true'], { quiet: true })).code === 0;
  return sudo ? ['sudo', '-n'] : null;
}

async function ensureDebianPackages(packages, log) {
  const names = await missing(packages);
  if (names.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  const prefix = await aptPrefix();
  if (prefix === null) throw new Error(`The real editor needs: ${names.join(', ')}. Run this once: sudo ${command}`);
  log(`Installing ${names.join(', ')} (apt-get)`);
  const apt = (...args) => {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return must(program, rest, { quiet: true });
  };
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...names);
}

/** Removes the parts of code-server that no extension needs; about 300 MB. */
function dropUnneeded(folder) {
  const unneeded = ['@github/copilot-sdk', '@microsoft/mxc-sdk', '@devcontainers/cli'];
  const edit = (name, dependencies) => {
    const file = path.join(folder, name);
    const json = JSON.parse(fs.readFileSync(file, 'utf8'));
    for (const each of unneeded) delete dependencies(json)[each];
    fs.writeFileSync(file, JSON.stringify(json, null, 2));
  };
  edit('package.json', (json) => json.dependencies);
  edit('npm-shrinkwrap.json', (json) => json.packages[''].dependencies);
}

/** node-gyp comes with npm. */
async function nodeGyp() {
  const onPath = (await run('sh', ['-c', 'command -v npm'], { quiet: true })).output.trim();
  for (const npmProgram of [process.env.npm_execpath, onPath]) {
    if (!npmProgram || !fs.existsSync(npmProgram)) continue;
    try {
      return createRequire(fs.realpathSync(npmProgram)).resolve('node-gyp/bin/node-gyp.js');
    } catch {
      // The other npm may have it.
    }
  }
  throw new Error('node-gyp was not found beside npm. Install Node with its own npm and try again.');
}

/** Builds the native modules: without spdlog output channels stay empty; without native-watchdog the server complains at each start. */
async function buildNatives(folder, nodeFolder) {
  const gyp = await nodeGyp();
  for (const name of ['spdlog', 'native-watchdog']) {
    const cwd = path.join(folder, 'node_modules/@vscode', name);
    const env = { ...npmEnvironment(), PATH: `${path.join(nodeFolder, 'bin')}${path.delimiter}${process.env.PATH}` };
    await must(process.execPath, [gyp, 'rebuild', `--nodedir=${nodeFolder}`, '-j', '2'], { cwd, env, quiet: true });
    fs.rmSync(path.join(cwd, 'build/Release/obj.target'), { recursive: true, force: true });
  }
}

/** Makes the link that code-server's own postinstall would make. */
function link(target, file) {
  fs.rmSync(file, { force: true });
  fs.symlinkSync(target, file);
}

async function buildCodeServer(folder) {
  const flags = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  fs.writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
  const packages = [`${nodePackage}@${nodeVersion}`, `code-server@${codeServerVersion}`];
  await npm(['install', ...flags, ...packages], { cwd: folder, quiet: true });
  const code = path.join(folder, 'node_modules/code-server/lib/vscode');
  dropUnneeded(code);
  await npm(['install', ...flags, '--omit=dev'], { cwd: code, quiet: true });
  link('code-linux.sh', path.join(code, 'bin/remote-cli/code-server'));
  link('browser-linux.sh', path.join(code, 'bin/helpers/browser.sh'));
  const nodeFolder = path.join(folder, 'node_modules', nodePackage);
  await buildNatives(code, nodeFolder);
  for (const each of ['extensions/copilot', 'extensions/mermaid-markdown-features']) {
    fs.rmSync(path.join(code, each), { recursive: true, force: true });
  }
  fs.rmSync(path.join(nodeFolder, 'include'), { recursive: true, force: true });
}

/**
 * Installs code-server once. It is built in another folder and renamed, so that a half-finished install is never seen. Throws with the
 * remedy.
 */
export async function ensureCodeServer(log = console.log) {
  if (fs.existsSync(stamp)) return;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(
      'The editor in the browser is for Linux on x64 or arm64. Install VS Code, with its command "code".',
    );
  }
  await ensureDebianPackages(compiler, log);
  log(`Installing code-server ${codeServerVersion} into ${editorHome} (once, about a minute)`);
  fs.mkdirSync(path.dirname(editorHome), { recursive: true });
  const part = fs.mkdtempSync(`${editorHome}.tmp-`);
  try {
    fs.mkdirSync(path.join(part, 'cs'));
    await buildCodeServer(path.join(part, 'cs'));
    fs.writeFileSync(path.join(part, path.basename(stamp)), '');
    fs.chmodSync(part, 0o755);
    fs.rmSync(editorHome, { recursive: true, force: true });
    fs.renameSync(part, editorHome);
  } finally {
    fs.rmSync(part, { recursive: true, force: true });
  }
}

/** Chromium and fonts for driving the editor. @returns the path of Chromium */
export async function ensureBrowser(log = console.log) {
  await ensureDebianPackages(debian, log);
  const chromium = await findChromium();
  if (chromium === null) throw new Error('No Chromium was found. Install one, or name it in the variable CHROMIUM.');
  return chromium;
}
