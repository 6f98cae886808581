/** The truth probe that ships with the product and a small one trained on the spot, through a real engine with the bundled model. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TruthResult } from '../../src/analysis/truth/contract';
import { truthStatements } from '../../src/document/statements';
import { parseTable } from '../../src/document/table';
import { clause } from '../../src/protocol/clauses';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { endEngines, engineOptions, type ForkedEngine, forkEngine } from './forkEngine';

const read = (name: string) => readFileSync(join(__dirname, '../../models/truth', name), 'utf8');
const all = truthStatements(parseTable(read('statements.csv'), 'statements.csv'), 'statements.csv');

describe('the truth probe', () => {
  let engine: ForkedEngine;
  beforeAll(async () => {
    engine = forkEngine();
    await engine.channel.request('load', engineOptions());
  });
  afterAll(endEngines);

  it('tells plain truths from plain falsehoods that it was not trained on, in parts', async () => {
    const texts = [
      'A salmon is a fish.',
      'A salmon is a bird.',
      'A salmon is not a bird.',
      'A salmon is not a fish.',
      'Vienna is the capital city of Austria.',
      'The opposite of rich is poor.',
      'The opposite of rich is green.',
    ];
    const parts: TruthResult[] = [];
    const statements = texts.map((text) => ({ text, source: null }));
    const { result } = await engine.channel.request(
      'truth',
      { statements, probe: null },
      { onProgress: ({ partial }) => parts.push(partial) },
    );
    expect(parts.at(-1)?.complete).toBe(true);
    const scores = result.statements.map(({ score }) => score);
    expect(scores[0]).toBeGreaterThan(scores[1]);
    expect(scores[2]).toBeGreaterThan(scores[3]);
    expect(scores[5]).toBeGreaterThan(scores[6]);
    expect(result.statements.map(({ negated }) => negated)).toEqual([false, false, true, true, false, false, false]);
    for (const { probability, layers } of result.statements) {
      expect(layers).toHaveLength(31);
      if (probability !== null) expect(probability).toBeGreaterThanOrEqual(0.05);
    }
    // A statement alone gets the same score as among others.
    const alone = await engine.channel.request('truth', { statements: statements.slice(4, 5), probe: null });
    expect(Math.abs(alone.result.statements[0].score - scores[4])).toBeLessThan(1e-3);
  });

  it('says when a text is like nothing it was tested on', async () => {
    const { result } = await engine.channel.request('truth', {
      statements: [{ text: 'def f(x): return [y for y in x if y % 3 == 0 and not y in {1, 2}]', source: null }],
      probe: null,
    });
    expect(result.statements[0]).toMatchObject({ outside: true, probability: null, verdict: 'unsure' });
  });

  it('is trained by the same request that is offered to users, and kept in a file of its own', async () => {
    const topics = ['capital', 'language', 'category', 'place'];
    const statements = all.filter(({ topic }) => topics.includes(topic));
    const stages: number[] = [];
    const train = () =>
      engine.channel.request(
        'trainTruth',
        { statements, frozen: null, open: null, seed: 1 },
        { onProgress: ({ done, total }) => stages.push(done / total) },
      );
    const { probe } = await train();
    expect(probe.card.trainedOn).toEqual({ statements: 256, topics: 4 });
    expect(probe.card.auroc.value).toBeGreaterThan(0.8);
    expect(stages).toEqual([...stages].sort((a, b) => a - b));
    const folder = temporaryFolder();
    const path = join(folder, 'probe.json');
    writeFileSync(path, JSON.stringify(probe));
    const others = all.filter(({ topic }) => topic === 'animalClass');
    const evaluated = await engine.channel.request('evaluateTruth', { statements: others, probe: path });
    expect(evaluated.auroc.value).toBeGreaterThan(0.6);
    expect(evaluated.topics).toHaveLength(1);

    const other = { ...probe, card: { ...probe.card, modelSha256: '0'.repeat(64) } };
    writeFileSync(path, JSON.stringify(other));
    const judge = (file: string) =>
      engine.channel.request('truth', { statements: [{ text: 'A.', source: null }], probe: file });
    await expect(judge(path)).rejects.toMatchObject({ problem: { code: 'probeOtherModel' } });
    writeFileSync(path, JSON.stringify({ ...probe, arrays: { ...probe.arrays, verdict: 'AAAA' } }));
    await expect(judge(path)).rejects.toMatchObject({ problem: { code: 'probeMalformed' } });
    writeFileSync(path, 'no json');
    await expect(judge(path)).rejects.toMatchObject({ problem: { code: 'probeMalformed' } });
    await expect(judge(join(folder, 'none.json'))).rejects.toMatchObject({
      problem: { code: 'probeMalformed', args: [expect.anything(), clause('noSuchFile')] },
    });
  }, 180_000);

  it('refuses what it cannot be trained on', async () => {
    const train = (statements: typeof all) =>
      engine.channel.request('trainTruth', { statements, frozen: null, open: null, seed: 1 });
    await expect(train(all.slice(0, 2))).rejects.toMatchObject({ problem: { code: 'tooFewRows' } });
    await expect(train(all.filter(({ label }) => label))).rejects.toMatchObject({ problem: { code: 'oneClass' } });
  });

  it('can be cancelled while it is trained', async () => {
    const abort = new AbortController();
    const work = engine.channel.request(
      'trainTruth',
      { statements: all, frozen: null, open: null, seed: 1 },
      { signal: abort.signal, onProgress: () => abort.abort() },
    );
    await expect(work).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    // The engine is available again.
    const { result } = await engine.channel.request('truth', {
      statements: [{ text: 'A cat is an animal.', source: null }],
      probe: null,
    });
    expect(result.complete).toBe(true);
  });
});

describe('a probe by layer', () => {
  let engine: ForkedEngine;
  beforeAll(async () => {
    engine = forkEngine();
    await engine.channel.request('load', engineOptions());
  });
  afterAll(endEngines);

  it('finds the number of the subject where a word list cannot, and steers by what it found', async () => {
    const text = readFileSync(join(__dirname, '../../examples/probing/grammar.csv'), 'utf8');
    const rows = parseTable(text, 'grammar.csv').rows.map(([own, label, group]) => ({ text: own, label, group }));
    const { result } = await engine.channel.request('probe', {
      rows,
      task: 'classes',
      frame: 'plain',
      folds: 4,
      seed: 1,
    });
    expect(result.layers[0].score).toBeLessThan(0.6);
    expect(result.layers[result.best].score).toBeGreaterThan(0.9);
    expect(result.direction).toHaveLength(576);
    const prompt = { kind: 'raw' as const, file: null, text: 'The key near the cabinet', pieces: [] };
    const options = {
      maxTokens: 1,
      temperature: 0,
      topK: 0,
      topP: 1,
      minP: 0,
      repetitionPenalty: 1,
      seed: 0,
      top: 5,
      prefix: [],
    };
    const next = async (strength: number) => {
      const steer = { layer: 20, direction: result.direction, strength };
      return (await engine.channel.request('generate', { prompt, options: { ...options, steer } })).result.tokens[0];
    };
    const plain = (await engine.channel.request('generate', { prompt, options })).result.tokens[0];
    expect(await next(0)).toMatchObject({ id: plain.id, logprob: expect.closeTo(plain.logprob, 3) });
    expect((await next(1)).logprob).not.toBeCloseTo(plain.logprob, 2);
    // A steered run is not reused as the prompt's own past.
    const again = (await engine.channel.request('generate', { prompt, options })).result.tokens[0];
    expect(again.logprob).toBeCloseTo(plain.logprob, 4);
  }, 180_000);

  it('has a direction of the truth probe too, at its middle layer or another, and at no layer that is none', async () => {
    const { layer, direction } = await engine.channel.request('truthDirection', { probe: null, layer: null });
    expect([layer, direction.length]).toEqual([14, 576]);
    const other = await engine.channel.request('truthDirection', { probe: null, layer: 5 });
    expect(other.direction).not.toEqual(direction);
    const none = engine.channel.request('truthDirection', { probe: null, layer: 31 });
    await expect(none).rejects.toMatchObject({ problem: { code: 'outOfRange' } });
    const prompt = { kind: 'raw' as const, file: null, text: 'The capital of Norway is', pieces: [] };
    const options = { maxTokens: 1, temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0, top: 1 };
    const oslo = async (strength: number) => {
      const steer = { layer, direction, strength };
      const params = { prompt, options: { ...options, prefix: [], steer } };
      return (await engine.channel.request('generate', params)).result.text;
    };
    // Pushed one way the model keeps its answer, pushed the other way it does not; which way is which depends on this sentence.
    expect([await oslo(-0.2), await oslo(0.2)]).toEqual([' Oslo', ' the']);
  }, 60_000);
});
