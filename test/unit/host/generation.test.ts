import { describe, expect, it, vi } from 'vitest';
import type { GenerateOptions } from '../../../src/analysis/generate/contract';
import { type Engine, Generation, SEEDS, type Settings } from '../../../src/host/session/generation';
import { clause } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';

type At = Parameters<Engine['distribution']>[0];

/** A model that counts: after n tokens it says n, and at 9 it ends. Its candidates n, n+1, … have halving probabilities. */
function counting(): Engine & { asked: GenerateOptions[]; looked: At[] } {
  const asked: GenerateOptions[] = [];
  const looked: At[] = [];
  const top = (n: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: n + i, text: ` ${n + i}`, logprob: -(i + 1) * Math.LN2 }));
  return {
    asked,
    looked,
    end: { id: 9, text: '<end>' },
    async distribution(at, signal) {
      looked.push(at);
      await Promise.resolve();
      if (signal.aborted) throw new ProblemError('cancelled');
      const n = at.prefix.length;
      const scored = at.score.map((id) => ({ id, logprob: -(id - n + 1) * Math.LN2, rank: id - n }));
      return { next: top(n, Math.min(4, at.top)), entropy: 1, scored };
    },
    async generate(options, signal, onStep) {
      asked.push(options);
      const tokens = [];
      for (let i = 0; i < options.maxTokens; i++) {
        await Promise.resolve();
        if (signal.aborted) throw new ProblemError('cancelled');
        const n = options.prefix.length + i;
        const token = { ...top(n, 1)[0], rank: 0, entropy: 1, top: top(n, Math.min(4, options.top)) };
        tokens.push(token);
        onStep(token);
        if (n === 9) return { tokens, text: '', finish: 'stop' as const };
      }
      return { tokens, text: '', finish: 'length' as const };
    },
    async follow({ prefix, keep, text }) {
      const own = keep ?? 5;
      const taken = text.startsWith('+') ? 2 : 0;
      const kept = own + prefix.length - taken;
      const tokens = [...text].map((text, i) => ({ id: 2 + 50 * i, text, bytes: '61' }));
      return { own, kept, boundary: taken > 0 ? { kept, text: '. ' } : null, tokens };
    },
    vocabulary: vi.fn(async ({ ids }: { ids: number[] }) => ids.map((id) => ({ id, bytes: 'f0' }))),
  };
}

const greedy: Settings = { temperature: 0, topK: 0, topP: 1, seed: 7 };

function start(settings: Settings = greedy) {
  const engine = counting();
  const onChange = vi.fn();
  const generation = new Generation(
    () => engine,
    () => settings,
    onChange,
  );
  const texts = (row: number) => generation.rows[row].steps.map((step) => step.text).join('');
  return { engine, generation, onChange, texts };
}

