// Answers in another script than the panel's: a part of a character stands with the character that it may become.
import fs from 'node:fs';
import path from 'node:path';
import { long, test } from '../fixtures.mjs';
import { until } from '../lab.mjs';
import { nextTokens } from '../panel.mjs';

for (const [locale, file] of [
  ['en-US', 'package.nls.json'],
  ['zh-CN', 'package.nls.zh-cn.json'],
  ['zh-TW', 'package.nls.zh-tw.json'],
]) {
  test(`the answers to 你好 can be read in ${locale}`, long, async ({ bench }) => {
    const { check } = bench;
    await bench.closeWindows();
    bench.write('hello.txt', '你好');
    const strings = JSON.parse(fs.readFileSync(path.join(bench.installed, file), 'utf8'));
    const window = await bench.window({ open: 'hello.txt', locale });
    await window.command(bench.title('promptLens.showProbabilities', strings));
    const drawn = await until(
      'the likeliest tokens',
      async () => {
        const rows = await nextTokens(window.panel);
        return rows.length >= 5 && rows;
      },
      90_000,
    );
    for (const { text } of drawn) check.doesNotMatch(text, /\ufffd/);
    check.ok(
      drawn.some(({ text }) => /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u.test(text)),
      JSON.stringify(drawn),
    );
    await window.screenshot(`hello-${locale}`);
  });
}
