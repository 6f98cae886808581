// The tools of every spec: the server with the installed package, its own workspace, windows, the packed command line as the
// independent source of numbers, and counted assertions.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installExtension, startCodeServer, windowAddress } from '../../scripts/codeServer.mjs';
import { root } from '../../scripts/setup.mjs';
import { launchBrowser, newContext, openWindow, until } from './lab.mjs';
import { processesOf } from './network.mjs';

/** @typedef {'ok' | 'equal' | 'notEqual' | 'deepEqual' | 'notDeepEqual' | 'match' | 'doesNotMatch'} Assertion */

/** @returns {{state: {count: number}, check: Record<Assertion, (...args: any[]) => void>}} */
function countedAssertions() {
  const state = { count: 0 };
  const check = new Proxy(assert, {
    get: (target, name) =>
      typeof target[name] === 'function'
        ? (...args) => {
            state.count++;
            return target[name](...args);
          }
        : target[name],
  });
  return { state, check };
}

/** Dialogs appear as quick inputs, into which a test can type; the font has every sign. */
const testSettings = {
  'files.simpleDialog.enable': true,
  'editor.fontFamily': "'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace",
};

export async function startBench(vsix, chromium) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'prompt-lens-bench-'));
  const extensions = path.join(home, 'extensions');
  const cache = path.join(home, 'cache');
  await installExtension(path.resolve(vsix), extensions);
  const server = await startCodeServer({
    extensions,
    env: { PROMPT_LENS_CACHE: cache },
    graceSeconds: 5,
    settings: testSettings,
  });
  const browser = await launchBrowser(chromium).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return new Bench({ home, extensions, cache, server, browser, chromium });
}

/** The folder of the installed extension. */
export function installedIn(extensions) {
  const folder = fs.readdirSync(extensions).find((name) => name.startsWith('prompt-lens.prompt-lens-'));
  if (folder === undefined) throw new Error(`Prompt Lens is not installed in ${extensions}.`);
  return path.join(extensions, folder);
}

class Bench {
  /**
   * @param {{home: string, extensions: string, cache: string, server: Awaited<ReturnType<typeof startCodeServer>>,
   *   browser: import('@playwright/test').Browser, chromium: string}} parts home: the folder of everything that is removed at the end
   */
  constructor({ home, extensions, cache, server, browser, chromium }) {
    this.home = home;
    this.extensions = extensions;
    this.cache = cache;
    this.server = server;
    this.browser = browser;
    this.chromium = chromium;
    const { state, check } = countedAssertions();
    this.check = check;
    this.assertions = () => state.count;
    this.windows = [];
    /** Contexts of the browser, one per language. */
    this.contexts = new Map();
    this.workspaces = 0;
    /** Answers of the command line, by its arguments and the content of the files among them. */
    this.answers = new Map();
    this.workspace = this.newWorkspace();
    /** Requests to other machines by windows that are closed. */
    this.foreign = [];
    this.initialSettings = fs.readFileSync(this.server.settingsFile);
    this.installed = installedIn(this.extensions);
    this.manifest = JSON.parse(fs.readFileSync(path.join(this.installed, 'package.json'), 'utf8'));
    this.strings = JSON.parse(fs.readFileSync(path.join(this.installed, 'package.nls.json'), 'utf8'));
  }

  /**
   * Opens a new window on the workspace.
   * @param {{open?: string, locale?: string, viewport?: {width: number, height: number}}} options open: a file of the workspace
   */
  async window({ open, locale = 'en-US', viewport } = {}) {
    const file = open ? path.join(this.workspace, open) : undefined;
    const address = windowAddress(this.server.port, { folder: this.workspace, open: file });
    if (!this.contexts.has(locale)) this.contexts.set(locale, await newContext(this.browser, locale));
    const window = await openWindow(this.contexts.get(locale), address, viewport);
    this.windows.push(window);
    return window;
  }

  /**
   * The window that tests share as long as none fails, with this file of the workspace in front. A spec file with `shares = true` also
   * takes the window of the file before; one that changes what others would notice, such as theme, size or settings, may not.
   * @param {{open: string}} options
   */
  async shared({ open }) {
    const window = this.windows.at(-1) ?? (await this.window({ open }));
    if (!(await window.inFront(open))) await window.openFile(open);
    return window;
  }

