// Bad input gets one sentence each and nothing hangs: the panel says what is wrong, and works again with the next good file.
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { failure, ready } from '../panel.mjs';

const good = 'good.txt';

async function opened(bench) {
  if (bench.windows.length > 0) return bench.windows[0];
  bench.write(good, 'A good file.');
  const [window, count] = await Promise.all([bench.window({ open: good }), bench.tokens(good)]);
  await window.command(bench.title('promptLens.showProbabilities'));
  await ready(window, count);
  return window;
}

/** The sentence on the panel, once it names this cause. */
function complaint(window, pattern) {
  return until(
    `a message like ${pattern}`,
    async () => {
      const text = await failure(window.panel);
      return text && pattern.test(text) ? text : null;
    },
    60_000,
  );
}

/** Checks that the text is one sentence that ends in a full stop, without a stack trace or a code. */
function isSentence(check, text) {
  check.match(text, /^[^\n]{5,240}\.$/);
  check.doesNotMatch(text, /\bat .*:\d+:\d+|undefined|\[object/);
}

async function goodAgain(bench, window) {
  await window.openFile(good);
  await ready(window, await bench.tokens(good));
}

async function badFile(bench, name, content, pattern) {
  const window = await opened(bench);
  bench.write(name, content);
  await window.openFile(name);
  isSentence(bench.check, await complaint(window, pattern));
  await goodAgain(bench, window);
}

async function badModel(bench, model, pattern) {
  const window = await opened(bench);
  bench.machineSettings({ 'promptLens.model': model });
  try {
    isSentence(bench.check, await complaint(window, pattern));
  } finally {
    bench.machineSettings();
  }
  await goodAgain(bench, window);
}

test('a model file that was cut off', long, async ({ bench }) => {
  const whole = path.join(bench.installed, 'models', 'SmolLM2-135M-Instruct.Q4_1.gguf');
  const cut = path.join(bench.home, 'cut.gguf');
  fs.writeFileSync(cut, fs.readFileSync(whole).subarray(0, 40_000_000));
  await badModel(bench, cut, /cut\.gguf/);
});

test('a prompt deleted while it is analysed', async ({ bench }) => {
  const window = await opened(bench);
  const file = bench.write('gone.txt', 'A long way to go. '.repeat(200));
  await window.openFile('gone.txt');
  // The tab appears before its text; a file that is gone by the time the text is read would never be opened.
  await window.page.locator('.view-lines', { hasText: /long.way/ }).waitFor();
  fs.rmSync(file);
  isSentence(bench.check, await complaint(window, /gone\.txt/));
  await goodAgain(bench, window);
});

test('an empty file', long, ({ bench }) => badFile(bench, 'empty.txt', '', /empty\.txt is empty/));

test('a cache folder that cannot be written', long, async ({ bench }) => {
  const window = await opened(bench);
  const aside = `${bench.cache}-aside`;
  fs.renameSync(bench.cache, aside);
  fs.writeFileSync(bench.cache, 'a file where the folder should be');
  try {
    await window.command(bench.title('promptLens.restartEngine'));
    isSentence(bench.check, await complaint(window, /cache/));
  } finally {
    fs.rmSync(bench.cache);
    fs.renameSync(aside, bench.cache);
  }
  await window.command(bench.title('promptLens.restartEngine'));
  await goodAgain(bench, window);
});

test('a file of only spaces is a prompt like any other', long, async ({ bench }) => {
  const window = await opened(bench);
  bench.write('spaces.txt', '     ');
  await window.openFile('spaces.txt');
  await ready(window, await bench.tokens('spaces.txt'));
  bench.check.equal(await failure(window.panel), null);
});

test('a megabyte of text', long, ({ bench }) =>
  badFile(
    bench,
    'large.txt',
    'All work and no play makes Jack a dull boy. '.repeat(23_832),
    /\d[\d,]* (tokens|characters)/,
  ),
);

test('a model that is not there', long, ({ bench }) =>
  badModel(bench, path.join(bench.home, 'nowhere.gguf'), /nowhere\.gguf was not found/),
);
