import { createHash } from 'node:crypto';
import { utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkpointDigest } from '../../../src/checkpoint/checkpointDigest';
import { temporaryFile } from './tinyGguf';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('the digest of a checkpoint', () => {
  it('is the SHA-256 of all its pieces, and is computed once', async () => {
    const bytes = Buffer.alloc(3 * 2 ** 20 + 5, 7);
    const path = temporaryFile(bytes);
    const seen: number[] = [];
    const options = { onProgress: (done: number) => seen.push(done) };
    expect(await checkpointDigest(path, options)).toBe(sha256(bytes));
    expect(seen.at(-1)).toBe(bytes.length);
    const pieces = seen.length;
    expect(await checkpointDigest(path, options)).toBe(sha256(bytes));
    expect(seen.length).toBe(pieces);
  });

  it('is computed again when the file has changed', async () => {
    const path = temporaryFile(Buffer.from('one'));
    expect(await checkpointDigest(path)).toBe(sha256(Buffer.from('one')));
    writeFileSync(path, 'two');
    utimesSync(path, 1, 1);
    expect(await checkpointDigest(path)).toBe(sha256(Buffer.from('two')));
  });

  it('can be stopped, and says when there is no file', async () => {
    const abort = new AbortController();
    const onProgress = () => abort.abort();
    const hashing = checkpointDigest(temporaryFile(Buffer.alloc(8 * 2 ** 20)), { signal: abort.signal, onProgress });
    await expect(hashing).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    await expect(checkpointDigest('no-such-file.gguf')).rejects.toMatchObject({ problem: { code: 'modelMissing' } });
  });
});
