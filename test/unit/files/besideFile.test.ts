import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { filesBeside } from '../../../src/files/besideFile';

const root = mkdtempSync(join(tmpdir(), 'beside-'));
const folder = join(root, 'prompts');
mkdirSync(join(folder, 'parts'), { recursive: true });
writeFileSync(join(root, 'secret.json'), '{}');
writeFileSync(join(folder, 'parts', 'a.json'), '{\r\n}');
writeFileSync(join(folder, 'latin.json'), Buffer.from([0xe9]));
writeFileSync(join(folder, 'large.json'), 'x'.repeat(2 ** 20 + 1));
symlinkSync(join(root, 'secret.json'), join(folder, 'link.json'));
mkdirSync(join(folder, 'node_modules'));
writeFileSync(join(folder, 'node_modules', 'b.json'), '');
symlinkSync(root, join(folder, 'up'));
afterAll(() => rmSync(root, { recursive: true }));

it('reads a small text in the folder of the prompt and below, and nothing else', () => {
  const read = filesBeside(join(folder, 'x.prompty')).readBeside;
  expect(read('parts/a.json')).toBe('{\n}');
  expect(read('parts/../parts/a.json')).toBe('{\n}');
  for (const path of [
    '../secret.json',
    join(root, 'secret.json'),
    'link.json',
    'parts',
    'none.json',
    'latin.json',
    'large.json',
    '',
  ])
    expect(read(path)).toBe(null);
});

it('lists the files below a folder of the prompt, without following links', () => {
  const list = filesBeside(join(folder, 'x.prompty')).listBeside;
  expect(list('').sort()).toEqual(['large.json', 'latin.json', 'parts/a.json']);
  expect(list('parts/')).toEqual(['parts/a.json']);
  for (const path of ['..', 'up/', 'none', root, 'parts/a.json']) expect(list(path)).toEqual([]);
});

it('tells every path that is asked for, and takes the text of an open file', () => {
  const asked: string[] = [];
  const open = new Map([
    [join(folder, 'parts', 'a.json'), '[\r\n]'],
    [join(root, 'secret.json'), 'secret'],
  ]);
  const { readBeside, listBeside } = filesBeside(join(folder, 'x.prompty'), {
    open,
    onAsked: (path) => asked.push(path),
  });
  expect([readBeside('parts/a.json'), readBeside('none.json'), readBeside('../secret.json')]).toEqual([
    '[\n]',
    null,
    null,
  ]);
  listBeside('parts/');
  expect(asked).toEqual([
    join(folder, 'parts', 'a.json'),
    join(folder, 'none.json'),
    join(root, 'secret.json'),
    join(folder, 'parts') + sep,
  ]);
});
