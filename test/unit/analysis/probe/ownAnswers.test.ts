/** How the model's own continuations are made, read and judged. */
import { describe, expect, it } from 'vitest';
import { answersFigures } from '../../../../src/analysis/truth/answersCard';
import type { OpenStatement } from '../../../../src/analysis/truth/contract';
import { listedAnswers, listedEnds } from '../../../../src/analysis/truth/listedAnswers';
import { judgeAnswer, ownAnswers } from '../../../../src/analysis/truth/ownAnswers';
import { endId, FakeModel } from '../fakeModel';

const open: OpenStatement = {
  topic: 'thing',
  text: 'It is',
  right: ['a musical instrument', 'F. Scott Fitzgerald'],
  wrong: ['fruit', 'twenty', 'H', 'music'],
  disputed: ['tree'],
};

describe('an answer', () => {
  it.each([
    [' musical instruments that people play', { right: true, words: 'musical instruments' }],
    [' the "fruit" of', { right: false, words: 'the fruit' }],
    [' F. Scott Fitzgerald in 1925', { right: true, words: 'F. Scott Fitzgerald' }],
    ['H. The', { right: false, words: 'H' }],
    [' music.', { right: false, words: 'music' }],
    [' twenty-four', null],
    [' a tree', null],
    [' always fruit', null],
    [' not fruit', null],
    [' a musical', null],
    ['', null],
  ])('%j is judged by the value it begins with', (said, judged) => {
    expect(judgeAnswer(open, said)).toEqual(judged);
  });
});

/** A model that, almost surely, ends each beginning as the script says; then the turn ends. */
function scripted(script: Record<string, string>) {
  const model: FakeModel = new FakeModel((history) => {
    const said = model.decode(history);
    const [beginning, end] = Object.entries(script).find(([start]) => said.startsWith(start)) ?? ['', ''];
    const next = end[said.length - beginning.length];
    const id = next === undefined ? endId : model.tokenize(next)[0];
    return Array.from({ length: model.info.vocabulary }, (_, at) => (at === id ? 40 : 0));
  });
  return model;
}

describe('what the model says by itself', () => {
  const model = scripted({
    'the sky is': ' blue and wide',
    'the grass is': ' blue. so it is',
    'the sun is': ' warm',
    'the sea is': ' deep blu',
  });
  const asked = (text: string, right: string, wrong: string) => ({
    open: { topic: text, text, right: [right], wrong: [wrong], disputed: [] },
    ids: model.tokenize(text),
  });
  const prompts = [
    asked('the sky is', 'blue', 'green'),
    asked('the grass is', 'green', 'blue'),
    asked('the sun is', 'yellow', 'blue'),
    asked('the sea is', 'deep blue', 'deep red'),
  ];

  it('is cut behind the value, counted once and judged, or not judged', async () => {
    const progress: number[] = [];
    const result = await ownAnswers(model, prompts, { seed: 1, onProgress: (done) => progress.push(done) });
    expect(result).toEqual({
      answers: [
        { topic: 'the sky is', text: 'the sky is blue.', from: 10, right: true },
        { topic: 'the grass is', text: 'the grass is blue.', from: 12, right: false },
      ],
      unjudged: 2,
    });
    expect(progress.at(-1)).toBe(20);
  });

  it('is the same with the same seed, and nothing where nothing is asked', async () => {
    const free = new FakeModel();
    const some = [{ ...prompts[0], ids: free.tokenize('the sky is') }];
    expect(await ownAnswers(free, some, { seed: 3 })).toEqual(await ownAnswers(free, some, { seed: 3 }));
    expect(await ownAnswers(free, [], { seed: 3 })).toEqual({ answers: [], unjudged: 0 });
  });

  it('stops when asked', async () => {
    const signal = AbortSignal.abort();
    await expect(ownAnswers(model, prompts, { seed: 1, signal })).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
  });
});

describe('what the model chooses among listed values', () => {
  const ends = listedEnds([open, { ...open, text: 'This is' }]);
  const texts = (logprob: number[][], seed: number) => listedAnswers(ends, logprob, seed).map(({ text }) => text);

  it('is each value, right or wrong, but for those open to dispute', () => {
    expect(ends[1].map(({ text, right }) => [text, right])).toEqual([
      ['This is a musical instrument.', true],
      ['This is F. Scott Fitzgerald.', true],
      ['This is fruit.', false],
      ['This is twenty.', false],
      ['This is H.', false],
      ['This is music.', false],
    ]);
    expect(ends[1][2]).toEqual({ topic: 'thing', text: 'This is fruit.', from: 7, right: false });
  });

  it('is the likeliest one and what is drawn by the shares, each once and the same with the same seed', () => {
    const sure = [0, -90, -90, -90, -90, -90];
    expect(texts([sure, [...sure].reverse()], 1)).toEqual(['It is a musical instrument.', 'This is music.']);
    const even = ends.map((each) => each.map(() => -3));
    expect(texts(even, 1)).toEqual(texts(even, 1));
    const drawn = Array.from({ length: 200 }, (_, seed) => texts(even, 1000 * seed));
    expect(drawn.every((some) => new Set(some).size === some.length && some.length <= 10)).toBe(true);
    // The likeliest one is always among them; each other one is drawn with probability 1 − (5/6)^4.
    const share = drawn.filter((some) => some.includes('It is H.')).length / drawn.length;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.64);
  });
});

describe('the card of own answers', () => {
  it('reads each answer by the probe that has not seen its topic', () => {
    const answers = ['a', 'a', 'b', 'b'].map((topic, at) => ({ topic, text: `${at}.`, from: 0, right: at % 2 === 0 }));
    // At layer 1 the states are [2, -2, -2, 2]: topic b is read the other way round.
    const states = new Map([
      [0, new Float32Array(4)],
      [1, Float32Array.of(2, -2, -2, 2)],
    ]);
    const set = { answers, states, logprob: [-1, -2, -3, -4] };
    const without = (topic: string) => ({ weights: Float64Array.of(topic === 'a' ? 1 : -1, 0), bias: 0 });
    const card = answersFigures(set, [1], 1, without);
    expect(card).toMatchObject({ right: 2, wrong: 2 });
    expect(card.probe.value).toBe(1);
    expect(card.logprob.value).toBe(0.75);
    expect(card.both.value).toBe(1);
  });
});
