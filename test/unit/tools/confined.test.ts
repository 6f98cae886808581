import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { confined } from '../../../src/tools/confined';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const other = temporaryFolder();
const outside = temporaryFolder();

beforeAll(() => {
  mkdirSync(join(folder, 'a', '..b'), { recursive: true });
  for (const file of [
    join(folder, 'a', '..b', 'x.txt'),
    join(folder, '..y.txt'),
    join(other, 'z.txt'),
    join(outside, 's.txt'),
  ])
    writeFileSync(file, 'x');
  symlinkSync(join(other, 'z.txt'), join(folder, 'toOther.txt'));
  symlinkSync(folder, join(outside, 'toFolder'));
});

const found = (name: string, folders = [folder, other]) => confined(name, folders, 'file');

describe('a file that a tool may read', () => {
  it.each([
    ['a/..b/x.txt', () => join(folder, 'a', '..b', 'x.txt')],
    ['a/../a/..b/x.txt', () => join(folder, 'a', '..b', 'x.txt')],
    ['..y.txt', () => join(folder, '..y.txt')],
    ['z.txt', () => join(other, 'z.txt')],
    // This is a link from one permitted folder into another.
    ['toOther.txt', () => join(other, 'z.txt')],
  ])('%s is found below the folders', async (name, path) => {
    expect(await found(name)).toBe(realpathSync(path()));
    expect(await found(path())).toBe(realpathSync(path()));
  });

  it('lies below a folder that is itself named by a link', async () => {
    expect(await found('..y.txt', [join(outside, 'toFolder')])).toBe(realpathSync(join(folder, '..y.txt')));
  });

  it.each(['../s.txt', 'a/../../s.txt', '', '.', '..', '/etc/passwd', 's.txt'])('is not %j', async (name) => {
    await expect(found(name)).rejects.toThrow(/^"file" /);
  });

  it('is none where the whole disk is the folder, or no folder is open', async () => {
    const file = join(folder, '..y.txt');
    for (const folders of [[parse(folder).root], []])
      await expect(found(file, folders)).rejects.toThrow('no folder is open to it');
  });
});
