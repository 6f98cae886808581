// npm start as a newcomer uses it: after one command the panel stands beside an example, with real numbers.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/setup.mjs';
import { test } from '../fixtures.mjs';

test('npm start opens an example with the panel beside it', async ({ bench }) => {
  await bench.closeWindows();
  const run = promisify(execFile)(process.execPath, [path.join(root, 'scripts/start.mjs'), '--check'], {
    env: { ...process.env, CHROMIUM: bench.chromium, PROMPT_LENS_CACHE: bench.cache },
  });
  run.child.stdin?.end();
  const { stdout } = await run;
  bench.check.match(stdout, /http:\/\/127\.0\.0\.1:\d+\/\?folder=/);
  bench.check.match(stdout, /The panel shows "·negative" with probability \.\d+ as the next token\./);
});
