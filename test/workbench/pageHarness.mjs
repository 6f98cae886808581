/**
 * Opens dist/panel.js in headless Chromium with a host made of recorded states (test/fixtures/panel), to look at the page without
 * an editor. `node test/workbench/pageHarness.mjs [name …]` writes every scene, or those whose names begin so, to
 * test/workbench/artefacts; `--language zh-cn` chooses the language. Page tests build on `openPanel`, which gives a page and its messages.
 */

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import esbuild from 'esbuild';
import { protocol, readBundle } from '../../scripts/l10n.mjs';
import { harnessScript } from './pageHost.mjs';
import { themeCss, themes } from './pageThemes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const artefacts = join(here, 'artefacts');
const read = (path) => readFileSync(join(root, path), 'utf8');
const fixture = (name) => JSON.parse(read(`test/fixtures/panel/${name}.json`));

/** The host's policy, so that whatever it blocks there is blocked here. The toolkit's one style element carries the nonce. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-harness'; img-src 'self' data: blob:; font-src 'self'";

/** A server of four files: the page, its script, its styles and the fake host. */
export async function serve() {
  const files = () => ({
    '/': ['text/html', page()],
    '/panel.js': ['text/javascript', read('dist/panel.js')],
    '/panel-style.css': ['text/css', read('dist/panel-style.css')],
    '/themes.css': ['text/css', themeCss],
    '/host.js': ['text/javascript', harnessScript],
    '/fixtures.json': ['application/json', fixtures()],
  });
  const server = createServer((request, response) => {
    const [place] = (request.url ?? '/').split('?');
    const file = files()[place];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const headers = { 'content-type': `${file[0]};charset=utf-8` };
    response.writeHead(200, place === '/' ? { ...headers, 'content-security-policy': policy } : headers).end(file[1]);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

function page() {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta property="csp-nonce" content="harness"><link rel="icon" href="data:,"><link rel="stylesheet" href="themes.css">
<link rel="stylesheet" href="panel-style.css"></head><body><div id="app"></div><script src="host.js"></script></body></html>`;
}

let fixturesText = '';
function fixtures() {
  fixturesText ||= JSON.stringify(recordings());
  return fixturesText;
}

/** `reviews.json` is the recording, and `reviews.<key>.json` holds the data of another tab for it. */
function recordings() {
  const names = readdirSync(join(root, 'test/fixtures/panel'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5));
  const own = (name) =>
    names
      .filter((other) => other.startsWith(`${name}.`))
      .map((other) => [other.slice(name.length + 1), fixture(other)]);
  const documents = names.filter((name) => !name.includes('.'));
  return Object.fromEntries(documents.map((name) => [name, { ...fixture(name), ...Object.fromEntries(own(name)) }]));
}

/** What a panel begins with, and the names of the analyses: from the contracts, so that a new option or analysis needs no line here. */
async function contracts() {
  const contents = `export { initialIntent } from './src/host/session/panelDefaults';
    export { analysisNames as analyses } from './src/analysis/contracts';`;
  const stdin = { contents, resolveDir: root, loader: /** @type {const} */ ('ts') };
  const options = { bundle: true, write: /** @type {const} */ (false), format: /** @type {const} */ ('esm') };
  const { outputFiles } = await esbuild.build({
    stdin,
    ...options,
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  const { initialIntent, analyses } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
  );
  return JSON.stringify({ initialIntent, analyses });
}
const contractsText = await contracts();

/** Every file `…Scenes.mjs` beside this one adds the scenes that it exports as `scenes`. */
async function otherScenes() {
  const files = readdirSync(here).filter((name) => name.endsWith('Scenes.mjs'));
  const modules = await Promise.all(files.map((name) => import(pathToFileURL(join(here, name)).href)));
  return Object.assign({}, ...modules.map((module) => module.scenes));
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

/** scene: the fake host's answers (see pageHost.mjs); scale: zoom of the page. `messages` collects the page's messages, `errors` its errors. */
export async function openPanel(
  browser,
  url,
  { theme = 'dark', width = 880, height = 880, scale = 1, scene = {} } = {},
) {
  const viewport = { width, height };
  const context = await browser.newContext({ viewport, deviceScaleFactor: scale, reducedMotion: 'reduce' });
  const tab = await context.newPage();
  const errors = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  tab.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await tab.addInitScript(`window.SCENE = ${JSON.stringify({ ...scene, theme: themes[theme] })};`);
  // The page's own policy governs fetches, and its connect-src is closed, so the fixtures are injected from outside.
  await tab.addInitScript(`window.FIXTURES = ${fixtures()};`);
  await tab.addInitScript(`window.CONTRACTS = ${contractsText};`);
  await tab.goto(url);
  await tab.waitForSelector('.lens', { timeout: 10_000 }).catch((error) => {
    throw new Error(`the page drew nothing: ${errors.join('; ')}`, { cause: error });
  });
  return { tab, errors, messages: () => tab.evaluate('window.SAID'), close: () => context.close() };
}

const sizes = { 520: 1230, 600: 1100, 880: 880, 1400: 1000 };

/** name → options; the pictures that a reviewer looks at. */
export const scenes = {
  'probabilities-dark-1400': { width: 920, height: 1100, scene: { locked: 47 } },
  'probabilities-light-520': { theme: 'light', width: 520, height: 1330, scene: { locked: 47 } },
  'probabilities-hc-1400': { theme: 'hc', width: 1400, height: 1000, scene: { locked: 47 } },
  'probabilities-hclight-600': { theme: 'hcLight', width: 600, height: 1230, scene: { locked: 47 } },
  'probabilities-dark-chat': { width: 880, height: 1000, scene: { doc: 'mountain', locked: 27 } },
  'probabilities-light-rank-baseline': {
    theme: 'light',
    width: 880,
    height: 1000,
    scene: { locked: 47, tint: 'rank', baseline: true },
  },
  'probabilities-dark-raw': {
    width: 880,
    height: 1000,
    scene: { sampling: { temperature: 1, topK: 0, topP: 1, seed: 0 } },
  },
  'probabilities-dark-long': { width: 880, height: 1000, scene: { long: 60, locked: 2500 } },
  'probabilities-light-generated': {
    theme: 'light',
    width: 880,
    height: 1250,
    scene: { locked: 47, sampling: { temperature: 0, topK: 0, topP: 1, seed: 0 } },
    act: generate,
  },
  'probabilities-dark-stepped': { width: 700, height: 1150, scene: { locked: 47 }, act: step },
  'probabilities-dark-seeds': { width: 880, height: 1250, scene: { locked: 47 }, act: seeds },
  'probabilities-dark-hover': {
    width: 520,
    height: 900,
    scene: { locked: 47 },
    act: async (tab) => {
      await tab.click('.probabilities-text > summary');
      await tab.hover('.tok[data-token="49"]');
    },
  },
  'probabilities-dark-table': {
    width: 880,
    height: 700,
    scene: { locked: 47 },
    act: (tab) => tab.click('.foot .link'),
  },
  'states-empty': { width: 520, height: 420, scene: { view: { kind: 'empty' }, title: null } },
  'states-loading': {
    width: 520,
    height: 420,
    scene: {
      view: {
        kind: 'loadingModel',
        elapsedMs: 3100,
        progress: { stage: 'compiling', done: 168e6, total: 270e6, unit: 'bytes' },
      },
    },
  },
  'states-running': {
    width: 520,
    height: 420,
    scene: {
      view: {
        kind: 'running',
        previous: null,
        elapsedMs: 1500,
        progress: { stage: 'running', done: 320, total: 812, unit: 'tokens' },
      },
    },
  },
  'states-running-previous': {
    width: 880,
    height: 600,
    scene: {
      view: {
        kind: 'running',
        previous: 'data',
        elapsedMs: 400,
        progress: { stage: 'running', done: 30, total: 57, unit: 'tokens' },
      },
    },
  },
  'states-failed': {
    width: 520,
    height: 420,
    scene: {
      view: {
        kind: 'failed',
        previous: null,
        problem: {
          code: 'outOfMemory',
          args: ['12,600'],
        },
      },
    },
  },
  'states-failed-previous': {
    theme: 'light',
    width: 880,
    height: 600,
    scene: {
      view: {
        kind: 'failed',
        previous: 'data',
        problem: {
          code: 'engineGone',
          args: [{ clause: 'signal', args: ['SIGKILL'] }],
        },
      },
    },
  },
  'states-stale': {
    width: 880,
    height: 600,
    scene: { locked: 30, view: { kind: 'stale', data: 'data', exactTokens: 47 } },
  },
  'states-hclight-empty': {
    theme: 'hcLight',
    width: 520,
    height: 420,
    scene: { view: { kind: 'empty' }, title: null },
  },
  ...(await otherScenes()),
};

async function generate(tab) {
  await tab.click('.sampling .actions vscode-button >> nth=0');
  await tab.waitForFunction(() => document.querySelectorAll('.gen-row').length === 1);
  await tab.click('.gen-row .tok >> nth=0');
  await tab.click('.alternative:not([disabled]) >> nth=0');
  await tab.waitForFunction(() => document.querySelectorAll('.gen-row').length === 2);
  await tab.click('.gen-row >> nth=0 >> .tok >> nth=5');
  await tab.click('.alternative:not([disabled]) >> nth=0');
  await tab.waitForFunction(() => document.querySelectorAll('.gen-row').length === 3);
  await tab.click('.gen-row >> nth=0 >> .tok >> nth=3');
}

async function step(tab) {
  await tab.click('.steps vscode-button >> nth=0');
  await tab.waitForFunction(() => document.querySelectorAll('.gen-row').length === 1);
}

async function seeds(tab) {
  await tab.click('.sampling .actions vscode-button >> nth=1');
  await tab.waitForFunction(() => document.querySelectorAll('.gen-row').length === 5);
}

/** The scene as the host would give it in that language; for a problem, a scene gives code and arguments. */
async function inLanguage(scene = {}, language) {
  const strings = language === 'en' ? {} : readBundle(language);
  const say = (english) => strings[english] ?? english;
  const [{ fill, wordsOf }, { panelFacts, problemCatalogue }] = await Promise.all(
    ['clauses', 'problemCatalogue'].map(protocol),
  );
  const told = (state) => {
    if (!state?.problem) return state;
    const { code } = state.problem;
    const args = state.problem.args.map((each) => wordsOf(each, say));
    const { message: cause, remedy: help, remedyInEditor = help } = problemCatalogue[code];
    const [message, remedy] = [cause, remedyInEditor].map((english) => fill(say(english), args));
    return { ...state, problem: { ...state.problem, message, remedy, panel: panelFacts(code) } };
  };
  const { view, views = {} } = scene;
  const all = Object.fromEntries(Object.entries(views).map(([name, state]) => [name, told(state)]));
  return { ...scene, language, strings, view: told(view), views: all };
}

async function shoot(names, language) {
  mkdirSync(artefacts, { recursive: true });
  const browser = await launch();
  const server = await serve();
  let broken = 0;
  for (const [name, options] of Object.entries(scenes)) {
    if (names.length && !names.some((start) => name.startsWith(start))) continue;
    const scene = await inLanguage(options.scene, language);
    const look = { height: sizes[options.width], ...options, scene };
    const { tab, errors, close } = await openPanel(browser, server.url, look);
    await tab.waitForTimeout(250);
    await options.act?.(tab);
    await tab.waitForTimeout(150);
    const suffix = language === 'en' ? '' : `-${language}`;
    await tab.screenshot({ path: join(artefacts, `page-${name}${suffix}.png`) });
    if (errors.length) broken++;
    console.log(name, errors.length ? errors : 'ok');
    await close();
  }
  await browser.close();
  server.close();
  process.exitCode = broken ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { language: { type: 'string', default: 'en' } },
  });
  await shoot(positionals, values.language);
}
