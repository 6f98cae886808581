// npm start: opens a real editor on examples/ with the panel beside a prompt. This is the desktop VS Code where the command `code` exists,
// and otherwise the same editor in the browser (code-server, installed once). Ctrl+C stops everything.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { has, must } from './childProcess.mjs';
import { installExtension, startCodeServer, windowAddress } from './codeServer.mjs';
import { ensurePackage } from './packaging.mjs';
import { ensureCodeServer } from './realEditor.mjs';
import { ensureBuild, ensureDependencies, main, root } from './setup.mjs';

const examples = path.join(root, 'examples');
const first = path.join(examples, 'reviews.txt');
const help = `npm start [-- options]
  --browser     the editor in the browser, also where desktop VS Code is installed
  --port N      port of the editor in the browser (default: any free one)
  --check       start, wait in a headless browser until the panel shows numbers, take a picture, stop`;

async function openDesktop() {
  await ensureBuild();
  const args = ['--new-window', `--extensionDevelopmentPath=${root}`, examples, first];
  await must('code', args, { shell: process.platform === 'win32' });
  console.log(`VS Code is open on ${path.relative(root, examples)}; the panel opens beside reviews.txt.`);
}

/** Installs the VSIX unless this same file was the last one installed there. */
async function ensureInstalled(vsix, extensions) {
  const stamp = path.join(extensions, '.installed');
  const version = String(fs.statSync(vsix).mtimeMs);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === version) return;
  await installExtension(vsix, extensions);
  fs.writeFileSync(stamp, version);
}

/** Git is on, so that a prompt can be compared with its last commit; the examples lie in a folder of the repository. */
const settings = { 'git.enabled': true, 'git.autofetch': false, 'git.openRepositoryInParentFolders': 'always' };

/** Opens the packed extension in a separate editor, whose settings and state are kept in `home`. */
async function openBrowser(port, home) {
  await ensureCodeServer();
  const { file } = await ensurePackage();
  const extensions = path.join(home, 'extensions');
  await ensureInstalled(file, extensions);
  const server = await startCodeServer({ extensions, port, profile: path.join(home, 'profile'), settings });
  return { server, address: windowAddress(server.port, { folder: examples, open: first }) };
}

function untilInterrupted() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
}

main(import.meta.url, async (args) => {
  /** @type {import('node:util').ParseArgsConfig['options']} */
  const options = {
    browser: { type: 'boolean' },
    check: { type: 'boolean' },
    help: { type: 'boolean' },
    port: { type: 'string' },
  };
  const { values } = parseArgs({ args, options });
  if (values.help) {
    console.log(help);
    return;
  }
  await ensureDependencies();
  if (!values.browser && !values.check && (await has('code'))) {
    await openDesktop();
    return;
  }
  // A check must not depend on settings that the user once made, nor meet a running editor.
  const home = values.check
    ? fs.mkdtempSync(path.join(os.tmpdir(), 'prompt-lens-start-'))
    : path.join(root, '.cache/editor');
  const { server, address } = await openBrowser(Number(values.port ?? 0), home);
  try {
    console.log(`\nPrompt Lens is open at\n\n  ${address}\n`);
    if (values.check) {
      const { checkStart } = await import('../test/workbench/checkStart.mjs');
      return await checkStart(address);
    }
    console.log('Ctrl+C stops it.');
    await untilInterrupted();
  } finally {
    await server.stop();
    if (values.check) fs.rmSync(home, { recursive: true, force: true });
  }
});
