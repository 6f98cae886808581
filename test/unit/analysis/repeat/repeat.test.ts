import { describe, expect, it, vi } from 'vitest';
import type { RepeatResult } from '../../../../src/analysis/repeat/contract';
import { mostTokens, repeat } from '../../../../src/analysis/repeat/repeat';
import { chunkTokens } from '../../../../src/analysis/shared/prefix';
import { endId, FakeModel, info, logSoftmax } from '../fakeModel';
import { DifferingModel, type Way } from './differingModel';

const prompt = [4, 8, 15, 16];
const options = { maxTokens: 5, runs: 2 };

/** Entry 1 leads entry 2 by `gaps[step]`; every other entry is far below. */
const leading = (gaps: readonly number[]) => (history: readonly number[]) => {
  const logits = new Array(info.vocabulary).fill(-4);
  logits[1] = 2;
  logits[2] = 2 - (gaps[history.length - prompt.length] ?? 3);
  return logits;
};
const only = (of: Way, moved: Record<number, number>) => (way: Way) => (way === of ? moved : {});
const named = ({ ways }: RepeatResult) => Object.fromEntries(ways.map((way) => [way.name, way]));

describe('a model that computes the same in every way', () => {
  it('differs by exactly nothing, and its text is the greedy one', async () => {
    const model = new FakeModel();
    const result = await repeat(model, prompt, options);
    expect(result.ways.map(({ name, runs }) => [name, runs])).toEqual([
      ['again', 1],
      ['withoutCache', 2],
      ['afterEdit', 2],
      ['batch', 2],
    ]);
    for (const way of result.ways) {
      expect(way).toMatchObject({ logits: 0, logprob: 0, firstDifference: null, instead: [] });
      expect(way.at).toEqual({ logits: null, logprob: null });
      expect(way.itself).toEqual({ compared: 1, differing: 0, logits: 0, logprob: 0 });
    }
    expect(result).toMatchObject({ logits: 0, logprob: 0, parts: null, finish: 'length' });
    const ids = [...prompt];
    for (const step of result.steps) {
      const [first, second] = model
        .logits(ids)
        .map((z, id) => [z, id])
        .sort(([a], [b]) => b - a);
      expect(step).toMatchObject({ position: ids.length, id: first[1], second: { id: second[1] }, fragile: false });
      expect(step.text).toBe(model.text(step.id));
      expect(step.gap).toBeCloseTo(first[0] - second[0], 6);
      const logprob = logSoftmax(model.logits(ids));
      expect(step.gap).toBeCloseTo(logprob[first[1]] - logprob[second[1]], 6);
      ids.push(step.id);
    }
    expect(result.steps).toHaveLength(5);
    expect(result.text).toBe(model.decode(ids.slice(prompt.length)));
  });

  it('computes each way as the product does', async () => {
    const model = new FakeModel();
    await repeat(model, prompt, { maxTokens: 3, runs: 2 });
    const stepwise = [{ batch: 1, tokens: 3, past: 0 }, ...[3, 4, 5].map((past) => ({ batch: 1, tokens: 1, past }))];
    const whole = { batch: 1, tokens: 6, past: 0 };
    // Half of the prompt is known from a text that is one token longer than that half.
    const edited = [
      { batch: 1, tokens: 3, past: 0 },
      { batch: 1, tokens: 4, past: 2 },
    ];
    const eight = [
      { batch: 1, tokens: 3, past: 0 },
      { batch: 8, tokens: 3, past: 3 },
    ];
    expect(model.passes).toEqual([...stepwise, ...stepwise, whole, whole, ...edited, ...edited, ...eight, ...eight]);
  });

  it('ends with an end token, which is a step and no text', async () => {
    const model = new FakeModel((history) => {
      const logits = new Array(info.vocabulary).fill(0);
      logits[history.length === 6 ? endId : 3] = 5;
      return logits;
    });
    const result = await repeat(model, prompt, { ...options, maxTokens: 40 });
    expect(result.steps.map(({ id }) => id)).toEqual([3, 3, endId]);
    expect(result).toMatchObject({ text: 'dd', finish: 'stop' });
  });

  it('has no half of one token to keep, and eight texts share all that stands before', async () => {
    const model = new FakeModel(({ length }) =>
      Array.from({ length: info.vocabulary }, (_, id) => (id === length % 9 ? 2 : 0)),
    );
    const result = await repeat(model, [4], { ...options, maxTokens: 40 });
    expect(result.ways.map(({ name, logits }) => [name, logits])).toEqual([
      ['again', 0],
      ['withoutCache', 0],
      ['batch', 0],
    ]);
    const eight = model.passes.filter(({ batch }) => batch === 8).map(({ past, tokens }) => [past, tokens]);
    const once = [0, 16, 32].map((past) => [past, past === 32 ? 8 : 16]);
    expect(eight).toEqual([...once, ...once]);
  });

  it("ends with the model's context", async () => {
    const long = Array.from({ length: info.context - 2 }, (_, t) => t % 20);
    const result = await repeat(new FakeModel(), long, options);
    expect(result.steps.map(({ position }) => position)).toEqual([info.context - 2, info.context - 1]);
  });
});