describe('continuations', () => {
  it('step one token at a time on the same row, telling the engine what stands already', async () => {
    const { generation, engine, texts } = start();
    await generation.step();
    await generation.step();
    expect(generation.rows).toHaveLength(1);
    expect(texts(0)).toBe(' 0 1');
    expect(engine.asked.map((o) => o.prefix)).toEqual([[], [0]]);
    expect(engine.asked[1].seed).not.toBe(engine.asked[0].seed);
  });

  it('a step shows what may follow it, with the probability of the end however small', async () => {
    const { generation, engine } = start();
    await generation.step();
    expect(generation.after).toEqual({
      ...{ steps: 1, entropy: 1, end: { id: 9, text: '<end>', logprob: -9 * Math.LN2 } },
      next: [1, 2, 3, 4].map((id) => ({ id, text: ` ${id}`, logprob: -id * Math.LN2 })),
    });
    expect(engine.looked).toEqual([{ prefix: [0], keep: null, top: 200, score: [9] }]);
    generation.backToPrompt();
    expect(generation.after).toBeNull();
    await generation.step();
    await generation.play(4);
    expect(generation.after).toBeNull();
  });

  it('older rows give way to new ones, and a chosen row goes on', async () => {
    const { generation, texts } = start();
    for (let i = 0; i < 42; i++) await generation.fresh(1);
    expect(generation.rows).toHaveLength(40);
    generation.choose(3);
    await generation.step();
    expect(texts(3)).toBe(' 0 1');
    generation.choose(99);
    expect(generation.current).toBe(3);
  });

  it('play up to a length, and stop where the model ends', async () => {
    const { generation, texts } = start();
    await generation.step();
    await generation.play(4);
    expect(texts(0)).toBe(' 0 1 2 3');
    await generation.play(20);
    expect(generation.rows[0].ended).toBe(true);
    await generation.step();
    expect(generation.rows).toHaveLength(2);
  });

  it('rewind, and drop a row that has nothing left', async () => {
    const { generation, texts } = start();
    await generation.play(2);
    await generation.rewind();
    expect(texts(0)).toBe(' 0');
    expect(generation.after).toMatchObject({ steps: 1, next: [{ id: 1 }, {}, {}, {}] });
    await generation.rewind();
    expect(generation.after).toBeNull();
    expect(generation.rows).toHaveLength(0);
  });

  it('branch at a step: the beginning is shared, the alternative marked, the rest drawn anew', async () => {
    const { generation, engine } = start();
    await generation.play(3);
    const { top, entropy } = generation.rows[0].steps[1];
    await generation.branch(0, 1, top[2], { rank: 2, top, entropy }, 4);
    const row = generation.rows[1];
    expect(row.steps.map((s) => s.id)).toEqual([0, 3, 2, 3]);
    expect(row).toMatchObject({ kind: { kind: 'branch', at: 1 }, shared: 1, marked: [1] });
    expect(row.steps[1]).toMatchObject({ rank: 2, logprob: -3 * Math.LN2 });
    expect(engine.asked.at(-1)!.prefix).toEqual([0, 3]);
  });

  it('force typed text, with the probability that the model gave each token, however small', async () => {
    const { generation } = start();
    await generation.play(2);
    await generation.force('ab');
    const row = generation.rows[1];
    expect(row.marked).toEqual([2, 3]);
    expect(row.steps[2]).toMatchObject({ id: 2, forced: true, rank: 0, logprob: -Math.LN2 });
    expect(row.steps[3]).toMatchObject({ id: 52, forced: true, rank: 49, logprob: -50 * Math.LN2 });
    expect(generation.after?.steps).toBe(4);
  });

  it('cut typed text together with what stands before: the row gives its last tokens to it', async () => {
    const { generation, texts } = start();
    await generation.play(3);
    await generation.force('+a');
    expect(generation.rows[1]).toMatchObject({ kind: { kind: 'forced', at: 1 }, shared: 1, keep: null, taken: '' });
    expect(texts(1)).toBe(' 0+a');
  });

  it('cut typed text together with the end of the prompt, and go on from the tokens that are kept of it', async () => {
    const { generation, engine, texts } = start();
    await generation.force('+a');
    expect(generation.rows[0]).toMatchObject({ shared: 0, keep: 3, taken: '. ' });
    expect(texts(0)).toBe('+a');
    await generation.step();
    // Two tokens are forced; then come the distribution after them, a step and the distribution after it.
    expect(engine.looked.map(({ keep, prefix }) => [keep, prefix.length])).toEqual([
      [3, 0],
      [3, 1],
      [3, 2],
      [3, 3],
    ]);
    expect(engine.asked.map(({ keep, prefix }) => [keep, prefix.length])).toEqual([[3, 2]]);
    // A branch of the row starts from the same kept tokens, a fresh row from the whole prompt.
    await generation.branch(0, 1, { id: 4, text: 'x', logprob: -1 }, { rank: 1, top: [], entropy: 1 }, 3);
    await generation.fresh(1);
    expect(engine.asked.slice(1).map(({ keep }) => keep)).toEqual([3, undefined]);
  });

  it('draw five rows from five seeds', async () => {
    const { generation, engine } = start({ ...greedy, temperature: 1 });
    await generation.fiveSeeds(2);
    expect(generation.rows.map((row) => row.kind)).toEqual(
      Array.from({ length: SEEDS }, (_, i) => ({ kind: 'sampled', seed: 7 + i })),
    );
    expect(engine.asked.map((o) => o.seed)).toEqual([7, 8, 9, 10, 11]);
  });

  it('keep what was drawn before Cancel, without an error', async () => {
    const { generation, onChange } = start();
    onChange.mockImplementation(() => generation.rows[0]?.steps.length === 3 && generation.cancel());
    await generation.play(8);
    expect(generation.rows[0].steps).toHaveLength(3);
    expect(generation.rows[0].running).toBe(false);
    expect(generation.running).toBe(false);
    expect(generation.problem).toBeNull();
  });

  it('say what went wrong and leave no empty row', async () => {
    const { generation, engine } = start();
    engine.generate = () => Promise.reject(new ProblemError('engineGone', [clause('exitCode', 1)]));
    await generation.step();
    expect(generation.problem?.problem.code).toBe('engineGone');
    expect(generation.rows).toHaveLength(0);
  });

  it('fetch the bytes of pieces of characters', async () => {
    const { generation, engine } = start();
    const { generate } = engine;
    engine.generate = async (...call) => {
      const result = await generate(...call);
      return { ...result, tokens: result.tokens.map((token) => ({ ...token, text: '\ufffd' })) };
    };
    await generation.step();
    expect(generation.rows[0].steps[0].bytes).toBe('f0');
  });
});
