/** The decoder on a tiny random llama gives the same numbers however a text is cut into passes and whatever was run before. */
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extendRun } from '../../../src/analysis/probabilities/probabilities';
import type { PassResult, PastState } from '../../../src/analysis/shared/model';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { saveTensors } from '../../../src/inference/saveTensors';
import { vocabularyEntries } from '../../../src/inference/vocabularyEntries';
import { ProblemError } from '../../../src/protocol/problem';
import { decoderOf, type TestDecoder } from '../../fixtures/decoderOf';
import { readSafetensors } from '../../fixtures/readSafetensors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { writeTinyLlama } from '../../fixtures/tinyGguf';

const folder = temporaryFolder();
let tiny: TestDecoder;

beforeAll(async () => {
  tiny = await decoderOf(await openCheckpoint(writeTinyLlama(folder, { context: 512 })), folder);
});

afterAll(() => tiny.release());

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** numbers.md allows 1e-4 for another way through the same weights; single steps use their 4-bit form, which adds its rounding. */
const tolerance = 2e-4;

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index])), 0);
}

const token = fc.nat(261);
const text = fc.array(token, { minLength: 2, maxLength: 40 });

async function whole(ids: number[]): Promise<Float32Array> {
  const { logits } = await tiny.decoder.run({ ids: [ids], rows: range(ids.length), want: { logits: true } });
  return logits as Float32Array;
}