describe('a way that moves a logit', () => {
  it('says by how much, where, and what of it is left in the log-probability', async () => {
    const model = new DifferingModel(leading([]), only('batch', { 5: 0.25 }));
    const result = await repeat(model, prompt, options);
    const { again, withoutCache, afterEdit, batch } = named(result);
    for (const way of [again, withoutCache, afterEdit]) expect(way).toMatchObject({ logits: 0, logprob: 0 });
    expect(batch.logits).toBeCloseTo(0.25, 6);
    const before = leading([])(prompt);
    const after = before.map((z, id) => (id === 5 ? z + 0.25 : z));
    expect(batch.logprob).toBeCloseTo(logSoftmax(after)[5] - logSoftmax(before)[5], 5);
    expect(batch.logprob).toBeLessThan(batch.logits);
    expect(batch.at.logits).toEqual({ step: 0, position: prompt.length, id: 5, text: 'f' });
    expect(result).toMatchObject({ logits: batch.logits, logprob: batch.logprob, parts: null });
    // Every run of this way gives the same, so it repeats itself although it differs from the first run.
    expect(batch.itself).toEqual({ compared: 1, differing: 0, logits: 0, logprob: 0 });
  });

  it('makes steps fragile whose lead is below twice the largest difference, and no others', async () => {
    const model = new DifferingModel(leading([1, 0.4, 0.5, 0.6, 0.499]), only('batch', { 5: 0.25 }));
    const { steps } = await repeat(model, prompt, options);
    expect(steps.map(({ fragile }) => fragile)).toEqual([false, true, false, false, true]);
    expect(steps.map(({ second }) => second.text)).toEqual(['c', 'c', 'c', 'c', 'c']);
  });

  it('parts where a lead turns over, and goes on with a text of its own', async () => {
    const model = new DifferingModel(leading([1, 1, 0.1]), only('whole', { 2: 0.2 }));
    const result = await repeat(model, prompt, options);
    const { again, withoutCache, afterEdit, batch } = named(result);
    expect([again, withoutCache, afterEdit, batch].map((way) => way.firstDifference)).toEqual([null, 2, null, null]);
    expect(withoutCache.instead.map(({ text }) => text)).toEqual(['c', 'b', 'b']);
    const tokens = ['first', 'again', 'withoutCache', 'afterEdit', 'batch'].map((way) => {
      const text = way === 'withoutCache' ? 'c' : 'b';
      return { way, id: text === 'c' ? 2 : 1, text };
    });
    expect(result.parts).toEqual({ step: 2, tokens });
    expect(result.steps[2]).toMatchObject({ text: 'b', second: { text: 'c' }, fragile: true });
  });

  it('is told from a way that does not repeat itself', async () => {
    let wholes = 0;
    const model = new DifferingModel(leading([1, 0.1]), (way): Record<number, number> => {
      if (way !== 'whole') return {};
      wholes++;
      return wholes === 3 ? { 2: 0.5 } : { 6: 0.125 };
    });
    const result = await repeat(model, prompt, { ...options, runs: 4 });
    const { withoutCache, batch } = named(result);
    expect(withoutCache.itself).toMatchObject({ compared: 3, differing: 1 });
    expect(withoutCache.itself.logits).toBeCloseTo(0.5, 6);
    expect(withoutCache).toMatchObject({ runs: 4, firstDifference: 1 });
    expect(withoutCache.logits).toBeCloseTo(0.5, 6);
    expect(batch.itself).toEqual({ compared: 3, differing: 0, logits: 0, logprob: 0 });
  });

  it('is also found in the first way itself', async () => {
    let steps = 0;
    const model = new DifferingModel(leading([]), (way): Record<number, number> => {
      if (way !== 'step') return {};
      steps++;
      return steps > options.maxTokens ? { 7: -0.5 } : {};
    });
    const { again } = named(await repeat(model, prompt, options));
    expect(again.itself).toMatchObject({ compared: 1, differing: 1 });
    expect(again.logits).toBeCloseTo(0.5, 6);
    expect(again.at.logits?.id).toBe(7);
  });
});

