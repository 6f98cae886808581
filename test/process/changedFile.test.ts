/**
 * A model file that changes while the engine has it open: the change is reported, the file is read anew when it is loaded again, and
 * its numbers never mix with those kept of the old file. The graphs of the single step and of the gradient are compiled when first
 * needed, and the file may have changed by then.
 */
import { createHash } from 'node:crypto';
import { readdirSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddingsParams } from '../../src/analysis/embeddings/contract';
import type { GenerateOptions } from '../../src/analysis/generate/contract';
import { alone } from '../fixtures/saliencyAsked';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { tinyLlamaBytes } from '../fixtures/tinyGguf';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, problemOf, raw } from './forkEngine';

const folder = temporaryFolder();
const first = tinyLlamaBytes();
const second = tinyLlamaBytes({ seed: 2 });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const prompt = raw('the thing in on the');
const greedy: GenerateOptions = {
  maxTokens: 4,
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 1,
  prefix: [],
  top: 2,
};

const points: EmbeddingsParams = {
  texts: [{ input: prompt, name: 'prompt', group: null }],
  at: { kind: 'tokens' },
  method: 'pca',
  layers: [1],
  basis: 'own',
  basisLayer: 1,
  leaveOutMassive: false,
  axis: null,
  seed: 1,
};

let count = 0;
let path: string;
let cache: string;

beforeEach(() => {
  path = join(folder, `model ${++count}.gguf`);
  cache = join(folder, `cache ${count}`);
  writeFileSync(path, first);
});

afterAll(endEngines);

const options = (precision: 'exact' | 'fast' = 'exact') => engineOptions({ model: path, cache, precision });
const load = (engine: ForkedEngine, precision?: 'exact' | 'fast') => engine.channel.request('load', options(precision));

/** Asks for everything with a graph or a store of its own: the passes, the single step, the gradient, the embeddings, kept states. */
async function answers({ channel }: ForkedEngine) {
  const pass = await channel.request('probabilities', { prompt, top: 3 });
  const generated = await channel.request('generate', { prompt, options: greedy });
  const gradient = await channel.request('saliency', { ...alone, prompt, target: {}, methods: ['input'] });
  const drawn = await channel.request('embeddings', points);
  return { pass: pass.result, generated: generated.result, gradient: gradient.result, drawn: drawn.result };
}

async function started(precision?: 'exact' | 'fast'): Promise<ForkedEngine> {
  const engine = forkEngine();
  await load(engine, precision);
  return engine;
}

async function stop({ child, ended }: ForkedEngine): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** The answers of a separate engine with a separate cache. */
async function rightAnswers(bytes: Uint8Array, precision: 'exact' | 'fast' = 'exact') {
  const own = join(folder, `right ${++count}.gguf`);
  writeFileSync(own, bytes);
  const engine = forkEngine();
  await engine.channel.request('load', engineOptions({ model: own, cache: join(folder, `right ${count}`), precision }));
  const right = await answers(engine);
  await stop(engine);
  return right;
}

const changes: [string, () => void][] = [
  ['overwritten', () => writeFileSync(path, second)],
  [
    'overwritten, its time set back',
    () => {
      const { atime, mtime } = statSync(path);
      writeFileSync(path, second);
      utimesSync(path, atime, mtime);
    },
  ],
  [
    'replaced by another',
    () => {
      writeFileSync(`${path}.new`, second);
      renameSync(`${path}.new`, path);
    },
  ],
];

describe('a model file that is another one than was loaded', () => {
  it.each(changes)('(%s) is told at every request, and read anew when it is loaded again', async (_, change) => {
    expect(second).toHaveLength(first.length);
    const engine = await started();
    const old = await answers(engine);
    change();
    const told = await Promise.all([
      problemOf(engine.channel.request('probabilities', { prompt, top: 3 })),
      problemOf(engine.channel.request('tokenize', { prompt })),
      problemOf(engine.channel.request('generate', { prompt, options: greedy })),
      problemOf(engine.channel.request('embeddings', points)),
    ]);
    for (const problem of told) {
      expect(problem).toMatchObject({
        code: 'modelChanged',
        message: `The model file ${path} changed while it was open.`,
        remedy: expect.stringContaining('then read again'),
      });
    }
    const { model } = await load(engine);
    expect(model.sha256).toBe(sha256(second));
    const renewed = await answers(engine);
    expect(renewed.pass.next).not.toEqual(old.pass.next);
    expect(renewed).toEqual(await rightAnswers(second));
    // When the unchanged file is loaded once more, nothing is read or compiled.
    const stages: string[] = [];
    await engine.channel.request('load', options(), { onProgress: ({ stage }) => stages.push(stage) });
    expect(stages).toEqual([]);
    await stop(engine);
  });

  it.each<['exact' | 'fast']>([['exact'], ['fast']])(
    'leaves no trace in what is kept: with the original back all numbers are right (%s)',
    async (precision) => {
      const right = await rightAnswers(first, precision);
      const engine = await started(precision);
      writeFileSync(path, second);
      // The graphs of the step and of the gradient are not compiled yet.
      const greedyAgain = engine.channel.request('generate', { prompt, options: greedy });
      expect((await problemOf(greedyAgain)).code).toBe('modelChanged');
      const gradient = engine.channel.request('saliency', { ...alone, prompt, target: {}, methods: ['input'] });
      expect((await problemOf(gradient)).code).toBe('modelChanged');
      await stop(engine);
      writeFileSync(path, first);
      const again = await started(precision);
      expect(await answers(again)).toEqual(right);
      await stop(again);
    },
  );

  it('is noticed when it changes in the middle of a compilation, whatever it is at the end', async () => {
    const engine = forkEngine();
    let changed = false;
    const loading = engine.channel.request('load', options(), {
      onProgress: ({ stage }) => {
        if (stage !== 'compiling' || changed) return;
        changed = true;
        writeFileSync(path, second);
      },
    });
    // So small a model may be compiled before its progress arrives; then the change comes after the load.
    const early = await loading.then(
      () => null,
      (error) => error.problem.code,
    );
    expect([null, 'modelChanged']).toContain(early);
    await stop(engine);
    writeFileSync(path, first);
    const again = await started();
    expect(await answers(again)).toEqual(await rightAnswers(first));
    await stop(again);
    for (const entry of readdirSync(cache)) expect(entry).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is told in the same words when it was cut short', async () => {
    const engine = await started();
    truncateSync(path, first.length - 5000);
    const problem = await problemOf(engine.channel.request('generate', { prompt, options: greedy }));
    expect(problem.code).toBe('modelChanged');
    expect((await problemOf(load(engine))).code).toBe('modelMalformed');
    await stop(engine);
  });
});

describe('a model file that only looks changed', () => {
  it.each<[string, () => void]>([
    ['touched', () => utimesSync(path, 1, 1)],
    ['written again', () => writeFileSync(path, first)],
    ['deleted', () => rmSync(path)],
  ])('(%s) goes on being right, later graphs included', async (_, change) => {
    const engine = await started();
    change();
    expect(await answers(engine)).toEqual(await rightAnswers(first));
    await stop(engine);
  });

  it('is missing once it is deleted and loaded again', async () => {
    const engine = await started();
    rmSync(path);
    expect((await problemOf(load(engine))).code).toBe('modelMissing');
    writeFileSync(path, first);
    expect((await load(engine)).model.sha256).toBe(sha256(first));
    await stop(engine);
  });
});
