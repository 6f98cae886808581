/** The requests of the Layers and Patching tabs with a real engine: partial results on the way, and what remains after a cancellation. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineApi } from '../../src/analysis/contracts';
import { patchParts } from '../../src/analysis/patching/contract';
import type { TargetSpec } from '../../src/analysis/shared/contract';
import { alone } from '../fixtures/saliencyAsked';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { writeTinyLlama } from '../fixtures/tinyGguf';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, problemOf, raw } from './forkEngine';

type Requests = EngineApi['requests'];

const folder = temporaryFolder();
let engine: ForkedEngine;

beforeAll(async () => {
  engine = forkEngine();
  const model = writeTinyLlama(folder, { context: 8192 });
  await engine.channel.request('load', engineOptions({ model, cache: join(folder, 'cache'), threads: 1 }));
});
afterAll(endEngines);

const layers = 2;
const heads = 4;
const text = 'the other one in a line. '.repeat(6);
const prompt = raw(text);
const known = (rows: readonly (readonly (number | null)[])[]) => rows.flat().filter((score) => score !== null).length;

/** Every partial result of a request, with the time of its arrival; the request is cancelled as soon as `enough` accepts one. */
async function cancelledAt<K extends 'heads' | 'examples' | 'patching'>(
  method: K,
  params: Requests[K]['params'],
  enough: (progress: Requests[K]['progress']) => boolean,
): Promise<Requests[K]['progress'][]> {
  const abort = new AbortController();
  const seen: Requests[K]['progress'][] = [];
  const onProgress = (progress: Requests[K]['progress']) => {
    seen.push(progress);
    if (enough(progress)) abort.abort();
  };
  const request = engine.channel.request(method, params, { signal: abort.signal, onProgress });
  expect((await problemOf(request)).code).toBe('cancelled');
  return seen;
}

describe('the lens table', () => {
  it('follows the target, the contrast and what is asked for, and is the model’s own answer at the end', async () => {
    const { result: plain } = await engine.channel.request('probabilities', { prompt, top: 3 });
    const T = plain.logprob.length;
    const params = { prompt, target: { contrast: 'x' }, positions: [T - 1, 3], top: 3, follow: [7], change: true };
    const seen: number[] = [];
    const { result } = await engine.channel.request('logitLens', params, {
      onProgress: ({ done }) => seen.push(done),
    });
    expect(result.target?.ids).toEqual([plain.next[0].id]);
    expect(result.follow.map(({ id }) => id)).toEqual([
      ...(result.target?.ids ?? []),
      ...(result.target?.contrast?.ids ?? []),
      7,
    ]);
    expect(result.positions).toEqual([T - 1, 3]);
    expect(result.cells.map((column) => column.length)).toEqual([layers + 1, layers + 1]);
    const end = result.cells[0][layers];
    expect(end.top.map(({ id }) => id)).toEqual(plain.next.map(({ id }) => id));
    expect(end.follow[0].logprob).toBeCloseTo(plain.next[0].logprob, 3);
    expect(end.change).toBeGreaterThan(0);
    expect(seen.at(-1)).toBe(2);
  });

  it('has the last columns before the target, or before the end where nothing is explained', async () => {
    const { result: plain } = await engine.channel.request('probabilities', { prompt, top: 1 });
    const T = plain.logprob.length;
    const columns = async (last: number, target: TargetSpec | null) => {
      const params = { prompt, target, positions: { last }, top: 1, follow: [], change: false };
      const { result } = await engine.channel.request('logitLens', params);
      expect(result.cells).toHaveLength(result.positions.length);
      return result.positions;
    };
    expect(await columns(3, {})).toEqual([T - 3, T - 2, T - 1]);
    expect(await columns(3, null)).toEqual([T - 3, T - 2, T - 1]);
    expect(await columns(2, { span: [4, 6] })).toEqual([2, 3]);
    expect(await columns(12, { span: [2, 3] })).toEqual([0, 1]);
    // The target absorbs the space at the prompt's end.
    expect(await columns(1, { text: text.slice(0, 12) })).toEqual([T - 2]);
  });

  it('is refused for places and tokens that do not exist', async () => {
    const ask = (params: object) =>
      problemOf(
        engine.channel.request('logitLens', {
          ...{ prompt, target: {}, positions: [0], top: 1, follow: [], change: false },
          ...params,
        }),
      );
    expect((await ask({ positions: [9999] })).message).toContain('The position must be between 1 and');
    expect((await ask({ follow: [9999] })).message).toContain('The token id must be between 0 and');
  });
});

