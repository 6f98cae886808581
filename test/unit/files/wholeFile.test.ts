/** Outputs appear as a whole or not at all, and the file that they replace stays until they are complete. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/files/identity';
import { placeOf, reservedOnWindows } from '../../../src/files/place';
import { WholeFile, writeFully, writeWhole } from '../../../src/files/wholeFile';
import { ProblemError } from '../../../src/protocol/problem';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
const fresh = () => mkdtempSync(join(root, 'case-'));
const posix = process.platform === 'win32' ? it.skip : it;
const problemOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw new Error(`no problem but ${error}`);
  return error.problem;
};

describe('writing fully', () => {
  /** A file that takes at most `most` bytes at a time and `room` bytes in all. */
  const narrow = (most: number, room: number) => {
    const taken: number[] = [];
    const write = async (bytes: Uint8Array, offset: number, length: number, position: number | null) => {
      const bytesWritten = Math.min(length, most, room - taken.length);
      taken.push(...bytes.subarray(offset, offset + bytesWritten));
      return { bytesWritten, buffer: bytes, position };
    };
    return { taken, file: { write } as unknown as FileHandle };
  };

  it('goes on after a write that took less', async () => {
    const { taken, file } = narrow(3, 100);
    await writeFully(file, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 0);
    expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('fails where nothing more is taken, which is a full disk', async () => {
    const { taken, file } = narrow(3, 5);
    await expect(writeFully(file, new Uint8Array(8), null)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(taken).toHaveLength(5);
  });
});

describe('a whole file', () => {
  it('takes the place of the old one with its permissions, and leaves nothing beside it', async () => {
    const folder = fresh();
    const path = join(folder, 'a.csv');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    await writeWhole(path, 'new, with ü');
    expect(readFileSync(path, 'utf8')).toBe('new, with ü');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['a.csv']);
  });

  it('is not seen before it is finished, and a discarded one never was', async () => {
    const folder = fresh();
    const path = join(folder, 'a.bin');
    writeFileSync(path, 'old');
    const file = await WholeFile.create(path);
    await file.write(Uint8Array.of(1, 2), 4);
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.discard();
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['a.bin']]);
  });

  it('leaves the old one where the disk fails in the middle', async () => {
    const folder = fresh();
    const path = join(folder, 'a.bin');
    writeFileSync(path, 'old');
    const file = await WholeFile.create(path);
    Object.assign((file as unknown as { file: object }).file, { write: async () => ({ bytesWritten: 0 }) });
    const problem = await problemOf(file.append(Uint8Array.of(1)));
    await file.discard();
    expect(problem).toMatchObject({ code: 'diskFull', args: [path] });
    expect(problem.message + problem.remedy).toContain('the disk is full');
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['a.bin']]);
  });

  posix('follows a link, which stays one, also where nothing is behind it yet', async () => {
    const folder = fresh();
    mkdirSync(join(folder, 'far'));
    writeFileSync(join(folder, 'far', 'a'), 'old');
    symlinkSync(join('far', 'a'), join(folder, 'link'));
    symlinkSync(join('far', 'b'), join(folder, 'dangling'));
    await writeWhole(join(folder, 'link'), 'new');
    await writeWhole(join(folder, 'dangling'), 'made');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'far', 'a'), 'utf8')).toBe('new');
    expect(readFileSync(join(folder, 'far', 'b'), 'utf8')).toBe('made');
  });

  posix('is removed when the process is ended in the middle of it', () => {
    const folder = fresh();
    const path = join(folder, 'a.bin');
    const script = join(root, 'ended.mjs');
    // This process uses the bundled module to write as wholeFile does.
    execFileSync('node', [
      '-e',
      `require('esbuild').buildSync({entryPoints:['src/files/wholeFile.ts'],bundle:true,platform:'node',format:'esm',outfile:${JSON.stringify(script)}})`,
    ]);
    const run = `import { WholeFile } from ${JSON.stringify(script)}; const f = await WholeFile.create(${JSON.stringify(path)}); await f.append(new Uint8Array(9)); process.kill(process.pid, 'SIGTERM'); await new Promise(r => setTimeout(r, 5000));`;
    let signal: string | undefined;
    try {
      execFileSync('node', ['--input-type=module', '-e', run]);
    } catch (error) {
      signal = (error as { signal: string }).signal;
    }
    expect(signal).toBe('SIGTERM');
    expect(readdirSync(folder)).toEqual([]);
  });

  posix('goes to a device or a pipe as it stands, and a full device is told', async () => {
    await writeWhole('/dev/null', 'x');
    if (existsSync('/dev/full')) {
      expect(await problemOf(writeWhole('/dev/full', 'x'))).toMatchObject({ code: 'diskFull', args: ['/dev/full'] });
    }
    const pipe = join(fresh(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = import('node:fs/promises').then(({ readFile }) => readFile(pipe, 'utf8'));
    await writeWhole(pipe, 'through');
    expect(await reader).toBe('through');
  });
});

describe('a place', () => {
  const place = (...parts: string[]) => problemOf(placeOf(join(...parts)));

  it('is refused before anything is made, with what to do', async () => {
    const folder = fresh();
    writeFileSync(join(folder, 'plain'), '');
    writeFileSync(join(folder, 'kept'), '');
    chmodSync(join(folder, 'kept'), 0o444);
    expect(await place(folder)).toMatchObject({ code: 'outputIsFolder', args: [folder] });
    expect(await place(folder, 'none', 'a')).toMatchObject({ code: 'folderMissing' });
    expect(await place(folder, 'plain', 'a')).toMatchObject({ message: expect.stringMatching(/not a folder\.$/) });
    expect(await place(folder, 'kept')).toMatchObject({ code: 'outputProtected' });
    expect(await place(folder, 'x'.repeat(300))).toMatchObject({
      message: expect.stringMatching(/name is too long\.$/),
    });
    expect(readdirSync(folder).sort()).toEqual(['kept', 'plain']);
  });

  it('may be a name as long as the disk takes', async () => {
    const path = join(fresh(), `${'n'.repeat(251)}.csv`);
    await writeWhole(path, 'x');
    expect(readFileSync(path, 'utf8')).toBe('x');
  });

  it('is reserved on Windows by its name alone', () => {
    for (const name of ['con', 'NUL.csv', 'com1.svg', 'LPT9', 'a?.csv', 'a.', 'a '])
      expect(reservedOnWindows(name)).not.toBeNull();
    for (const name of ['console.csv', 'null.csv', 'a b.csv', '.con']) expect(reservedOnWindows(name)).toBeNull();
  });
});

describe('the identity of a file', () => {
  posix('is one for every way to name it', async () => {
    const folder = fresh();
    const path = join(folder, 'a.txt');
    writeFileSync(path, 'x');
    symlinkSync('a.txt', join(folder, 'soft'));
    linkSync(path, join(folder, 'hard'));
    symlinkSync(folder, join(root, 'way'));
    const own = await identityOf(path);
    expect(own).not.toBeNull();
    for (const other of ['soft', 'hard', '././a.txt']) expect(await identityOf(join(folder, other))).toBe(own);
    expect(await identityOf(join(root, 'way', 'a.txt'))).toBe(own);
    expect(await identityOf(join(folder, 'b.txt'))).not.toBe(own);
  });

  posix('is known before there is a file, and null for what cannot be lost', async () => {
    const folder = fresh();
    symlinkSync('later', join(folder, 'link'));
    expect(await identityOf(join(folder, 'link'))).toBe(await identityOf(join(folder, 'later')));
    expect(await identityOf('/dev/null')).toBeNull();
    expect(await identityOf(folder)).toBeNull();
  });
});
