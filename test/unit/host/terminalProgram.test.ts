/** A copied line begins with the program's name only where a terminal finds the program. */
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { programFor } from '../../../src/host/terminalProgram';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe.runIf(process.platform !== 'win32')('the program of a copied line', () => {
  const empty = temporaryFolder();
  const folder = temporaryFolder();
  const place = { extension: '/x/ext', folder: null, env: { PATH: `${empty}:/nowhere` }, platform: 'linux' };
  const file = path.join(folder, 'prompt-lens');
  writeFileSync(file, '#!/bin/sh\n');

  it('is called in full where it is not on the PATH, from a checkout by a path in it', async () => {
    expect(await programFor(place)).toEqual(['node', path.join('/x/ext', 'dist', 'cli.js')]);
    expect(await programFor({ ...place, folder: '/x/ext' })).toEqual(['node', 'dist/cli.js']);
    expect(await programFor({ ...place, env: {} })).toEqual(['node', path.join('/x/ext', 'dist', 'cli.js')]);
  });

  it('is called by its name where it is there and can be run', async () => {
    const env = { PATH: `${empty}:${folder}` };
    chmodSync(file, 0o644);
    // The super-user may read everything, but run only files that somebody may run.
    expect(await programFor({ ...place, env })).toEqual(['node', path.join('/x/ext', 'dist', 'cli.js')]);
    chmodSync(file, 0o755);
    expect(await programFor({ ...place, env, folder: '/x/ext' })).toEqual(['prompt-lens']);
  });
});
