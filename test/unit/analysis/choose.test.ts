import { describe, expect, it } from 'vitest';
import { choose, divergence, prefixPairs } from '../../../src/analysis/choose';
import { extendRun } from '../../../src/analysis/probabilities';
import { FakeModel, logSoftmax } from './fakeModel';

const prompt = [4, 8, 15];

describe('forced choice', () => {
  it('scores each answer as a whole, by what stands before each of its tokens', async () => {
    const model = new FakeModel();
    const texts = ['cat', 'a', 'dog', 'zebra'];
    const { choices } = await choose(model, prompt, texts);
    expect(choices.map((choice) => choice.text)).toEqual(texts);
    for (const choice of choices) {
      const ids = model.tokenize(choice.text);
      const expected = ids.map((id, i) => logSoftmax(model.logits([...prompt, ...ids.slice(0, i)]))[id]);
      choice.tokens.forEach((token, i) => {
        expect(token).toMatchObject({ id: ids[i], text: model.text(ids[i]) });
        expect(token.logprob).toBeCloseTo(expected[i], 5);
      });
      expect(choice.logprob).toBeCloseTo(
        expected.reduce((a, b) => a + b, 0),
        5,
      );
      expect(choice.probability).toBeCloseTo(Math.exp(choice.logprob), 12);
      expect(choice).not.toHaveProperty('accepted');
    }
    const sum = choices.reduce((total, choice) => total + choice.probability, 0);
    for (const choice of choices) expect(choice.share).toBeCloseTo(choice.probability / sum, 10);
  });

  it('runs answers of one length together, on the past the prompt left', async () => {
    const model = new FakeModel();
    const known = await extendRun(model, null, prompt, { top: 1 });
    model.passes.length = 0;
    await choose(model, prompt, ['cat', 'dog', 'zebra'], { known });
    expect(model.passes).toEqual([
      { batch: 2, tokens: 3, past: 2 },
      { batch: 1, tokens: 5, past: 2 },
    ]);
  });

  it('gives shares to answers whose probabilities are too small for a number', async () => {
    const long = 'quick brown fox jumps over the lazy dog. '.repeat(12);
    const { choices } = await choose(new FakeModel(), prompt, [`${long}a`, `${long}b`]);
    expect(choices[0].probability).toBe(0);
    expect(choices[0].share + choices[1].share).toBeCloseTo(1, 12);
  });

  it('marks what a threshold accepts', async () => {
    const { choices } = await choose(new FakeModel(), prompt, ['a', 'b', 'c'], { threshold: 0.4 });
    for (const choice of choices) expect(choice.accepted).toBe(choice.share >= 0.4);
  });

  it('works after a prompt of one token and names an answer that becomes no token', async () => {
    const one = await choose(new FakeModel(), [3], ['a', 'b']);
    expect(one.diverge).toEqual({ position: 0, ids: [0, 1] });
    await expect(choose(new FakeModel(), prompt, ['a', ''])).rejects.toThrow('The answer "" becomes no token.');
  });
});

describe('where answers part', () => {
  it.each([
    { answers: [[1], [2]], diverge: { position: 0, ids: [1, 2] }, prefixes: [] },
    {
      answers: [
        [1, 2, 3],
        [1, 2, 4],
      ],
      diverge: { position: 2, ids: [3, 4] },
      prefixes: [],
    },
    {
      answers: [
        [1, 2],
        [1, 2, 3],
      ],
      diverge: null,
      prefixes: [[0, 1]],
    },
    { answers: [[1, 2, 3], [1, 2], [5]], diverge: { position: 0, ids: [1, 1, 5] }, prefixes: [[1, 0]] },
    { answers: [[1]], diverge: null, prefixes: [] },
    { answers: [[7], [7]], diverge: null, prefixes: [[0, 1]] },
  ])('$answers', ({ answers, diverge, prefixes }) => {
    expect(divergence(answers)).toEqual(diverge);
    expect(prefixPairs(answers)).toEqual(prefixes);
  });
});
