import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endCandidate,
  extendRun,
  probabilities,
  toProbabilities,
} from '../../../src/analysis/probabilities/probabilities';
import { chunkTokens } from '../../../src/analysis/shared/prefix';
import { ProblemError } from '../../../src/protocol/problem';
import { endId, entropyOf, FakeModel, logSoftmax } from './fakeModel';

const ids = [4, 8, 15, 16, 23, 4, 8];
// Statistics are float32; the expected values here are computed in double.
const digits = 5;

describe('a long text', () => {
  const long = Array.from({ length: 1500 }, (_, t) => (t * 7) % 23);

  it('gives the numbers of its first tokens on the way, each time that twice as many are known', async () => {
    const parts: number[] = [];
    const model = new FakeModel();
    const whole = await extendRun(model, null, long, {
      top: 2,
      onPart: (part) => {
        parts.push(part.ids.length);
        const { logprob, rank, entropy, next } = toProbabilities(part, model, 2);
        expect([logprob.length, rank.length, entropy.length, next.length]).toEqual([
          ...Array(3).fill(part.ids.length),
          2,
        ]);
        expect(part.ids).toEqual(long.slice(0, part.ids.length));
      },
    });
    expect(parts).toEqual([512, 1024]);
    expect(whole.ids).toHaveLength(1500);
  });

  it('gives none after an edit near its end, which is soon computed', async () => {
    const model = new FakeModel();
    const run = await extendRun(model, null, long, { top: 2 });
    const parts: number[] = [];
    await extendRun(model, run, [...long, 3], { top: 2, onPart: (part) => void parts.push(part.ids.length) });
    expect(parts).toEqual([]);
  });
});

describe('probabilities', () => {
  it('scores each token by what stands before it, and describes the distribution after it', async () => {
    const model = new FakeModel();
    const result = await probabilities(model, ids, { top: 3 });
    expect(result.logprob[0]).toBeNull();
    expect(result.rank[0]).toBeNull();
    expect(result.top[0]).toEqual([]);
    for (let t = 1; t < ids.length; t++) {
      const logits = model.logits(ids.slice(0, t));
      expect(result.logprob[t]).toBeCloseTo(logSoftmax(logits)[ids[t]], digits);
      expect(result.rank[t]).toBe(logits.filter((z) => z > logits[ids[t]]).length);
      expect(result.top[t]).toHaveLength(3);
      expect(result.top[t][0].logprob).toBeCloseTo(Math.max(...logSoftmax(logits)), digits);
      expect(result.top[t][0].text).toBe(model.text(result.top[t][0].id));
    }
    ids.forEach((_, t) => {
      expect(result.entropy[t]).toBeCloseTo(entropyOf(model.logits(ids.slice(0, t + 1))), digits);
    });
    expect(result.next[0].logprob).toBeCloseTo(Math.max(...logSoftmax(model.logits(ids))), digits);
    const scored = result.logprob.slice(1) as number[];
    const mean = scored.reduce((a, b) => a + b, 0) / scored.length;
    expect(result.perplexity).toBeCloseTo(Math.exp(-mean), digits);
  });

  it('has a next distribution and no perplexity for a single token', async () => {
    const result = await probabilities(new FakeModel(), [5], { top: 2 });
    expect(result).toMatchObject({ logprob: [null], rank: [null], top: [[]], perplexity: null });
    expect(result.next).toHaveLength(2);
  });

  it('goes in passes of one chunk, each continuing the one before, and says how far it is', async () => {
    const model = new FakeModel();
    const total = 2 * chunkTokens + 88;
    const long = Array.from({ length: total }, (_, t) => (t * 7) % 29);
    const progress: [number, number][] = [];
    const result = await probabilities(model, long, { top: 1, onProgress: (...step) => progress.push(step) });
    expect(model.passes.map(({ tokens, past }) => [tokens, past])).toEqual([
      [chunkTokens, 0],
      [chunkTokens, chunkTokens],
      [88, 2 * chunkTokens],
    ]);
    expect(progress).toEqual([chunkTokens, 2 * chunkTokens, total].map((done) => [done, total]));
    // These are the tokens on both sides of a seam.
    for (const t of [chunkTokens - 1, chunkTokens, chunkTokens + 1, total - 1]) {
      expect(result.logprob[t]).toBeCloseTo(logSoftmax(model.logits(long.slice(0, t)))[long[t]], digits);
    }
  });

  it('gives the end token its probability after the last position', async () => {
    const model = new FakeModel();
    const run = await extendRun(model, null, ids, { top: 2 });
    const end = endCandidate(run, model);
    expect(end).toMatchObject({ id: endId, text: '<end>' });
    expect(end?.logprob).toBeCloseTo(logSoftmax(model.logits(ids))[endId], digits);
  });

  it('stops between passes when cancelled and leaves the earlier run usable', async () => {
    const model = new FakeModel();
    const run = await extendRun(model, null, ids, { top: 2 });
    const abort = new AbortController();
    abort.abort();
    const extended = extendRun(model, run, [...ids, 1], { top: 2, signal: abort.signal });
    await expect(extended).rejects.toThrowError(ProblemError);
    await expect(extendRun(model, run, [...ids, 1], { top: 2 })).resolves.toMatchObject({ ids: [...ids, 1] });
  });
});

describe('a run extended by an edit', () => {
  const edits = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }), { minLength: 2 });

  it('equals a run from nothing, whatever was edited', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async (texts) => {
        const model = new FakeModel();
        let run = null;
        for (const text of texts) {
          run = await extendRun(model, run, text, { top: 4 });
          const fresh = await extendRun(model, null, text, { top: 4 });
          expect(toProbabilities(run, model, 4)).toEqual(toProbabilities(fresh, model, 4));
          expect(endCandidate(run, model)).toEqual(endCandidate(fresh, model));
          expect(run.past.length).toBe(text.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('runs only from the last token before the change', async () => {
    const model = new FakeModel();
    const run = await extendRun(model, null, ids, { top: 2 });
    model.passes.length = 0;
    const edited = await extendRun(model, run, [...ids.slice(0, 5), 9, 9], { top: 2 });
    expect(model.passes).toEqual([{ batch: 1, tokens: 3, past: 4 }]);
    expect(edited.reused).toBe(4);
  });

  it('runs nothing for the same text, and all of it when more candidates are asked for', async () => {
    const model = new FakeModel();
    const run = await extendRun(model, null, ids, { top: 4 });
    model.passes.length = 0;
    const again = await extendRun(model, run, ids, { top: 2 });
    expect(model.passes).toEqual([]);
    expect(again.reused).toBe(ids.length);
    expect(toProbabilities(again, model, 2).next).toHaveLength(2);
    await extendRun(model, run, ids, { top: 8 });
    expect(model.passes).toEqual([{ batch: 1, tokens: ids.length, past: 0 }]);
  });
});
