/**
 * What the engine takes at most for a prompt of about 1,000 tokens with the bundled model: the design allows 1.2 GB. Linux tells the
 * largest resident size a process has had, and forgets it when asked; weights that are read where their file is mapped count.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SaliencyMethod, SaliencyParams } from '../../src/protocol/explain';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, problemOf, raw, words } from './forkEngine';

const limitBytes = 1.2e9;
const text = words(820);
const prompt = raw(text);
const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 };
/** On a busy machine; idle, all of it takes less than one of these. */
const patience = 240_000;

let engine: ForkedEngine;

function peakBytes(): number {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${engine.child.pid}/status`, 'utf8'));
  if (!peak) throw new Error('the system does not tell the peak');
  return Number(peak[1]) * 1024;
}

/** From now on the peak is what comes. */
const forgetPeak = () => writeFileSync(`/proc/${engine.child.pid}/clear_refs`, '5');

const saliency = (methods: SaliencyMethod[]): SaliencyParams => ({
  prompt,
  target: {},
  operator: 'knockout',
  by: 'word',
  pattern: null,
  selection: [],
  scope: 'all',
  replacement: null,
  methods,
});

describe.skipIf(platform() !== 'linux')('a prompt of about 1,000 tokens (its peak is told by Linux alone)', () => {
  beforeAll(async () => {
    engine = forkEngine();
    await engine.channel.request('load', engineOptions());
    forgetPeak();
  }, patience);
  afterEach(() => {
    expect(peakBytes()).toBeLessThan(limitBytes);
    forgetPeak();
  });
  afterAll(endEngines);

  it(
    'is read, edited, and its attention looked at',
    async () => {
      const { prompt: read } = await engine.channel.request('probabilities', { prompt, top: 10 });
      expect(Math.abs(read.tokens.length - 1000)).toBeLessThan(50);
      const edited = { ...prompt, text: `${text} And` };
      const { reused } = await engine.channel.request('probabilities', { prompt: edited, top: 10 });
      expect(reused).toBeGreaterThan(900);
      const { result } = await engine.channel.request('attentionOverview', { prompt, size: 48, sink: 'raw' });
      expect(result.sinkMass).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    'goes on',
    async () => {
      const options = { ...greedy, maxTokens: 8, top: 5, prefix: [] };
      const { result } = await engine.channel.request('generate', { prompt, options });
      expect(result.tokens.length).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    'has a gradient, after a generation too',
    async () => {
      const request = { prompt, target: {}, method: 'input' as const, steps: 1 };
      const { result } = await engine.channel.request('gradients', request);
      expect(Math.max(...result.scores.map(Math.abs))).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    'is explained in larger parts than by word, which would take many minutes, and says so',
    async () => {
      const abort = new AbortController();
      const warned = new Set<string>();
      let scored = 0;
      const answer = engine.channel.request('saliency', saliency(['occlusion', 'attentionGradient', 'attention']), {
        signal: abort.signal,
        onProgress: ({ partial }) => {
          for (const warning of partial.warnings) if (warning.kind === 'coarser') warned.add(warning.used);
          expect(partial.methods.map(({ refused }) => refused)).toEqual([null, null, null]);
          scored = partial.methods[0].scores.filter((score) => score !== null).length;
          // The first passes of occlusion are as large as all of them.
          if (scored > 2) abort.abort();
        },
      });
      expect((await problemOf(answer)).code).toBe('cancelled');
      expect(scored).toBeGreaterThan(2);
      expect([...warned]).toEqual(['sentence']);
    },
    patience,
  );
});