describe('causal reuse', () => {
  it('gives the same rows however the text is cut into passes, also of one token', async () => {
    const { vocabulary } = tiny.decoder.info;
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, cuts, async (ids, pieces) => {
        const expected = await whole(ids);
        let past: PastState | null = null;
        for (let at = 0, piece = 0; at < ids.length; piece++) {
          const chunk = ids.slice(at, at + pieces[piece % pieces.length]);
          const rows = range(chunk.length);
          const want = { logits: true, past: true };
          const result: PassResult = await tiny.decoder.run({ ids: [chunk], past, rows, want });
          past = result.past;
          const wanted = expected.subarray(at * vocabulary, (at + chunk.length) * vocabulary);
          expect(difference(result.logits as Float32Array, wanted)).toBeLessThan(tolerance);
          at += chunk.length;
          expect(past?.length).toBe(at);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('goes back to any earlier place, after going on from there in another way', async () => {
    const { vocabulary } = tiny.decoder.info;
    const branch = fc.tuple(fc.nat(), fc.array(token, { minLength: 1, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(text, fc.array(branch, { minLength: 1, maxLength: 6 }), async (ids, branches) => {
        const want = { logits: true, past: true };
        const first = await tiny.decoder.run({ ids: [ids], rows: [0], want });
        const known = [{ ids, past: first.past as PastState }];
        for (const [pick, added] of branches) {
          const from = known[pick % known.length];
          const length = 1 + (pick % from.past.length);
          const past = tiny.decoder.truncate(from.past, length);
          const result = await tiny.decoder.run({ ids: [added], past, rows: [added.length - 1], want });
          const now = [...from.ids.slice(0, length), ...added];
          const expected = (await whole(now)).subarray(-vocabulary);
          expect(difference(result.logits as Float32Array, expected)).toBeLessThan(tolerance);
          known.push({ ids: now, past: result.past as PastState });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('makes an edited run what a fresh one is', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat(), async (ids, other, cut) => {
        const edited = [...ids.slice(0, cut % ids.length), ...other];
        const before = await extendRun(tiny.decoder, null, ids, { top: 5 });
        const after = await extendRun(tiny.decoder, before, edited, { top: 5 });
        const fresh = await extendRun(tiny.decoder, null, edited, { top: 5 });
        expect(after.ids).toEqual(edited);
        expect(difference(after.logprob.subarray(1), fresh.logprob.subarray(1))).toBeLessThan(tolerance);
        expect(difference(after.entropy, fresh.entropy)).toBeLessThan(tolerance);
        expect(difference(after.topLogprob, fresh.topLogprob)).toBeLessThan(tolerance);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a pass', () => {
  it('hands out what is asked and nothing else', async () => {
    const ids = [[1, 2, 3]];
    const bare = await tiny.decoder.run({ ids, rows: [2] });
    expect([bare.logprob.length, bare.rank.length, bare.topIds.length, bare.entropy.length]).toEqual([0, 0, 0, 1]);
    expect([bare.logits, bare.past, bare.hidden.size, bare.attention.size]).toEqual([null, null, 0, 0]);
    const asked = await tiny.decoder.run({ ids, rows: [0, 2], targets: [5, 6], top: 4, want: { attention: [1] } });
    expect([asked.logprob.length, asked.rank.length, asked.entropy.length]).toEqual([2, 2, 2]);
    expect([asked.topIds.length, asked.topLogprob.length]).toEqual([8, 8]);
    expect([...asked.attention.keys()]).toEqual([1]);
  });

  it('refuses what does not fit the context, a foreign past and a token that is none', async () => {
    const ids = [range(513).map((index) => index % 200)];
    await expect(tiny.decoder.run({ ids, rows: [0] })).rejects.toThrow('513 tokens do not fit');
    const past = { length: 1, batch: 1 };
    await expect(tiny.decoder.run({ ids: [[1]], past, rows: [0] })).rejects.toThrow('a past of another model');
    await expect(tiny.decoder.run({ ids: [[99_999]], rows: [0] })).rejects.toThrow('99999 is not in the vocabulary');
  });

  it('does not begin when it is cancelled before', async () => {
    const cancelled = await tiny.decoder.run({ ids: [[1]], rows: [0] }, AbortSignal.abort()).catch((error) => error);
    expect(cancelled).toBeInstanceOf(ProblemError);
    expect((cancelled as ProblemError).problem.code).toBe('cancelled');
  });
});

describe('saved tensors', () => {
  it('of a text of several chunks are those of one pass', async () => {
    // The text is longer than a chunk; otherwise the last report would be the only one.
    const ids = range(300).map((index) => (index * 37) % 250);
    const path = join(folder, 'chunks.safetensors');
    const reports: number[] = [];
    const onProgress = (done: number) => reports.push(done);
    await saveTensors(tiny.decoder, ids, path, ['attention', 'hidden', 'logits'], { onProgress });
    expect(reports.length).toBeGreaterThan(1);
    expect(reports).toEqual([...new Set(reports)].sort((a, b) => a - b));
    expect(reports.at(-1)).toBe(300);
    const stored = readSafetensors(path);
    const want = { logits: true, hidden: [0, 1, 2], attention: [0, 1] };
    const one = await tiny.decoder.run({ ids: [ids], rows: range(300), want });
    const joined = (parts: Iterable<Float32Array>) => [...parts].flatMap((part) => Array.from(part));
    const data = (name: string) => stored.get(name)?.data ?? new Float32Array(0);
    expect(difference(data('logits'), one.logits as Float32Array)).toBeLessThan(tolerance);
    expect(difference(data('hidden'), joined(one.hidden.values()))).toBeLessThan(tolerance);
    expect(difference(data('attention'), joined(one.attention.values()))).toBeLessThan(1e-4);
  });

  it('are not nothing', async () => {
    const failure = await saveTensors(tiny.decoder, [1], join(folder, 'none'), []).catch((error) => error);
    expect((failure as ProblemError).problem.code).toBe('usage');
  });
});

describe('vocabulary entries', () => {
  it('by id and by text, bytes and all; an id that is none is out of range', async () => {
    const checkpoint = await openCheckpoint(join(folder, 'tiny.gguf'));
    const { tokenizer } = checkpoint;
    const byText = vocabularyEntries(tokenizer, { text: 'the é' });
    expect(byText.map(({ bytes }) => bytes).join('')).toBe(Buffer.from('the é').toString('hex'));
    expect(byText[0].text).toBe('the');
    expect(vocabularyEntries(tokenizer, { ids: byText.map(({ id }) => id) })).toEqual(byText);
    for (const id of [-1, 0.5, tokenizer.size]) {
      expect(() => vocabularyEntries(tokenizer, { ids: [id] })).toThrow(`between 0 and ${tokenizer.size - 1}`);
    }
    await checkpoint.close();
  });
});
