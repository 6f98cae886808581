/**
 * What the engine takes at most for a prompt of about 1,000 tokens with the bundled model: the design allows 1.2 GB. Linux tells the
 * largest resident size a process has had.
 */
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import type { SaliencyParams, SaliencyResult } from '../../src/protocol/explain';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, problemOf, raw, words } from './forkEngine';

const limitBytes = 1.2e9;
const prompt = raw(words(820));

afterAll(endEngines);

function peakBytes({ child }: ForkedEngine): number {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
  if (!peak) throw new Error('the system does not tell the peak');
  return Number(peak[1]) * 1024;
}

describe.skipIf(platform() !== 'linux')('a prompt of about 1,000 tokens', () => {
  it('takes no more for its gradient, also with its probabilities known', async () => {
    const engine = forkEngine();
    await engine.channel.request('load', engineOptions());
    const { prompt: read } = await engine.channel.request('probabilities', { prompt, top: 10 });
    expect(Math.abs(read.tokens.length - 1000)).toBeLessThan(50);
    const request = { prompt, target: {}, method: 'input' as const, steps: 1 };
    const { result } = await engine.channel.request('gradients', request);
    expect(Math.max(...result.scores.map(Math.abs))).toBeGreaterThan(0);
    expect(peakBytes(engine)).toBeLessThan(limitBytes);
  }, 300_000);

  it('takes no more for every method and its curves', async () => {
    const engine = forkEngine();
    await engine.channel.request('load', engineOptions());
    const params: SaliencyParams = {
      prompt,
      target: {},
      operator: 'knockout',
      by: 'sentence',
      pattern: null,
      selection: [],
      scope: 'all',
      replacement: null,
      methods: ['occlusion', 'input', 'attentionGradient', 'attention', 'rollout'],
    };
    const abort = new AbortController();
    const scored = ({ methods }: SaliencyResult) => methods.every(({ scores }) => !scores.includes(null));
    /** The first passes of the curves are as large as all of them. */
    let curvePasses = 0;
    const saliency = engine.channel.request('saliency', params, {
      signal: abort.signal,
      onProgress: ({ partial }) => {
        expect(partial.methods.map(({ refused }) => refused)).toEqual(partial.methods.map(() => null));
        if (scored(partial) && ++curvePasses === 5) abort.abort();
      },
    });
    expect((await problemOf(saliency)).code).toBe('cancelled');
    expect(curvePasses).toBeGreaterThanOrEqual(5);
    expect(peakBytes(engine)).toBeLessThan(limitBytes);
  }, 600_000);
});
