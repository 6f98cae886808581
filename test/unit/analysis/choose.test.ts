import { describe, expect, it } from 'vitest';
import { choose, divergence, partsOf, prefixPairs } from '../../../src/analysis/choose/choose';
import { extendRun } from '../../../src/analysis/probabilities/probabilities';
import { FakeModel, info, logSoftmax } from './fakeModel';
import { promptOf, Spanning } from './spanningModel';

const prompt = new FakeModel().tokenize('eip');
const typed = promptOf('eip');

describe('forced choice', () => {
  it('scores each answer as a whole, by what stands before each of its tokens', async () => {
    const model = new FakeModel();
    const texts = ['cat', 'a', 'dog', 'zebra'];
    const { choices } = await choose(model, typed, texts);
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
    await choose(model, typed, ['cat', 'dog', 'zebra'], { known });
    expect(model.passes).toEqual([
      { batch: 2, tokens: 3, past: 2 },
      { batch: 1, tokens: 5, past: 2 },
    ]);
  });

  it('gives shares to answers whose probabilities are too small for a number', async () => {
    const long = 'quick brown fox jumps over the lazy dog. '.repeat(12);
    const { choices } = await choose(new FakeModel(), typed, [`${long}a`, `${long}b`]);
    expect(choices[0].probability).toBe(0);
    expect(choices[0].share + choices[1].share).toBeCloseTo(1, 12);
  });

  it('marks what a threshold accepts', async () => {
    const { choices } = await choose(new FakeModel(), typed, ['a', 'b', 'c'], { threshold: 0.4 });
    for (const choice of choices) expect(choice.accepted).toBe(choice.share >= 0.4);
  });

  it('works after a prompt of one token and names an answer that becomes no token', async () => {
    const one = await choose(new FakeModel(), promptOf('d'), ['a', 'b']);
    expect(one.diverge).toEqual({ position: 0, ids: [0, 1] });
    await expect(choose(new FakeModel(), typed, ['a', ''])).rejects.toThrow('The answer "" contains no token.');
  });
});

describe('answers whose tokens reach back into the prompt', () => {
  const model = new Spanning();
  const open = promptOf('the dog ', model);
  const kept = model.tokenize('the dog');

  it('are all scored from the earliest such place, with the end of the prompt', async () => {
    const { boundary, choices, diverge } = await choose(model, open, ['cat', 'bat']);
    expect(boundary).toEqual({ kept: 7, text: ' ' });
    expect(choices.map(({ text }) => text)).toEqual(['cat', 'bat']);
    for (const [place, whole] of [' cat', ' bat'].entries()) {
      const ids = model.tokenize(whole);
      const expected = ids.map((id, i) => logSoftmax(model.logits([...kept, ...ids.slice(0, i)]))[id]);
      const sum = expected.reduce((a, b) => a + b, 0);
      expect(choices[place].tokens.map(({ id }) => id)).toEqual(ids);
      expect(choices[place].logprob).toBeCloseTo(sum, 5);
      expect(choices[place].logprobPerToken).toBeCloseTo(sum / ids.length, 5);
      expect(choices[place].logprobPerByte).toBeCloseTo(sum / 4, 5);
    }
    expect(diverge).toEqual({ position: 0, ids: [model.tokenize(' c')[0], model.tokenize(' ')[0]] });
  });

  it('leave a prompt alone that nothing spans', async () => {
    const { boundary, choices } = await choose(model, open, ['bat', 'dog']);
    expect(boundary).toBeNull();
    expect(choices.map(({ tokens }) => tokens.length)).toEqual([3, 3]);
  });

  it('are refused where no token of the prompt stays', async () => {
    const refused = choose(model, promptOf(' ', model), ['bat', 'cat']);
    await expect(refused).rejects.toMatchObject({ problem: { code: 'nothingKept', args: ['cat'] } });
  });
});

it('bytes are those of UTF-8', async () => {
  class Wide extends FakeModel {
    override tokenize(text: string): number[] {
      return super.tokenize(text.replaceAll('é', 'x').replaceAll('二', 'y').replaceAll('🍕', 'z'));
    }
  }
  const { choices } = await choose(new Wide(), typed, ['é', '二', '🍕', 'é二🍕a']);
  expect(choices.map(({ logprob, logprobPerByte }) => Math.round(logprob / logprobPerByte))).toEqual([2, 3, 4, 10]);
});

describe('what cannot be chosen from', () => {
  const full = 'b'.repeat(info.context);
  it.each([
    ['no answer', typed, [], 'choiceNone'],
    ['an empty answer', typed, ['a', ''], 'choiceEmpty'],
    ['an answer that adds no token', typed, ['a', '台'], 'choiceEmpty'],
    ['no prompt', promptOf(''), ['a'], 'emptyPrompt'],
    ['a prompt as long as the context', promptOf(full), ['a', 'bcd'], 'promptTooLong'],
    ['one answer too long', promptOf(full.slice(2)), ['a', 'bcd'], 'promptTooLong'],
  ])('(%s) is refused before any pass', async (_, text, answers, code) => {
    const model = new FakeModel();
    await expect(choose(model, text, answers)).rejects.toMatchObject({ problem: { code } });
    expect(model.passes).toEqual([]);
  });

  it('names the tokens of prompt and answer that do not fit', async () => {
    const refused = choose(new FakeModel(), promptOf(full), ['a', 'bcd']);
    await expect(refused).rejects.toThrow('The prompt has 2,000 + 3 tokens; this model takes at most 2,000.');
  });

  it('fits to the last token', async () => {
    const { choices } = await choose(new FakeModel(), promptOf(full.slice(3)), ['a', 'bcd']);
    expect(choices).toHaveLength(2);
  });
});

describe('what answers have for themselves', () => {
  it.each([
    { answers: [[1], [2]], p: [0.5, 0.2], exclusive: [0.5, 0.2], coverage: 0.7 },
    // [1] begins both others and [1, 0] begins [1, 0, 0]: each chain is subtracted only once.
    { answers: [[1], [1, 0], [1, 0, 0]], p: [0.5, 0.2, 0.05], exclusive: [0.3, 0.15, 0.05], coverage: 0.5 },
    { answers: [[1, 0], [1], [1, 2], [3]], p: [0.2, 0.5, 0.1, 0.3], exclusive: [0.2, 0.2, 0.1, 0.3], coverage: 0.8 },
    // Equal answers count once, wherever they stand in the list.
    { answers: [[1], [1, 0], [1], [1, 0]], p: [0.5, 0.2, 0.5, 0.2], exclusive: [0.3, 0.2, 0.3, 0.2], coverage: 0.5 },
    { answers: [[7]], p: [0.4], exclusive: [0.4], coverage: 0.4 },
  ])('$answers', ({ answers, p, exclusive, coverage }) => {
    const parts = partsOf(answers, p);
    expect(parts.exclusive).toEqual(exclusive.map((own) => expect.closeTo(own, 12)));
    expect(parts.coverage).toBeCloseTo(coverage, 12);
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
