/** Memory that reading, continuing, a gradient and examples of the largest prompts take; longer analyses are in test/long. */
import { expect, it } from 'vitest';
import { alone } from '../fixtures/saliencyAsked';
import { raw, words } from './forkEngine';
import { patience, prompt, text, withinMemory } from './memoryLimit';

const review = (part: number) => `Review: ${words(250).replaceAll('river', `river ${part}`)}\nLabel: good`;
const shown = Array.from({ length: 3 }, (_, part) => review(part)).join('\n\n');
const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 };

withinMemory((engine) => {
  it(
    'is read, edited, and its attention looked at',
    async () => {
      const { prompt: read } = await engine().channel.request('probabilities', { prompt, top: 10 });
      expect(Math.abs(read.tokens.length - 1000)).toBeLessThan(50);
      const edited = { ...prompt, text: `${text} And` };
      const { reused } = await engine().channel.request('probabilities', { prompt: edited, top: 10 });
      expect(reused).toBeGreaterThan(900);
      const { result } = await engine().channel.request('attentionOverview', { prompt, size: 48, sink: 'raw' });
      expect(result.sinkMass).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    'goes on',
    async () => {
      const options = { ...greedy, maxTokens: 8, top: 5, prefix: [] };
      const { result } = await engine().channel.request('generate', { prompt, options });
      expect(result.tokens.length).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    'has a gradient, after a generation too',
    async () => {
      const request = { ...alone, prompt, target: {}, methods: ['input' as const] };
      const { result } = await engine().channel.request('saliency', request);
      expect(Math.max(...result.methods[0].scores.map((score) => Math.abs(score ?? 0)))).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    'has examples',
    async () => {
      const asked = raw(`${shown}\n\nReview: The sea was cold.\nLabel:`);
      const { prompt: read, result } = await engine().channel.request('examples', { prompt: asked, target: {} });
      expect(Math.abs(read.tokens.length - 1000)).toBeLessThan(50);
      expect(result.examples.map(({ score }) => score !== null)).toEqual(new Array(3).fill(true));
    },
    patience,
  );
});
