import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { ProblemError } from '../../../src/protocol/problem';
import { temporaryFile, tinyGguf, writeGguf } from './tinyGguf';

const whole = writeGguf(tinyGguf());
const codes = ['modelMalformed', 'modelUnsupported', 'fileUnreadable', 'templateFailed'];

/** Opens, tokenises and renders; resolves with the problem's code, or with null when all went well. */
async function outcome(bytes: Uint8Array): Promise<string | null> {
  try {
    const checkpoint = await openCheckpoint(temporaryFile(bytes, 'corrupted.gguf'));
    try {
      checkpoint.tokenizer.decode(checkpoint.tokenizer.encode('hello <|im_end|> 12').map((token) => token.id));
      for (const name of checkpoint.tensors.keys()) await checkpoint.readFloat32(name);
      const message = { role: 'user', content: 'hello', pieces: [] };
      if (checkpoint.hasTemplate) await checkpoint.prompt({ kind: 'chat', file: null, messages: [message] });
    } finally {
      await checkpoint.close();
    }
    return null;
  } catch (error) {
    if (error instanceof ProblemError && codes.includes(error.problem.code)) return error.problem.code;
    throw error;
  }
}

describe('a corrupted model file', () => {
  it('ends in one problem wherever it is cut', async () => {
    const cut = fc.nat(whole.length - 1);
    await fc.assert(
      fc.asyncProperty(cut, async (length) => {
        expect(await outcome(whole.subarray(0, length))).not.toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it('opens or ends in one problem, whatever bytes are overwritten', async () => {
    // Most of the header is the vocabulary, so two thirds of the changes aim at the counts and first keys or at the tensor list.
    const place = fc.oneof(fc.nat(whole.length - 1), fc.nat(600), fc.integer({ min: 6000, max: 8500 }));
    const value = fc.oneof(fc.constant(0), fc.constant(255), fc.nat(255));
    const changes = fc.array(fc.record({ place, value, run: fc.integer({ min: 1, max: 8 }) }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const bytes = Buffer.from(whole);
        for (const { place: at, value: byte, run } of list) bytes.fill(byte, at, Math.min(at + run, bytes.length));
        const started = performance.now();
        await outcome(bytes);
        // Nothing may hang: a healthy file of this size takes a few milliseconds, and the template's own limit is 2 s.
        expect(performance.now() - started).toBeLessThan(4000);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
