/** `repeat` with a real engine: the command on the bundled model, and the progress of a request. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RepeatResult } from '../../src/analysis/repeat/contract';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { writeTinyLlama } from '../fixtures/tinyGguf';
import { endEngines, engineOptions, forkEngine, problemOf, raw } from './forkEngine';

afterAll(endEngines);

describe('prompt-lens repeat', () => {
  it('is the same to the last bit when run again, and nearly so in every other way', () => {
    const words = ['repeat', '-', '--max-tokens', '6', '--json'];
    const cli = resolve(__dirname, '../../dist/cli.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
      input: 'The capital of France is',
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const result: RepeatResult = JSON.parse(stdout).result;
    expect(result.steps.slice(0, 3).map(({ id }) => id)).toEqual([7042, 30, 198]);
    expect(result.steps.map(({ position }) => position)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(result.ways.map(({ name }) => name)).toEqual(['again', 'withoutCache', 'afterEdit', 'batch']);
    const [again, ...others] = result.ways;
    expect(again).toMatchObject({ logits: 0, logprob: 0, firstDifference: null });
    // float32 sums in another order give a small difference, but not zero (numbers.md).
    for (const { logits, logprob } of others) {
      expect(logits).toBeGreaterThan(0);
      expect(logits).toBeLessThan(2e-3);
      expect(logprob).toBeLessThan(2e-3);
    }
    expect(result.logits).toBe(Math.max(...others.map(({ logits }) => logits)));
    for (const { gap, fragile } of result.steps) expect(fragile).toBe(gap < 2 * result.logits);
    expect(result).toMatchObject({ parts: null, complete: true });
  });
});

describe('on its way', () => {
  it('tells the continuation first and then way after way, and can be cancelled', async () => {
    const folder = temporaryFolder();
    const { channel } = forkEngine();
    const model = writeTinyLlama(folder, { context: 8192 });
    await channel.request('load', engineOptions({ model, cache: join(folder, 'cache'), threads: 1 }));
    const prompt = raw('the other one in a line. '.repeat(20));
    const params = { prompt, maxTokens: 30, runs: 40 };
    const abort = new AbortController();
    const seen: [done: number, total: number, ways: number | null][] = [];
    const running = channel.request('repeat', params, {
      signal: abort.signal,
      onProgress: ({ prompt: read, partial, done, total, unit }) => {
        expect(unit).toBe('tokens');
        expect(read.tokens.length).toBeGreaterThan(50);
        seen.push([done, total, partial && partial.ways.length]);
        if (partial === null) return;
        expect(partial).toMatchObject({ complete: false, ways: [{ name: 'again' }].slice(0, partial.ways.length) });
        expect(partial.steps.length).toBeGreaterThan(0);
        if (partial.ways.length > 0) abort.abort();
      },
    });
    expect((await problemOf(running)).code).toBe('cancelled');
    expect(seen.at(-1)?.[2]).toBe(1);
    for (const [done, total] of seen) expect(done).toBeLessThan(total);
  });

  it('refuses fewer than two runs', async () => {
    const { channel } = forkEngine();
    await channel.request('load', engineOptions());
    const problem = await problemOf(channel.request('repeat', { prompt: raw('A'), maxTokens: 3, runs: 1 }));
    expect(problem).toMatchObject({ code: 'outOfRange', args: [expect.anything(), '2', '100'] });
  });
});
