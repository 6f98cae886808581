// The first step of every script: installs the dependencies of the lock file and rebuilds bundles that are older than their sources.
// Uses only Node's own modules, because it runs before the dependencies are installed.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, npm } from './childProcess.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Whether what npm installed (its own hidden lock file) holds every package of the lock file, in the same version. Optional packages may be
 * missing: they belong to other platforms.
 * @param {{packages: Record<string, {version?: string, optional?: boolean, devOptional?: boolean}>}} lock
 * @param {{packages: Record<string, {version?: string}>}} installed
 */
export function dependenciesMatch(lock, installed) {
  const wanted = Object.entries(lock.packages).filter(([folder]) => folder !== '');
  const missing = wanted.some(([folder, entry]) => {
    const found = installed.packages[folder];
    return found ? found.version !== entry.version : !(entry.optional || entry.devOptional);
  });
  return !missing && Object.keys(installed.packages).every((folder) => folder in lock.packages);
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Runs `npm ci` unless node_modules already matches the lock file. */
export async function ensureDependencies() {
  const lock = readJson(path.join(root, 'package-lock.json'));
  const installed = readJson(path.join(root, 'node_modules/.package-lock.json'));
  if (lock && installed && dependenciesMatch(lock, installed)) return;
  console.log('Installing dependencies (npm ci)');
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
}

/** Newest modification time in ms under these files and folders; 0 when none exists. */
export function newest(paths) {
  let latest = 0;
  for (const each of paths) {
    const stat = fs.statSync(each, { throwIfNoEntry: false });
    if (!stat) continue;
    if (stat.isDirectory())
      latest = Math.max(latest, newest(fs.readdirSync(each).map((name) => path.join(each, name))));
    else latest = Math.max(latest, stat.mtimeMs);
  }
  return latest;
}

const sources = ['src', 'webview', 'esbuild.mjs', 'scripts/notices.mjs', 'package-lock.json'].map((name) =>
  path.join(root, name),
);
const bundles = [
  'extension.js',
  'engine.js',
  'reader.js',
  'installCuda.js',
  'templateRenderer.mjs',
  'cli.js',
  'serve.js',
  'tools.js',
  'panel.js',
  'panel-style.css',
  'ThirdPartyNotices.txt',
].map((name) => path.join(root, 'dist', name));
/** Only a development build leaves source maps, so this file tells the two kinds of build apart. */
const map = path.join(root, 'dist/cli.js.map');

/**
 * Bundles into dist/, in about a second, when a source is newer than the bundles. Either kind of build will do unless production is asked
 * for.
 */
export async function ensureBuild({ production = false } = {}) {
  const oldest = Math.min(...bundles.map((file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  if (oldest > newest(sources) && !(production && fs.existsSync(map))) return;
  await must(process.execPath, ['esbuild.mjs', ...(production ? ['--production'] : [])], { cwd: root });
  if (!production) return;
  const dist = path.dirname(map);
  for (const name of fs.readdirSync(dist)) if (name.endsWith('.map')) fs.rmSync(path.join(dist, name));
}

/** Runs a script's main function. An error becomes one message and exit code 1, and never a stack trace for a known cause. */
export function main(script, body) {
  if (!process.argv[1] || fs.realpathSync(process.argv[1]) !== fs.realpathSync(fileURLToPath(script))) return;
  body(process.argv.slice(2)).then(
    (code) => process.exit(code ?? 0),
    (error) => {
      console.error(process.env.DEBUG ? error : error.message);
      process.exit(1);
    },
  );
}