  /** Closes what is open in the window that spec files share, so that the next one begins with no file and no panel. */
  async clearWindow() {
    await this.windows.at(-1)?.command('View: Close All Editors');
  }

  /** Copies the examples into a folder that the editor has never seen, so no layout, tab or file of an earlier spec comes back. */
  newWorkspace() {
    const folder = path.join(this.home, `workspace-${++this.workspaces}`, 'examples');
    const filter = (file) => !file.endsWith('.vscode');
    fs.cpSync(path.join(root, 'examples'), folder, { recursive: true, filter });
    return folder;
  }

  /** Closes the windows, takes back what their commands changed in the settings, and renews the workspace for the next window. */
  async closeWindows() {
    for (const window of this.windows.splice(0)) {
      this.foreign.push(...window.foreign);
      await window.close().catch(() => {});
    }
    fs.writeFileSync(this.server.settingsFile, this.initialSettings);
    this.workspace = this.newWorkspace();
  }

  /** Writes a file of the workspace, unless it has this content already. @returns its absolute path */
  write(name, content) {
    const file = path.join(this.workspace, name);
    const same = fs.existsSync(file) && fs.readFileSync(file).equals(Buffer.from(content));
    if (!same) fs.writeFileSync(file, content);
    return file;
  }

  /** Writes the settings of the machine that the extensions run on, the only place for settings about its files. */
  machineSettings(change = {}) {
    const file = path.join(this.server.data, 'Machine/settings.json');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify(change, null, 2));
  }

  /** A command's title as the palette shows it, `Category: Title`. */
  title(command, strings = this.strings) {
    const entry = this.manifest.contributes.commands.find((each) => each.command === command);
    if (!entry) throw new Error(`package.json has no command ${command}.`);
    const words = (text) => text.replace(/^%(.+)%$/, (_, key) => strings[key] ?? key);
    return entry.category ? `${words(entry.category)}: ${words(entry.title)}` : words(entry.title);
  }

  /** The `--json` output of the packed command line, which is started once for the same arguments and files. */
  async cli(...args) {
    const key = JSON.stringify(args.map((arg) => [arg, this.digest(arg)]));
    if (!this.answers.has(key)) {
      const answer = this.say(...args, '--json').then(JSON.parse);
      answer.catch(() => this.answers.delete(key));
      this.answers.set(key, answer);
    }
    return this.answers.get(key);
  }

  /** Digest of the file that an argument names; null when it names none. */
  digest(arg) {
    const file = path.resolve(this.workspace, arg);
    if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return null;
    return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  }

  /** The number of tokens of a prompt of the workspace. */
  async tokens(name) {
    return (await this.cli('tokens', name)).prompt.tokens.length;
  }

  /** The packed command line's output for people. */
  say(...args) {
    const cli = path.join(this.installed, 'dist/cli.js');
    const env = { ...process.env, PROMPT_LENS_CACHE: this.cache };
    return new Promise((resolve, reject) => {
      const options = { env, cwd: this.workspace, maxBuffer: 2 ** 28 };
      const child = execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) => {
        if (error) reject(new Error(`prompt-lens ${args.join(' ')} failed: ${stderr || error.message}`));
        else resolve(stdout);
      });
      child.stdin?.end();
    });
  }

  /** Process ids of the installed extension's engines. */
  engines() {
    return processesOf(path.join(this.installed, 'dist/engine.js'));
  }

  /** The only running engine. */
  engine() {
    return until('an engine process', () => this.engines().at(-1), 60_000);
  }

  /** Takes a picture of the window in front, if there is one. */
  async photograph(file) {
    await this.windows
      .at(-1)
      ?.page.screenshot({ path: file })
      .catch(() => {});
  }

  /** What pages asked of other machines so far. */
  askedElsewhere() {
    return [...this.foreign, ...this.windows.flatMap((window) => window.foreign)];
  }

  async stop() {
    await this.closeWindows();
    await this.browser.close().catch(() => {});
    await this.server.stop();
    fs.rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