describe('the map of heads', () => {
  it('comes with its summaries, then the preview, then exact scores, and keeps them when it is cancelled', async () => {
    const params = { prompt, target: {}, preview: true };
    const { result } = await engine.channel.request('heads', params);
    expect([known(result.knockout), result.complete]).toEqual([layers * heads, true]);
    expect(known(result.preview ?? [])).toBe(layers * heads);

    const long = { prompt: raw(text.repeat(32)), target: { text: text.slice(0, 12) }, preview: true };
    const seen = await cancelledAt('heads', long, ({ done }) => done > 0);
    const [first, last] = [seen[0], seen[seen.length - 1]];
    expect([known(first.partial.knockout), first.partial.summaries.length]).toEqual([0, layers * heads]);
    expect(known(last.partial.knockout)).toBeGreaterThan(0);
    expect(known(last.partial.knockout)).toBeLessThan(layers * heads);
    expect(last.prompt.tokens.length).toBeGreaterThan(300);
    // The target absorbs the space at the prompt's end.
    expect(last.partial.target.boundary).toEqual({ kept: last.prompt.tokens.length - 1, text: ' ' });
    expect(last.total).toBe(layers * heads * (last.prompt.tokens.length - 1));
  });
});

describe('the examples', () => {
  const shown = Array.from({ length: 12 }, (_, at) => `Q: ${'one in a line '.repeat(at % 3)}${at}\nA: ${at}`).join(
    '\n\n',
  );

  it('have labels, what the last position reads there, and a score each', async () => {
    const few = raw(`${shown.split('\n\n').slice(0, 3).join('\n\n')}\n\nQ: 4\nA:`);
    const { result, prompt: read } = await engine.channel.request('examples', { prompt: few, target: {} });
    expect(result.examples.map(({ label }) => label.text)).toEqual(['0', '1', '2']);
    const weights = await engine.channel.request('attentionBetween', {
      prompt: few,
      from: read.tokens.length - 1,
      to: [result.examples[1].label.tokens[0]],
    });
    const ofBlock = Array.from(weights.result.weights.subarray(heads));
    expect(result.examples[1].attention[1]).toBeCloseTo(ofBlock.reduce((a, b) => a + b, 0) / heads, 5);
    expect(result.examples[1].strongest[1].weight).toBeCloseTo(Math.max(...ofBlock), 5);
    const { result: deleted } = await engine.channel.request('saliency', {
      ...alone,
      ...{ prompt: few, target: {}, operator: 'delete', by: 'example', methods: ['occlusion'] },
    });
    result.examples.forEach(({ score }, index) => {
      expect(score).toBeCloseTo(deleted.methods[0].scores[index] ?? Number.NaN, 3);
    });
  });

  it('are told as they are scored, and there may be none', async () => {
    const many = { prompt: raw(`${shown}\n\nQ: 4\nA:`), target: { text: 'the other one' } };
    const seen = await cancelledAt('examples', many, () => true);
    expect(seen[0].partial.examples).toHaveLength(12);
    expect(seen[0].partial.examples[0].attention).toHaveLength(layers);
    const problem = await problemOf(engine.channel.request('examples', { prompt, target: {} }));
    expect(problem.message).toBe('The prompt has no examples before its question.');
  });
});

describe('two prompts', () => {
  const everything = { target: {}, parts: [...patchParts], preview: true };

  it('of different length are aligned, and no more', async () => {
    const params = { prompt: raw('the other one'), from: raw('the very other one'), ...everything };
    const { result } = await engine.channel.request('patching', params);
    expect(result.map).toBeNull();
    const { prompt: first } = await engine.channel.request('patching', params);
    const texts = result.stretches.map(({ same, first: own, second }) => [
      same,
      first.tokens
        .slice(...own)
        .map((token) => token.text)
        .join(''),
      result.from.tokens
        .slice(...second)
        .map((token) => token.text)
        .join(''),
    ]);
    expect(texts.filter(([same]) => same).map(([, own, theirs]) => own === theirs)).not.toContain(false);
    expect(texts.map(([, own]) => own).join('')).toBe('the other one');
    expect(texts.map(([, , theirs]) => theirs).join('')).toBe('the very other one');
  });

  it('of one length get a map: previews first, then exact scores that stay when it is cancelled', async () => {
    const other = raw(text.replace('other', 'xther'));
    const { result } = await engine.channel.request('patching', { prompt, from: other, ...everything });
    const map = result.map ?? expect.fail('no map');
    expect([known(map.residual), known(map.heads), map.complete]).toEqual([
      (layers + 1) * result.from.tokens.length,
      layers * heads,
      true,
    ]);
    expect(result.stretches.map(({ same }) => same)).toEqual([true, false, true]);

    const long = { prompt: raw(text.repeat(3)), from: raw(text.repeat(3).replace('other', 'xther')), ...everything };
    const scored = (partial: Requests['patching']['result']['result'] | undefined) =>
      partial?.map ? known(partial.map.residual) + known(partial.map.heads) : 0;
    const seen = await cancelledAt('patching', long, ({ done }) => done > 0);
    const [first, last] = [seen[0].partial, seen[seen.length - 1].partial];
    expect(first.map).not.toBeNull();
    expect(scored(last)).toBeGreaterThan(scored(first));
    expect(last.map?.complete).toBe(false);
    expect(last.map?.residualPreview).not.toBeNull();
  });

  it('that the target does not tell apart are refused in a sentence', async () => {
    const problem = await problemOf(engine.channel.request('patching', { prompt, from: prompt, ...everything }));
    expect(problem.code).toBe('nothingToRecover');
  });
});
