// Starts code-server on a free port with a profile of its own, and ends everything it started.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { must } from './childProcess.mjs';
import { editorEntry, editorNode } from './realEditor.mjs';

/** Settings for a quiet editor: no welcome page, gallery, telemetry or trust question, and no chat bar that takes the focus. */
const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.hotExit': 'off',
  'window.confirmBeforeClose': 'never',
  'window.autoDetectColorScheme': false,
  'workbench.colorTheme': 'Default Dark Modern',
};

/**
 * The editor's own words stay English, since language packs come from a gallery. A window of a Chinese browser asks for Chinese, and
 * extensions then use it: an empty language pack makes the editor pass the language on to them.
 */
function writeProfile(data, settings) {
  const user = path.join(data, 'User');
  fs.mkdirSync(user, { recursive: true });
  const once = (file, content) => {
    if (!fs.existsSync(file)) fs.writeFileSync(file, JSON.stringify(content, null, 2));
  };
  const pack = path.join(data, 'no-translations.json');
  once(pack, { contents: {} });
  const packs = [
    ['zh-cn', '中文(简体)'],
    ['zh-tw', '中文(繁體)'],
  ].map(([locale, label]) => {
    const extensions = [{ extensionIdentifier: { id: `prompt-lens.no-translations-${locale}` }, version: '1.0.0' }];
    return [locale, { hash: `none-${locale}`, label, extensions, translations: { vscode: pack } }];
  });
  once(path.join(data, 'languagepacks.json'), Object.fromEntries(packs));
  // Without this file the editor chooses English before it looks at the browser's language.
  once(path.join(user, 'argv.json'), {});
  once(path.join(user, 'settings.json'), { ...quiet, ...settings });
  return path.join(user, 'settings.json');
}

function cleanEnvironment() {
  const foreign = /^(VSCODE_|ELECTRON_|NODE_OPTIONS|CODE_SERVER|PORT$|PASSWORD$|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Installs a VSIX into an extensions folder. Throws with the editor's own message when the editor refuses it. */
export async function installExtension(vsix, extensions) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'prompt-lens-install-'));
  try {
    const config = path.join(data, 'config.yaml');
    fs.writeFileSync(config, '{}\n');
    const folders = ['--config', config, '--user-data-dir', data, '--extensions-dir', extensions];
    const env = { ...cleanEnvironment(), EXTENSIONS_GALLERY: '{}' };
    const args = [editorEntry, ...folders, '--install-extension', vsix, '--force'];
    const { output } = await must(editorNode, args, { quiet: true, env });
    if (!output.includes('successfully installed')) throw new Error(`The editor refused ${vsix}:\n${output}`);
  } finally {
    fs.rmSync(data, { recursive: true, force: true });
  }
}

function whenListening(child) {
  let log = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`code-server did not start in 60 s\n${log}`)), 60_000);
    const read = (text) => {
      log += text;
      const port = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (!port) return;
      clearTimeout(late);
      resolve(Number(port));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`code-server ended with exit code ${code}\n${log}`));
    });
  });
}

/**
 * @param {{extensions: string, settings?: object, env?: NodeJS.ProcessEnv, port?: number, profile?: string,
 *   graceSeconds?: number, smokeTestDriver?: boolean}} options profile: a folder that is kept; default: a new one, removed
 *   at the end. graceSeconds: how long the extensions of a window that went away are kept (default: hours).
 *   smokeTestDriver lets the page's address name an extension under development and its tests; it hides toasts
 * @returns {Promise<{port: number, data: string, settingsFile: string, pid?: number, stop: () => Promise<void>}>}
 */
export async function startCodeServer(options) {
  const { extensions, settings, env, port = 0, profile, graceSeconds, smokeTestDriver = false } = options;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prompt-lens-editor-'));
  const data = profile ?? path.join(folder, 'data');
  const config = path.join(folder, 'config.yaml');
  const settingsFile = writeProfile(data, settings);
  fs.writeFileSync(config, '{}\n');
  const args = [
    ...[editorEntry, '--config', config, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
    ...['--session-socket', path.join(folder, 'session.sock'), '--user-data-dir', data, '--extensions-dir', extensions],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-proxy'],
    ...['--disable-getting-started-override', '--ignore-last-opened'],
    ...(graceSeconds ? ['--reconnection-grace-time', String(graceSeconds)] : []),
    ...(smokeTestDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const child = spawn(editorNode, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), LANG: 'C.UTF-8', ...env, EXTENSIONS_GALLERY: '{}', XDG_CONFIG_HOME: folder },
  });
  const kill = (signal) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The process has already ended.
    }
  };
  // The server has its own process group, so that it, the extension hosts and the engines end together, even when this process is
  // interrupted.
  const onExit = () => kill('SIGKILL');
  process.on('exit', onExit);
  const stop = async () => {
    process.off('exit', onExit);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      kill('SIGTERM');
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 5000))]);
    }
    kill('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    return { port: await whenListening(child), data, settingsFile, pid: child.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Address of a window on a folder.
 * @param {number} port
 * @param {{folder: string, open?: string, development?: string, tests?: string}} options absolute paths; open: a file; development and
 * tests need the smoke-test driver
 */
export function windowAddress(port, { folder, open, development, tests }) {
  const remote = (file) => `vscode-remote://127.0.0.1:${port}${file}`;
  const payload = [
    ...(open ? [['openFile', remote(open)]] : []),
    ...(development ? [['extensionDevelopmentPath', remote(development)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
  ];
  const query = new URLSearchParams({ folder });
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${port}/?${query}`;
}
