/** Memory that the longest analyses of the largest prompts take. */
import { expect, it } from 'vitest';
import type { EngineApi } from '../../src/analysis/contracts';
import { patchParts } from '../../src/analysis/patching/contract';
import type { SaliencyMethod, SaliencyParams } from '../../src/analysis/saliency/contract';
import { alone, watched } from '../fixtures/saliencyAsked';
import { type ForkedEngine, problemOf, raw } from '../process/forkEngine';
import { patience, prompt, text, withinMemory } from '../process/memoryLimit';

const place = (country: string) => raw(`The capital of ${country}. ${text} The capital of ${country} is`);

type Requests = EngineApi['requests'];

/** Cancels the request as soon as `enough` accepts its progress. */
async function cancelledAt<K extends 'heads' | 'patching'>(
  { channel }: ForkedEngine,
  method: K,
  params: Requests[K]['params'],
  enough: (progress: Requests[K]['progress']) => boolean,
): Promise<void> {
  const abort = new AbortController();
  const onProgress = (progress: Requests[K]['progress']) => {
    expect(Math.abs(progress.prompt.tokens.length - 1000)).toBeLessThan(50);
    if (enough(progress)) abort.abort();
  };
  const request = channel.request(method, params, { signal: abort.signal, onProgress });
  expect((await problemOf(request)).code).toBe('cancelled');
}

const saliency = (methods: SaliencyMethod[]): SaliencyParams => ({
  prompt,
  target: {},
  ...alone,
  ...watched,
  by: 'word',
  methods,
});

withinMemory((engine) => {
  it(
    'says the same again, in every way of computing it',
    async () => {
      const { prompt: read, result } = await engine().channel.request('repeat', { prompt, maxTokens: 8, runs: 2 });
      expect(Math.abs(read.tokens.length - 1000)).toBeLessThan(50);
      expect(result.ways.map(({ name }) => name)).toEqual(['again', 'withoutCache', 'afterEdit', 'batch']);
      expect(result.ways[0].logits).toBe(0);
      expect(result.logits).toBeLessThan(2e-3);
    },
    // The prompt is computed eight times.
    2 * patience,
  );

  it(
    'is explained in larger parts than by word, which would take many minutes, and says so',
    async () => {
      const abort = new AbortController();
      const warned = new Set<string>();
      let scored = 0;
      const answer = engine().channel.request('saliency', saliency(['occlusion', 'attentionGradient', 'attention']), {
        signal: abort.signal,
        onProgress: ({ partial }) => {
          for (const warning of partial.warnings) if (warning.kind === 'coarser') warned.add(warning.used);
          expect(partial.methods.map(({ refused }) => refused)).toEqual([null, null, null]);
          scored = partial.methods[0].scores.filter((score) => score !== null).length;
          // The first passes of occlusion take as much memory as all of them.
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
      // After the gradient, one knock-out takes as much memory as all of them.
      return cancelledAt(engine(), 'heads', { prompt, target: {}, preview: true }, ({ partial }) =>
        partial.knockout.flat().some((one) => one !== null),
      );
    },
    patience,
  );

  it(
    'is patched with another one, by residual stream and by head',
    () => {
      const how = { target: { text: ' Paris' }, parts: [...patchParts], preview: true };
      const params = { prompt: place('France'), from: place('Italy'), ...how };
      // At this point both gradients are done and the differences were held while a whole text was run; those of the heads take as much.
      return cancelledAt(engine(), 'patching', params, ({ partial: { map } }) => {
        const exact = map?.residual.some((row) => row.some((share, position) => share && position < 100));
        return Boolean(map?.headsPreview && exact);
      });
    },
    patience,
  );
});
