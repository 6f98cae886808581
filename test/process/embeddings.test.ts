/** The requests `embeddings` and `neighbours` through a real engine with the bundled model. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddingsParams } from '../../src/analysis/embeddings/contract';
import type { PromptInput } from '../../src/protocol/model';
import { endEngines, engineOptions, type ForkedEngine, forkEngine } from './forkEngine';

const raw = (text: string): PromptInput => ({ kind: 'raw', file: null, text, pieces: [] });
const bank: [group: string, text: string][] = [
  ['river', 'They sat on the bank of the river and watched the boats.'],
  ['river', 'The fisherman walked along the muddy bank of the stream.'],
  ['money', 'She went to the bank to deposit her money.'],
  ['money', 'The bank raised the interest rate on the loan.'],
];
const params: EmbeddingsParams = {
  texts: bank.map(([group, text], row) => ({ input: raw(text), name: String(row), group })),
  at: { kind: 'pattern', pattern: '\\bbank\\b' },
  method: 'pca',
  layers: [0, 10, 30],
  basis: 'own',
  basisLayer: 10,
  leaveOutMassive: true,
  axis: null,
  seed: 1,
};

describe('embeddings', () => {
  let engine: ForkedEngine;
  beforeAll(async () => {
    engine = forkEngine();
    await engine.channel.request('load', engineOptions());
  });
  afterAll(endEngines);

  it('show one word as one vector before attention, and by its sense behind it', async () => {
    const { result } = await engine.channel.request('embeddings', params);
    expect(result.points.map(({ text, leftOut }) => [text, leftOut])).toEqual(bank.map(() => ['bank', false]));
    const [table, tenth] = result.layers;
    // ` bank` occurs four times with a space before it, which is one row of the table.
    expect(table.cosine?.flat().every((value) => value > 0.9999)).toBe(true);
    expect(tenth.separation?.within).toBeGreaterThan((tenth.separation?.across ?? 1) + 0.05);
    expect(tenth.variance?.[0]).toBeGreaterThan(0.4);
  });

  it('do not depend on what else is drawn, nor on how the texts are batched', async () => {
    const { result: all } = await engine.channel.request('embeddings', params);
    const others = [...params.texts, { input: raw('A bank. '.repeat(40)), name: 'long', group: null }];
    const { result: more } = await engine.channel.request('embeddings', { ...params, texts: others, layers: [10] });
    const own = all.layers[1].cosine;
    const beside = more.layers[0].cosine;
    for (const a of [0, 1, 2, 3]) {
      for (const b of [0, 1, 2, 3]) expect(Math.abs((own?.[a][b] ?? 2) - (beside?.[a][b] ?? -2))).toBeLessThan(1e-4);
    }
  });

  it('come with the tokens of the text on show, unless it is longer than the model reads', async () => {
    const all = bank.map(([, text]) => text).join('\n');
    const { prompt } = await engine.channel.request('embeddings', { ...params, shown: raw(all) });
    expect(prompt).toEqual(await engine.channel.request('tokenize', { prompt: raw(all) }));
    expect((await engine.channel.request('embeddings', params)).prompt).toBeNull();
    for (const shown of [raw('bank '.repeat(9000)), raw('bank '.repeat(90_000))]) {
      const long = await engine.channel.request('embeddings', { ...params, shown });
      expect([long.prompt, long.result.points.length]).toEqual([null, 4]);
    }
  });

  it('draw the words around one beside it, and compare only the word itself', async () => {
    const at = { kind: 'pattern' as const, pattern: '\\bbank\\b', around: true };
    const { result } = await engine.channel.request('embeddings', { ...params, at, layers: [10] });
    const { result: alone } = await engine.channel.request('embeddings', { ...params, layers: [10] });
    const [drawn] = result.layers;
    expect(result.points.slice(0, 5).map(({ beside }) => beside)).toEqual([false, false, false, false, true]);
    expect(drawn.separation?.within).toBeCloseTo(alone.layers[0].separation?.within ?? 2, 5);
    expect(drawn.cosine).toHaveLength(4);
    const near = drawn.nearest?.map((each) => result.points[each[0].point]);
    expect(near?.every((point) => point?.beside && !point.leftOut)).toBe(true);
  });

  it('leave out the first token, whose state is many times as long, unless told otherwise', async () => {
    const texts = [params.texts[0]];
    const tokens = { ...params, texts, at: { kind: 'tokens' as const }, layers: [20] };
    const { result } = await engine.channel.request('embeddings', tokens);
    const { result: kept } = await engine.channel.request('embeddings', { ...tokens, leaveOutMassive: false });
    const out = result.points.filter(({ leftOut }) => leftOut);
    expect(out.map(({ position }) => position)).toContain(0);
    expect(result.layers[0].x).toHaveLength(result.points.length - out.length);
    expect(kept.points.every(({ leftOut }) => !leftOut)).toBe(true);
    const reach = kept.layers[0].x.map(Math.abs);
    expect(kept.points[reach.indexOf(Math.max(...reach))].position).toBe(out[0].position);
  });

  it('name the nearest points, and the nearest words of the vocabulary at layer 0', async () => {
    const point = { source: 2, position: 4 };
    const at10 = await engine.channel.request('neighbours', { ...params, point, layer: 10, count: 2 });
    expect(at10.points[0]).toMatchObject({ source: 3 });
    expect(at10.vocabulary).toBeNull();
    const at0 = await engine.channel.request('neighbours', { ...params, point, layer: 0, count: 4 });
    expect(at0.vocabulary?.[0]).toMatchObject({ text: ' bank', cosine: expect.closeTo(1, 4) });
    expect(at0.vocabulary?.map(({ text }) => text.trim().toLowerCase())).toContain('banks');
  });

  it('say in one sentence that nothing was found, or that the expression is none', async () => {
    const of = (pattern: string) =>
      engine.channel.request('embeddings', { ...params, at: { kind: 'pattern', pattern } });
    await expect(of('zebra')).rejects.toMatchObject({ problem: { code: 'noPoints' } });
    await expect(of('(')).rejects.toMatchObject({ problem: { code: 'patternInvalid' } });
  });
});
