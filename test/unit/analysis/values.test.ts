import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rows, values } from '../../../src/analysis/contracts';
import type { EmbeddingsResult } from '../../../src/analysis/embeddings/contract';
import type { ExamplesResult } from '../../../src/analysis/examples/contract';
import type { HeadMap } from '../../../src/analysis/heads/contract';
import type { LensCell } from '../../../src/analysis/logitLens/contract';
import type { PatchingResult } from '../../../src/analysis/patching/contract';
import type { ProbeResult } from '../../../src/analysis/probe/contract';
import type { RepeatResult } from '../../../src/analysis/repeat/contract';
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

/** Real results of small prompts, recorded for the pages. */
const recorded = (name: string) =>
  JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8')).result;

describe('what a lesson may name of recorded results', () => {
  it('is a head by its block and number, and the one that supports the answer most', () => {
    const map: HeadMap = recorded('reviews.heads');
    const { top, score, rank } = values.heads;
    expect(top(map)).toEqual([21, 1]);
    expect([score(map, 21, 1), score(map, 20, 0), score(map, 30, 0)]).toEqual([0.38231, -0.071761, null]);
    expect([rank(map, 21, 1), rank(map, 14, 2), rank(map, 1, 7), rank(map, 20, 0)]).toEqual([1, 2, 3, 270]);
    expect([rank(map, 3, 9), rank(map, 31, 0)]).toEqual([null, null]);
    expect(top({ ...map, knockout: [[null]] })).toBeNull();
    expect(rows.heads(map)).toEqual({
      target: { text: map.target.text, logprob: map.target.logprob },
      scores: map.knockout,
    });
  });

  it('is what a head tends to do', () => {
    const { summaries } = recorded('reviews.heads') as HeadMap;
    const overview = { size: 0, thumbnails: new Float32Array(), summaries, sinkMass: 0.6 };
    const { sink, entropy, sinkMass, previousToken, induction, diagonal } = values.attentionOverview;
    expect(sink(overview)).toBe(0.6);
    expect([entropy, sinkMass, previousToken, induction, diagonal].map((value) => value(overview, 3, 4))).toEqual([
      0.67721, 0.78347, 0.11559, 0.0020616, 0.034263,
    ]);
    expect(entropy(overview, 30, 0)).toBeNull();
    expect(rows.attentionOverview(overview)).toEqual({ sinkMass: 0.6, heads: summaries });
  });

  it('is an example by its place, and the order in which they serve', () => {
    const result: ExamplesResult = recorded('reviews.examples');
    const { top, order, score, rank, label } = values.examples;
    expect([top(result), order(result)]).toEqual([2, [2, 1]]);
    expect([score(result, 1), score(result, 2), score(result, 3)]).toEqual([-0.054862, 3.0082, null]);
    expect([rank(result, 1), rank(result, 2), rank(result, 3)]).toEqual([2, 1, null]);
    expect([label(result, 1), label(result, 2)]).toEqual(['positive', 'negative']);
    expect(rows.examples(result)).toMatchObject({
      examples: [
        { label: 'positive', leaveOneOut: -0.054862 },
        { label: 'negative', leaveOneOut: 3.0082 },
      ],
    });
  });

  it('is what a place recovers of the second prompt, and nothing where the two differ in length', () => {
    const result: PatchingResult = recorded('reviews.patching');
    const { top, recovery, head, value, second } = values.patching;
    expect(top(result)).toEqual([30, 57]);
    expect([recovery(result, 30, 57), recovery(result, 29, 57), recovery(result, 31, 1)]).toEqual([1, 0.946923, null]);
    expect([head(result, 3, 1), value(result), second(result)]).toEqual([-0.00542463, -0.133316, -1.40787]);
    const unequal: PatchingResult = recorded('reviews.unequal');
    expect(unequal.map).toBeNull();
    expect([top, value, second].map((each) => each(unequal))).toEqual([null, null, null]);
    expect([recovery(unequal, 0, 1), head(unequal, 0, 0)]).toEqual([null, null]);
  });

  it('is how far the ways of computing differ, and which steps could turn over', () => {
    const result: RepeatResult = recorded('capital.repeat');
    const { logits, logprob, parts, fragile, gap, text } = values.repeat;
    expect([logits(result), logits(result, 'again'), logits(result, 'batch'), logits(result, 'x')]).toEqual([
      2.2692,
      0,
      1.6813,
      null,
    ]);
    expect([logprob(result), parts(result), fragile(result), gap(result, 1), gap(result, 99)]).toEqual([
      1.7434,
      null,
      21,
      2.1936,
      null,
    ]);
    expect(text(result)).toMatch(/^Paris\.\n\nThe United States has/);
    expect(parts({ ...result, parts: { step: 4, tokens: [] } })).toBe(5);
    expect(rows.repeat(result)).toMatchObject({
      ...{ steps: 24, logits: 2.2692, logprob: 1.7434, parts: null, fragile: 21 },
      ways: [{ name: 'again', logits: 0, firstDifference: null }, {}, {}, { name: 'batch' }],
    });
  });

  it('is a layer’s score held out, with shuffled labels beside it', () => {
    const result: ProbeResult = recorded('cities.probe');
    const { score, shuffled, best, chance, selectivity } = values.probe;
    expect([score(result, 3), shuffled(result, 3), score(result, 31)]).toEqual([0.7132, -0.02387, null]);
    expect([best(result), chance(result), selectivity(result)]).toEqual([26, 0, 0.6693]);
  });

  it('is how near groups of points are', () => {
    const result: EmbeddingsResult = recorded('names.embeddings');
    const { within, across, neighbours } = values.embeddings;
    expect([within(result, 2), across(result, 2), neighbours(result, 2)]).toEqual([0.5472, 0.4865, 0.595]);
    expect(within(result, 99)).toBeNull();
  });

  it('is one row of layers for the lens', () => {
    const cell = (text: string): LensCell => ({
      ...{ top: [candidate(text, 0.5)], entropy: 1, change: null },
      follow: [{ logprob: -1, rank: 2 }],
    });
    const table = { positions: [3], follow: [{ id: 7, text: ' x' }], cells: [[cell(' a'), cell(' b')]] };
    expect(rows.logitLens(table)).toMatchObject({
      tokens: [{ id: 7 }],
      positions: [{ position: 3, layers: [{ top: { text: ' a' } }, { top: { text: ' b' }, entropy: 1 }] }],
    });
  });

  it('is missing with a reason only for slices, look-ups and files', () => {
    const without = Object.entries(values).flatMap(([name, value]) => (value === null ? [name] : []));
    expect(without).toEqual(['attentionBetween', 'neighbours', 'truthDirection', 'follow', 'trainTruth']);
  });
});
