/** How well a probe performs on labelled statements of several topics, compared with methods that need no probe. Pure. */

import { auroc, withInterval } from '../probe/figures';
import type { Figure, TopicsFigures, Verdict } from './contract';
import { rateOf } from './rates';
import { wordBaselines } from './wordBaseline';

export interface LabelledStatements {
  statements: readonly { text: string; label: boolean; topic: string; negated: boolean; known: boolean }[];
  /** [N] mean log-probability of the statement's tokens. */
  logprob: readonly number[];
}

/** `scores`, `probabilities`, `verdicts`: [N], from the probe; a probability is the one it claims for "true". */
export function topicsFigures(
  set: LabelledStatements,
  scores: readonly number[],
  { probabilities, verdicts }: { probabilities: readonly number[]; verdicts: readonly Verdict[] },
): TopicsFigures {
  const { statements } = set;
  const labels = statements.map(({ label }) => label);
  const topicOf = statements.map(({ topic }) => topic);
  const all = statements.map((_, row) => row);
  const decided = all.filter((row) => verdicts[row] !== 'unsure');
  const isRight = (row: number) => (verdicts[row] === 'true') === labels[row];
  const words = wordBaselines(statements.map(({ text, label, topic }) => ({ text, label, group: topic })));
  const rated = (rows: readonly number[], hit: (row: number) => boolean) =>
    rateOf(
      rows.map(hit),
      rows.map((row) => topicOf[row]),
    );
  const topics = [...new Set(topicOf)].map((topic) => {
    const rows = all.filter((row) => topicOf[row] === topic);
    return {
      topic,
      known: statements[rows[0]].known,
      statements: rows.length,
      auroc: pooled(scores, labels, null, rows),
      decided: rateOf(rows.filter((row) => verdicts[row] !== 'unsure').map(isRight)),
    };
  });
  const values = topics.map(({ auroc: { value } }) => value);
  const whole = pooled(scores, labels, topicOf, all);
  const mean = withInterval(topics.length, null, (drawn) => meanOf(drawn.map((at) => values[at])));
  return {
    auroc: whole,
    // Topics without an error do not differ from each other, so the bound is the one that all rows together allow.
    topicMean: mean.value === 1 ? { ...mean, low: Math.min(mean.low, whole.low) } : mean,
    topicRange: [Math.min(...values), Math.max(...values)],
    accuracy: {
      forced: rated(all, (row) => probabilities[row] > 0.5 === labels[row]),
      decided: rated(decided, isRight),
      coverage: rated(all, (row) => verdicts[row] !== 'unsure'),
    },
    baselines: {
      logprob: pooled(logprobScores(set), labels, topicOf, all),
      words: words && pooled(words.words, labels, topicOf, all),
      length: words && pooled(words.length, labels, topicOf, all),
    },
    topics,
  };
}

/** AUROC of the chosen rows; the interval is over groups, or over rows without them. */
export function pooled(
  scores: readonly number[],
  labels: readonly boolean[],
  groups: readonly string[] | null,
  chosen: readonly number[],
): Figure {
  const measure = (places: readonly number[]) =>
    auroc(
      places.map((place) => scores[chosen[place]]),
      places.map((place) => labels[chosen[place]]),
    );
  const figure = withInterval(chosen.length, groups && chosen.map((row) => groups[row]), measure);
  if (figure.value > 0 && figure.value < 1) return figure;
  // Resampling a table without an error finds none; the exact one-sided bound on the rows of the rarer label allows for some.
  const positives = chosen.filter((row) => labels[row]).length;
  const bound = 0.05 ** (1 / Math.max(1, Math.min(positives, chosen.length - positives)));
  return figure.value === 1
    ? { ...figure, low: Math.min(figure.low, bound) }
    : { ...figure, high: Math.max(figure.high, 1 - bound) };
}

/** The mean log-probability relative to that of its polarity, with the sign reversed where the statement is negated. */
function logprobScores({ statements, logprob }: LabelledStatements): number[] {
  const middle = (isNegated: boolean) => meanOf(logprob.filter((_, row) => statements[row].negated === isNegated));
  const means = [middle(false), middle(true)];
  return statements.map(({ negated }, row) => (negated ? means[1] - logprob[row] : logprob[row] - means[0]));
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
