import { describe, expect, it } from 'vitest';
import { rows, values } from '../../../src/analysis/contracts';
import type { LensCell } from '../../../src/analysis/logitLens/contract';
import type { MethodScores, SaliencyResult } from '../../../src/analysis/saliency/contract';

const candidate = (text: string, p: number) => ({ id: 1, text, logprob: Math.log(p) });

const scored = {
  logprob: [null, -2, -3],
  rank: [null, 0, 4],
  entropy: [1, 2, 3],
  top: [[], [], []],
  next: [candidate(' Paris', 0.5), candidate(' the', 0.25)],
  perplexity: Math.exp(2.5),
};

describe('what a lesson may name of the probabilities', () => {
  const { p, rank, top, entropy, surprisal, perplexity } = values.probabilities;

  it('names a next token by its text, with or without its space', () => {
    expect([p(scored, 'Paris'), p(scored, ' the'), p(scored, 'Rome')]).toEqual([0.5, 0.25, null]);
    expect([rank(scored, 'Paris'), rank(scored, ' the'), rank(scored, 'Rome')]).toEqual([1, 2, null]);
    expect(top(scored)).toBe('Paris');
  });

  it('counts positions from 1, and the first token has no surprisal', () => {
    expect([surprisal(scored, 1), surprisal(scored, 2), surprisal(scored, 9)]).toEqual([null, 2, null]);
    expect([entropy(scored), perplexity(scored)]).toEqual([3, Math.exp(2.5)]);
  });

  it('is one row for a batch', () => {
    expect(rows.probabilities(scored)).toEqual({
      sumLogprob: -5,
      perplexity: Math.exp(2.5),
      meanEntropy: 2,
      next: scored.next,
    });
  });
});

const units = ['dull', 'film', 'long', 'end'].map((text, at) => ({
  ...{ text: ` ${text}`, start: at, end: at + 1 },
  tokens: [at, at + 1] as [number, number],
}));
const curves = (mostFirst: number) => ({
  ...{ fractions: [], mostFirst: [], leastFirst: [] },
  random: { orders: 10, seed: 1, mean: [], spread: [] },
  area: { mostFirst, leastFirst: 0, random: -3, randomSpread: 0.5 },
});
const method = (name: MethodScores['method'], scores: (number | null)[], area: number): MethodScores => ({
  ...{ method: name, scores, faithfulness: curves(area), completeness: null, refused: null },
});
const saliency = (areas: [number, number]): SaliencyResult => ({
  target: { ids: [3], text: ' bad', logprob: -1, position: 4, contrast: null, boundary: null },
  ...{
    operator: 'knockout',
    by: 'word',
    scope: 'user',
    units,
    unscored: [3],
    coarse: null,
    warnings: [],
    random: null,
    complete: true,
  },
  methods: [method('occlusion', [2, -1, 0.5, null], areas[0]), method('input', [1, 0, 3, 2], areas[1])],
  agreement: [
    [1, 0.4],
    [0.4, 1],
  ],
});

describe('what a lesson may name of saliency', () => {
  const lane = { ...saliency([-4, -3.2]).methods[0], units };

  it('is one method: its units in order, the largest score first, without those that have none', () => {
    const { top, score, rank, order, area } = values.lane;
    expect(order(lane)).toEqual(['dull', 'long', 'film']);
    expect([top(lane), score(lane, 'film'), score(lane, 'end'), score(lane, 'other')]).toEqual([
      'dull',
      -1,
      null,
      null,
    ]);
    expect([rank(lane, 'dull'), rank(lane, 'film'), rank(lane, 'end')]).toEqual([1, 3, null]);
    expect(area(lane)).toBe(-4);
  });

  it('is all of them: which is best counts only below chance by more than its spread', () => {
    const { agreement, random, best } = values.saliency;
    expect(agreement(saliency([-4, -3.2]), 'occlusion', 'input')).toBe(0.4);
    expect(agreement(saliency([-4, -3.2]), 'occlusion', 'rollout')).toBeNull();
    expect(random(saliency([-4, -3.2]))).toBe(-3);
    expect([best(saliency([-4, -5])), best(saliency([-4, -3.2])), best(saliency([-3.4, -3]))]).toEqual([
      'input',
      'occlusion',
      'none',
    ]);
  });

  it('is one row for a batch, each unit with every method', () => {
    expect(rows.saliency(saliency([-4, -3]))).toMatchObject({
      target: { text: ' bad', logprob: -1 },
      units: [{ text: ' dull', scores: { occlusion: 2, input: 1 } }, {}, {}, { scores: { occlusion: null, input: 2 } }],
    });
  });
});

describe('what a lesson may name of the lens', () => {
  const column = (...said: string[]): LensCell[] =>
    said.map((text) => ({ top: [candidate(text, 0.5)], entropy: 1, change: null, follow: [] }));
  const table = (...said: string[]) => ({ positions: [3], follow: [], cells: [column(...said)] });

  it('is the layer from which on a text stays the likeliest', () => {
    const { layer } = values.logitLens;
    expect(layer(table(' a', ' Paris', ' b', ' Paris', ' Paris'), 'Paris')).toBe(3);
    expect(layer(table(' Paris', ' Paris'), 'Paris')).toBe(0);
    expect(layer(table(' Paris', ' b'), 'Paris')).toBeNull();
  });
});

describe('what a lesson may name of the others', () => {
  it('is a share among answers, and what the answers hold together', () => {
    const choice = (text: string, probability: number, share: number) => ({
      ...{ text, tokens: [], logprob: Math.log(probability), probability, share, exclusive: probability },
      ...{ logprobPerToken: 0, logprobPerByte: 0 },
    });
    const result = {
      ...{ boundary: null, choices: [choice(' no', 0.1, 0.25), choice(' yes', 0.3, 0.75)] },
      ...{ coverage: 0.4, diverge: null, prefixes: [] },
    };
    const { share, p, coverage, top } = values.choose;
    expect([share(result, 'yes'), p(result, 'no'), coverage(result), top(result)]).toEqual([0.75, 0.1, 0.4, 'yes']);
    expect(share(result, 'maybe')).toBeNull();
  });

  it('is a weight by query and key, counted from 1', () => {
    const matrix = { layer: 0, head: 0, weights: [[1], [0.25, 0.75], [0.5, 0.25, 0.25]] };
    const { weight, sink } = values.attentionHeads;
    expect([weight(matrix, 2, 1), weight(matrix, 3, 3), weight(matrix, 9, 1)]).toEqual([0.25, 0.25, null]);
    expect(sink(matrix)).toBeCloseTo(0.375, 12);
  });

  it('is a text and its tokens', () => {
    const token = (text: string, p: number) => ({ ...candidate(text, p), rank: 0, entropy: 0, top: [] });
    const result = { tokens: [token(' a', 0.5), token(' b', 0.25)], text: ' a b', finish: 'length' as const };
    expect([values.generate.text(result), values.generate.token(result, 2), values.generate.token(result, 3)]).toEqual([
      'a b',
      'b',
      null,
    ]);
    expect(rows.generate(result)).toMatchObject({ text: ' a b', tokens: 2, sumLogprob: Math.log(0.125) });
  });
});
