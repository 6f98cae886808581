/** The truth probe on made-up states: what it must find and what it must not find. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/analysis/shared/random';
import {
  asStatement,
  distance,
  meanStates,
  probabilityOf,
  scoreOf,
  shownProbability,
  verdictBlocks,
  verdictOf,
} from '../../../../src/analysis/truth/truthProbe';
import { platt, type TrainingSet, trainTruthProbe } from '../../../../src/analysis/truth/truthTraining';
import { plainProducts } from './plainProducts';

const width = 6;
const blocks = 5;

/** From layer 3 on truth lies along axis 0 and truth times polarity along axis 1; a topic's own direction is axis 2 at every layer. */
function made(topics: string[], seed: number, strength = 2): TrainingSet {
  const random = seededRandom(seed);
  const noise = () => random() + random() + random() - 1.5;
  const statements = topics.flatMap((topic) =>
    Array.from({ length: 16 }, (_, at) => ({
      text: `${topic} ${at}.`,
      label: at % 2 === 0,
      negated: at % 4 >= 2,
      topic,
      known: topic !== 'hard',
    })),
  );
  const states = new Map(
    Array.from({ length: blocks + 1 }, (_, layer) => {
      const rows = statements.map(({ label, negated, topic }) => {
        const truth = layer >= 3 && topic !== 'hard' ? strength * (label ? 1 : -1) : 0;
        const polarity = negated ? -1 : 1;
        return [truth, truth * polarity, topics.indexOf(topic), 0, 0, 0].map((value) => value + noise());
      });
      return [layer, Float32Array.from(rows.flat())] as const;
    }),
  );
  const marks = meanStates(states, verdictBlocks(blocks));
  return { statements, states, marks, logprob: statements.map(({ label }) => (label ? -2 : -3) + noise()) };
}

const options = { products: plainProducts, width, modelSha256: 'abc', seed: 1, lambda: 1 };
const alone = { frozen: null, answers: null };
const topics = ['capital', 'colour', 'animal', 'tool', 'hard', 'sport', 'food', 'place'];

describe('the truth probe', () => {
  it('finds truth in topics it has not seen, not before the layer where it is, and not in what the model does not know', async () => {
    const { card, layers } = await trainTruthProbe(
      made(topics, 1),
      { frozen: made(['new', 'newer'], 2), answers: null },
      options,
    );
    expect(card.auroc.value).toBeGreaterThan(0.85);
    expect(card.known.value).toBeGreaterThan(0.97);
    expect(card.topics.find(({ topic }) => topic === 'hard')?.auroc.value).toBeLessThan(0.85);
    expect(card.layers.map(({ auroc }) => auroc > 0.8)).toEqual([false, false, false, true, true, true]);
    expect(layers).toHaveLength(blocks + 1);
    for (const { shuffled } of card.layers) expect(Math.abs(shuffled - 0.5)).toBeLessThan(0.2);
    expect(card.frozen?.auroc.value).toBeGreaterThan(0.95);
    expect(card.auroc.low).toBeLessThan(card.auroc.value);
    expect(card.trainedOn).toEqual({ statements: 128, topics: 8 });
    expect(card.map.x).toHaveLength(128);
    expect(card.calibration.error).toBeLessThan(0.15);
    const { forced, decided, coverage } = card.accuracy;
    expect(forced.hits / forced.of).toBeGreaterThan(0.8);
    expect(card.coverage.at(-1)).toEqual({ share: 1, accuracy: forced.hits / forced.of });
    expect([forced.of, coverage.of, coverage.hits]).toEqual([128, 128, decided.of]);
    expect(decided.hits / decided.of).toBeGreaterThan(forced.hits / forced.of);
    const values = card.topics.map(({ auroc }) => auroc.value);
    expect(card.topicRange).toEqual([Math.min(...values), Math.max(...values)]);
    expect(card.topicMean.value).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 8, 12);
    // Each made-up text ends with a number, and a number has the same label in all topics.
    expect(card.baselines.words?.value).toBe(1);
    expect(card.baselines.length?.value).toBeLessThan(0.7);
    expect(card.baselines.logprob.value).toBeLessThan(card.auroc.value);
    expect(card.frozen?.topics.map(({ topic, statements }) => [topic, statements])).toEqual([
      ['new', 16],
      ['newer', 16],
    ]);
  });

  it('is at chance where there is nothing to find', async () => {
    const { card } = await trainTruthProbe(made(topics, 3, 0), alone, options);
    expect(Math.abs(card.auroc.value - 0.5)).toBeLessThan(0.15);
    expect(card.frozen).toBeNull();
  });

  it('is the same from run to run, and stops when asked', async () => {
    const set = made(topics.slice(0, 4), 4);
    expect(await trainTruthProbe(set, alone, options)).toEqual(await trainTruthProbe(set, alone, options));
    const pause = () => Promise.reject(new Error('enough'));
    await expect(trainTruthProbe(set, alone, { ...options, pause })).rejects.toThrow('enough');
  });

  it('knows its region: a training state is inside, one from elsewhere is not', async () => {
    const set = made(topics, 5);
    const { region } = await trainTruthProbe(set, alone, options);
    expect(distance(region, set.marks.subarray(0, width))).toBeLessThan(region.limit);
    expect(distance(region, new Float32Array(width).fill(60))).toBeGreaterThan(region.limit);
  });
});

