/** `prompt-lens gradients` and the request behind it, with a real engine and the bundled model. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { GradientsResult } from '../../src/cli/commands/gradients';
import type { Report } from '../../src/cli/report';
import { alone } from '../fixtures/saliencyAsked';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { writeTinyLlama } from '../fixtures/tinyGguf';
import { endEngines, engineOptions, forkEngine, problemOf, raw } from './forkEngine';
import { sharedCommandLine } from './sharedCommandLine';

const folder = temporaryFolder();
writeFileSync(join(folder, 'capital.txt'), 'The capital of France is');

afterAll(endEngines);

const shared = sharedCommandLine(folder);
const run = (...words: string[]) => shared.run(['gradients', 'capital.txt', ...words]);

describe('the command', () => {
  it('scores every token, as JSON', async () => {
    const { status, output, errors } = await run(
      '--method',
      'integrated',
      '--steps',
      '4',
      '--target',
      ' Paris',
      '--json',
    );
    expect([status, errors]).toEqual([0, '']);
    const { result, prompt } = JSON.parse(output) as Report<GradientsResult>;
    expect(result).toMatchObject({ method: 'integrated', target: { text: ' Paris', position: 5, contrast: null } });
    expect(result.scores).toHaveLength(prompt?.tokens.length ?? 0);
    const sum = result.scores.reduce((total, score) => total + score, 0);
    expect(result.completeness?.sum).toBeCloseTo(sum, 6);
    expect(Number.isFinite(result.completeness?.difference)).toBe(true);
  });

  it.each([
    ['an empty target', ['--target', ''], 'contains no token'],
    ['a place behind the end', ['--at', '6'], 'must be between 2 and 5'],
  ])('refuses %s in one line', async (_, words, sentence) => {
    const { status, output, errors } = await run(...words);
    expect([status, output]).toEqual([2, '']);
    expect(errors).toContain(sentence);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});

describe('the request', () => {
  it('is cancelled between batches, and the engine goes on', async () => {
    const { channel } = forkEngine();
    await channel.request('load', engineOptions({ model: writeTinyLlama(folder), cache: join(folder, 'cache') }));
    const abort = new AbortController();
    const params = { prompt: raw('the other one in a line '.repeat(4)), target: {}, methods: ['integrated' as const] };
    const request = channel.request(
      'saliency',
      { ...alone, ...params, steps: 1000 },
      { signal: abort.signal, onProgress: () => abort.abort() },
    );
    expect((await problemOf(request)).code).toBe('cancelled');
    const { result } = await channel.request('saliency', { ...alone, ...params, steps: 64 });
    const { sum, difference } = result.methods[0].completeness ?? { sum: Number.NaN, difference: 0 };
    expect(Math.abs(sum - difference)).toBeLessThan(0.2 * Math.abs(difference) + 0.1);
  });
});
