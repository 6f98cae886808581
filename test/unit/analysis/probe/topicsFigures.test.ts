/** Figures over topics: the share that is right, the share left open, and what remains possible when a table has no error. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../src/analysis/truth/contract';
import { topicsFigures } from '../../../../src/analysis/truth/topicsFigures';
import { wordBaselines } from '../../../../src/analysis/truth/wordBaseline';

const statements = Array.from({ length: 48 }, (_, at) => ({
  text: `Statement ${at}.`,
  label: at % 2 === 0,
  topic: `topic ${at % 3}`,
  negated: at % 4 > 1,
  known: true,
}));
const logprob = statements.map((_, at) => -2 - (at % 5));

function figures(probability: (at: number) => number) {
  const probabilities = statements.map((_, at) => probability(at));
  const verdicts = probabilities.map((p): Verdict => (p > 0.85 ? 'true' : p < 0.15 ? 'false' : 'unsure'));
  return topicsFigures({ statements, logprob }, probabilities, { probabilities, verdicts });
}

describe('figures over topics', () => {
  it('take no error for no certainty: an interval for every figure', () => {
    const { auroc, topicMean, topicRange, accuracy, topics } = figures((at) => (at % 2 === 0 ? 0.9 : 0.1));
    expect([auroc.value, topicMean.value, ...topicRange]).toEqual([1, 1, 1, 1]);
    expect(auroc.low).toBeCloseTo(0.05 ** (1 / 24), 12);
    expect(topicMean.low).toBe(auroc.low);
    expect(accuracy.decided).toEqual({ hits: 48, of: 48, low: 0.05 ** (1 / 48), high: 1 });
    for (const topic of topics) expect(topic.auroc.low).toBeCloseTo(0.05 ** (1 / 8), 12);
  });

  it('count what is left open apart from what is wrong', () => {
    // Topic 0 is read backwards, topic 1 is left open and topic 2 is right.
    const { accuracy, topics, topicRange, topicMean } = figures((at) => {
      const isTrue = at % 2 === 0;
      return [isTrue ? 0.1 : 0.9, isTrue ? 0.6 : 0.4, isTrue ? 0.95 : 0.05][at % 3];
    });
    expect(topics.map(({ decided }) => [decided.hits, decided.of])).toEqual([
      [0, 16],
      [0, 0],
      [16, 16],
    ]);
    expect([accuracy.decided.hits, accuracy.decided.of]).toEqual([16, 32]);
    expect([accuracy.coverage.hits, accuracy.coverage.of]).toEqual([32, 48]);
    expect([accuracy.forced.hits, accuracy.forced.of]).toEqual([32, 48]);
    expect(topicRange).toEqual([0, 1]);
    expect(topicMean.value).toBeCloseTo(2 / 3, 12);
    // The lower end is 0 because whole topics are right or wrong together.
    expect(accuracy.decided.low).toBe(0);
  });
});

describe('what words alone tell', () => {
  it('is found where a word gives the label away, and nothing is said of too few topics', () => {
    const rows = statements.map(({ label, topic }, at) => ({
      text: `${topic} ${at} ${label ? 'yes' : 'no'}`,
      ...{ label, group: topic },
    }));
    const words = wordBaselines(rows)?.words ?? [];
    for (const [at, score] of words.entries()) expect(score > 0, String(at)).toBe(rows[at].label);
    expect(wordBaselines(rows.filter(({ group }) => group !== 'topic 2'))).toBeNull();
    expect(wordBaselines(rows.filter(({ label }) => label))).toBeNull();
  });
});
