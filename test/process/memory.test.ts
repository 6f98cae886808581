/**
 * What the engine takes at most for a prompt of about 1,000 tokens with the bundled model: the design allows 1.2 GB. Linux tells the
 * largest resident size a process has had, and forgets it when asked; weights that are read where their file is mapped count.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EngineApi } from '../../src/analysis/contracts';
import { patchParts } from '../../src/analysis/patching/contract';
import type { SaliencyMethod, SaliencyParams } from '../../src/analysis/saliency/contract';
import { alone, watched } from '../fixtures/saliencyAsked';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, problemOf, raw, words } from './forkEngine';

const limitBytes = 1.2e9;
const text = words(820);
const prompt = raw(text);
const place = (country: string) => raw(`The capital of ${country}. ${text} The capital of ${country} is`);
const review = (part: number) => `Review: ${words(250).replaceAll('river', `river ${part}`)}\nLabel: good`;
const shown = Array.from({ length: 3 }, (_, part) => review(part)).join('\n\n');
const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 };
/** On a busy machine; idle, all of it takes less than one of these. */
const patience = 240_000;

let engine: ForkedEngine;

type Requests = EngineApi['requests'];

/** Cancels the request once `enough` of it is told. */
async function cancelledAt<K extends 'heads' | 'patching'>(
  method: K,
  params: Requests[K]['params'],
  enough: (progress: Requests[K]['progress']) => boolean,
): Promise<void> {
  const abort = new AbortController();
  const onProgress = (progress: Requests[K]['progress']) => {
    expect(Math.abs(progress.prompt.tokens.length - 1000)).toBeLessThan(50);
    if (enough(progress)) abort.abort();
  };
  const request = engine.channel.request(method, params, { signal: abort.signal, onProgress });
  expect((await problemOf(request)).code).toBe('cancelled');
}

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
  ...alone,
  ...watched,
  by: 'word',
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
    'says the same again, in every way of computing it',
    async () => {
      const { prompt: read, result } = await engine.channel.request('repeat', { prompt, maxTokens: 8, runs: 2 });
      expect(Math.abs(read.tokens.length - 1000)).toBeLessThan(50);
      expect(result.ways.map(({ name }) => name)).toEqual(['again', 'withoutCache', 'afterEdit', 'batch']);
      expect(result.ways[0].logits).toBe(0);
      expect(result.logits).toBeLessThan(2e-3);
    },
    // The prompt goes through eight times.
    2 * patience,
  );

  it(
    'has a gradient, after a generation too',
    async () => {
      const request = { ...alone, prompt, target: {}, methods: ['input' as const] };
      const { result } = await engine.channel.request('saliency', request);
      expect(Math.max(...result.methods[0].scores.map((score) => Math.abs(score ?? 0)))).toBeGreaterThan(0);
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

  it(
    'has a map of its heads',
    () => {
      // After the gradient one knock-out is as large as all of them.
      return cancelledAt('heads', { prompt, target: {}, preview: true }, ({ partial }) =>
        partial.knockout.flat().some((one) => one !== null),
      );
    },
    patience,
  );

  it(
    'has examples',
    async () => {
      const asked = raw(`${shown}\n\nReview: The sea was cold.\nLabel:`);
      const { prompt: read, result } = await engine.channel.request('examples', { prompt: asked, target: {} });
      expect(Math.abs(read.tokens.length - 1000)).toBeLessThan(50);
      expect(result.examples.map(({ score }) => score !== null)).toEqual(new Array(3).fill(true));
    },
    patience,
  );

  it(
    'is patched with another one, by residual stream and by head',
    () => {
      const how = { target: { text: ' Paris' }, parts: [...patchParts], preview: true };
      const params = { prompt: place('France'), from: place('Italy'), ...how };
      // By then both gradients are done and differences held while a whole text was run: those of the heads take as much.
      return cancelledAt('patching', params, ({ partial: { map } }) => {
        const exact = map?.residual.some((row) => row.some((share, position) => share && position < 100));
        return Boolean(map?.headsPreview && exact);
      });
    },
    patience,
  );
});