describe('calibration by Platt', () => {
  it('gives back the slope that made the labels', () => {
    const random = seededRandom(9);
    const scores = Array.from({ length: 5000 }, () => 6 * (random() - 0.5));
    const labels = scores.map((score) => random() < 1 / (1 + Math.exp(-(1.5 * score - 0.5))));
    const { slope, offset } = platt(scores, labels);
    expect(Math.abs(slope - 1.5)).toBeLessThan(0.1);
    expect(Math.abs(offset + 0.5)).toBeLessThan(0.1);
  });

  it('bears scores that part the classes without a flaw', () => {
    const { slope, offset } = platt([-1, -2, 1, 2], [false, false, true, true]);
    expect(Number.isFinite(slope) && Number.isFinite(offset)).toBe(true);
  });
});

describe('a verdict', () => {
  it('leaves open what is near even, and everything outside', () => {
    expect(verdictOf(0.9, false)).toBe('true');
    expect(verdictOf(0.1, false)).toBe('false');
    expect(verdictOf(0.5, false)).toBe('unsure');
    expect([0.15, 0.2, 0.8, 0.85].map((p) => verdictOf(p, false))).toEqual(Array(4).fill('unsure'));
    expect(verdictOf(0.99, true)).toBe('unsure');
    expect([0.001, 0.5, 0.999].map(shownProbability)).toEqual([0.05, 0.5, 0.95]);
  });

  it('reads the polarity', () => {
    const probe = { weights: Float64Array.of(1, 0, 0, 10), bias: 0.5 };
    const state = Float32Array.of(2, 3);
    expect(scoreOf(probe, state, false)).toBe(2 + 30 + 0.5);
    expect(scoreOf(probe, state, true)).toBe(2 - 30 + 0.5);
    expect(probabilityOf({ platt: { slope: 0, offset: 0 } }, 7)).toBe(0.5);
  });

  it('is read at the mark that ends the sentence', () => {
    expect(asStatement(' Rome is old ')).toBe('Rome is old.');
    expect(asStatement('Rome is old!')).toBe('Rome is old!');
    expect(asStatement('罗马很老。')).toBe('罗马很老。');
  });

  it.each([
    ['ROME IS THE CAPITAL OF ITALY', 'Rome is the capital of italy.'],
    ["PARIS ISN'T IN ITALY.", "Paris isn't in italy."],
    ['rome is old', 'Rome is old.'],
    ['It isn’t “old”.', 'It isn\'t "old".'],
    ['"never" is a word', '"never" is a word.'],
    ['iPhone is a brand', 'iPhone is a brand.'],
    ['CPU', 'CPU.'],
    ['NASA and ESA fly.', 'NASA and ESA fly.'],
  ])('%s is read in plain spelling', (sentence, read) => {
    expect(asStatement(sentence)).toBe(read);
  });
});
