import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('every file of ours can be read in one sitting: 400 lines at most', () => {
  const places = ['src', 'webview', 'test', 'scripts', 'bench', '*.mjs'];
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...places], {
    encoding: 'utf8',
  });
  const files = listed.split('\n').filter((file) => /\.(ts|mjs|css)$/.test(file) && existsSync(file));
  expect(files.length).toBeGreaterThan(500);
  const long = files.map((file) => [file, readFileSync(file, 'utf8').split('\n').length - 1] as const);
  expect(long.filter(([, lines]) => lines > 400)).toEqual([]);
});
