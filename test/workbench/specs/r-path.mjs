// The whole flow from places with spaces and Chinese characters in their paths: the home folder, its cache, the extension, the
// workspace and the files. It has its own server, because a home belongs to a server.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startCodeServer, windowAddress } from '../../../scripts/codeServer.mjs';
import { installedIn } from '../bench.mjs';
import { long, test } from '../fixtures.mjs';
import { newContext, openWindow, until } from '../lab.mjs';
import { nextTokens, openTab, probability, ready, shows, visible } from '../panel.mjs';

const file = '提示 词 (1).txt';
const text = 'The capital of France is';
const second = '第二 个.txt';

/** Folders named after their purpose: home, extension, workspace. */
function places(bench) {
  const top = path.join(bench.home, '我 的 文件');
  const home = path.join(top, '主 目录');
  const extensions = path.join(top, '扩展 程序');
  const workspace = path.join(top, '工作 区', '提示 词');
  for (const folder of [home, workspace]) fs.mkdirSync(folder, { recursive: true });
  fs.cpSync(bench.extensions, extensions, { recursive: true });
  fs.writeFileSync(path.join(workspace, file), text);
  fs.writeFileSync(path.join(workspace, second), 'The capital of Norway is');
  return { home, extensions, workspace };
}

/** Runs the installed command line with that home and in that folder. */
function cli({ home, extensions, workspace }, ...args) {
  const env = { ...process.env, HOME: home };
  for (const name of ['PROMPT_LENS_CACHE', 'XDG_CACHE_HOME']) delete env[name];
  const script = path.join(installedIn(extensions), 'dist/cli.js');
  return new Promise((resolve, reject) => {
    const options = { env, cwd: workspace, maxBuffer: 2 ** 28 };
    const child = execFile(process.execPath, [script, ...args, '--json'], options, (error, stdout, stderr) =>
      error ? reject(new Error(stderr || error.message)) : resolve(JSON.parse(stdout)),
    );
    child.stdin?.end();
  });
}

async function flow(bench, window, at) {
  const { check } = bench;
  const { panel } = window;
  await window.command(bench.title('promptLens.showProbabilities'));
  const count = (await cli(at, 'tokens', file)).prompt.tokens.length;
  await ready(window, count, 150_000);
  check.equal(await panel.locator('.file .file-name').innerText(), file);
  const { result } = await cli(at, 'probabilities', file);
  const [first] = await nextTokens(panel);
  check.equal(first.text, visible(result.next[0].text));
  check.ok(shows(first.probability, Math.exp(result.next[0].logprob), probability), first.probability);
  const cache = path.join(at.home, '.cache', 'prompt-lens');
  check.ok(fs.readdirSync(cache).length > 0, 'the compiled graph lies in that home');

  await openTab(panel, 'attention');
  await ready(window, count);
  await openTab(panel, 'probabilities');
  await window.command(bench.title('promptLens.generate'));
  await until('a continuation', async () => /greedy/.test(await panel.locator('#view').innerText()), 60_000);

  await window.focusEditor(file);
  await window.page.keyboard.press('Control+End');
  await window.page.keyboard.type(' the city of');
  await window.page.keyboard.press('Control+S');
  const place = path.join(at.workspace, file);
  await until('the file saved', () => fs.readFileSync(place, 'utf8').endsWith('city of'));
  await ready(window, (await cli(at, 'tokens', file)).prompt.tokens.length);

  await panel.locator('.foot .acts button', { hasText: 'Export' }).click();
  await panel.locator('.menu button', { hasText: 'CSV' }).click();
  const table = path.join(at.workspace, '数 据.csv');
  await window.chooseFile(table);
  await until('the export written', () => fs.existsSync(table) && fs.readFileSync(table, 'utf8').includes(' city'));

  await window.openFile(second);
  await ready(window, (await cli(at, 'tokens', second)).prompt.tokens.length);
  check.equal(await panel.locator('.file .file-name').innerText(), second);
  check.deepEqual(await window.errorToasts(), []);
  check.deepEqual(window.errors, []);
  await window.screenshot('path-chinese');
}

test('home, cache, extension, workspace and file names with spaces and Chinese characters', long, async ({ bench }) => {
  const at = places(bench);
  const env = { HOME: at.home, XDG_CACHE_HOME: undefined, PROMPT_LENS_CACHE: undefined };
  const settings = { 'files.simpleDialog.enable': true };
  const profile = path.join(at.home, '配置 文件');
  const server = await startCodeServer({ extensions: at.extensions, env, settings, profile, graceSeconds: 5 });
  try {
    const address = windowAddress(server.port, { folder: at.workspace, open: path.join(at.workspace, file) });
    const window = await openWindow(await newContext(bench.browser), address);
    bench.windows.push(window);
    await flow(bench, window, at);
  } finally {
    await bench.closeWindows();
    await server.stop();
  }
});