describe('a long text', () => {
  const long = Array.from({ length: 300 }, (_, t) => t % 20);
  const endless = ({ length }: readonly number[]) =>
    Array.from({ length: info.vocabulary }, (_, id) =>
      id === endId ? -9 : 3 * Math.sin(length * 0.37 + id * id * 0.91),
    );

  it('never reads more rows in one pass than a chunk has tokens', async () => {
    const model = new DifferingModel(endless, () => ({}));
    const result = await repeat(model, long, { maxTokens: 150, runs: 2 });
    expect(result.steps).toHaveLength(150);
    expect(model.largestPass).toBe(chunkTokens);
    // The way without a cache keeps nothing and begins again, and the eight texts of a batch are together no more than a chunk.
    const wholes = model.passes.filter(({ past, tokens }) => past === 0 && tokens > chunkTokens);
    expect(wholes.map(({ tokens }) => tokens)).toEqual([427, 449, 427, 449]);
    for (const { batch, tokens } of model.passes)
      if (batch > 1) expect(batch * tokens).toBeLessThanOrEqual(chunkTokens);
    expect(result.logits).toBe(0);
  });

  it('too long for its attention in one pass goes through in several, and it is said in how many', async () => {
    const model = new DifferingModel(endless, () => ({}));
    const longer = Array.from({ length: 1200 }, (_, t) => t % 20);
    const result = await repeat(model, longer, { maxTokens: 3, runs: 2 });
    expect(result.ways.map(({ passes }) => passes)).toEqual([null, 4, null, null]);
    const large = model.passes.filter(({ tokens }) => tokens > chunkTokens);
    const parts = [0, 301, 602, 903].map((past) => ({ batch: 1, tokens: Math.min(301, 1202 - past), past }));
    expect(large).toEqual([...parts, ...parts]);
    for (const { tokens, past } of large) expect(info.heads * tokens * (past + tokens)).toBeLessThan(1.2e6);
    expect(result.logits).toBe(0);
  });

  it('compares every step of every way', async () => {
    // Each way in turn moves the last row of the text.
    const last = long.length + 149;
    for (const way of ['step', 'whole', 'batch', 'chunk'] as const) {
      let rows = 0;
      const model = new DifferingModel(endless, (of, pass): Record<number, number> => {
        const end = (pass.past?.length ?? 0) + pass.ids[0].length;
        if (of !== way || end !== last) return {};
        rows++;
        return way === 'step' && rows === 1 ? {} : { 3: 1 };
      });
      const { ways } = await repeat(model, long, { maxTokens: 150, runs: 2 });
      const moved = { step: 'again', whole: 'withoutCache', batch: 'batch', chunk: 'afterEdit' }[way];
      expect(ways.filter(({ logits }) => logits > 0.9).map(({ name }) => name)).toEqual([moved]);
    }
  });
});

describe('while it runs', () => {
  it('tells the first run and each way as it is done, and how far it is', async () => {
    const partial: RepeatResult[] = [];
    const progress: [number, number][] = [];
    const model = new DifferingModel(leading([0.1]), only('batch', { 5: 0.25 }));
    const result = await repeat(model, prompt, {
      ...options,
      onPartial: (part) => partial.push(part),
      onProgress: (...step) => progress.push(step),
    });
    expect(partial.map(({ ways }) => ways.length)).toEqual([0, 1, 2, 3, 4]);
    expect(partial.map(({ complete }) => complete)).toEqual([false, false, false, false, true]);
    expect(partial[0].steps.map(({ id }) => id)).toEqual(result.steps.map(({ id }) => id));
    expect(partial.map(({ steps }) => steps[0].fragile)).toEqual([false, false, false, false, true]);
    expect(partial.at(-1)).toEqual(result);
    const dones = progress.map(([done]) => done);
    expect(dones).toEqual([...dones].sort((a, b) => a - b));
    expect(progress.at(-1)).toEqual([progress[0][1], progress[0][1]]);
    // Two runs as in `generate` and two each other way take T + n − 1 tokens each; the batch runs each new token eight times more.
    expect(progress[0][1]).toBe(8 * 2 * 4 + 2 * 8 * 5);
  });

  it('stops when cancelled', async () => {
    const abort = new AbortController();
    const onPartial = vi.fn(({ ways }: RepeatResult) => ways.length === 2 && abort.abort());
    const running = repeat(new FakeModel(), prompt, { ...options, signal: abort.signal, onPartial });
    await expect(running).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    expect(onPartial).toHaveBeenCalledTimes(3);
  });
});

describe('what makes no sense', () => {
  const refused = (ids: readonly number[], change: Partial<typeof options>) => {
    const model = new FakeModel();
    const running = repeat(model, ids, { ...options, ...change });
    return { running, model };
  };

  it.each([
    ['no prompt', [], {}, 'emptyPrompt'],
    ['no tokens', prompt, { maxTokens: 0 }, 'outOfRange'],
    ['more tokens than can be compared', prompt, { maxTokens: mostTokens(info.vocabulary) + 1 }, 'outOfRange'],
    ['one run', prompt, { runs: 1 }, 'outOfRange'],
    ['a prompt as long as the context', new Array(info.context).fill(1), {}, 'promptTooLong'],
  ] as const)('is refused before any pass: %s', async (_, ids, change, code) => {
    const { running, model } = refused(ids, change);
    await expect(running).rejects.toMatchObject({ problem: { code } });
    expect(model.passes).toEqual([]);
  });

  it('holds at most 128 MB of logits of one way', () => {
    expect(mostTokens(49152)).toBe(682);
    expect(mostTokens(2 ** 30)).toBe(1);
  });
});
