import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { besideReader } from '../../../src/files/besideFile';

const root = mkdtempSync(join(tmpdir(), 'beside-'));
const folder = join(root, 'prompts');
mkdirSync(join(folder, 'parts'), { recursive: true });
writeFileSync(join(root, 'secret.json'), '{}');
writeFileSync(join(folder, 'parts', 'a.json'), '{\r\n}');
writeFileSync(join(folder, 'latin.json'), Buffer.from([0xe9]));
writeFileSync(join(folder, 'large.json'), 'x'.repeat(2 ** 20 + 1));
symlinkSync(join(root, 'secret.json'), join(folder, 'link.json'));
afterAll(() => rmSync(root, { recursive: true }));

it('reads a small text in the folder of the prompt and below, and nothing else', () => {
  const read = besideReader(join(folder, 'x.prompty'));
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
