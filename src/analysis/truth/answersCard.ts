/** How well a probe distinguishes the model's own right answers from its wrong ones. Pure. */

import { auroc, withInterval } from '../probe/figures';
import type { AnswersFigures } from './contract';
import type { OwnAnswer } from './ownAnswers';
import { type LinearProbe, meanStates, scoreOf } from './truthProbe';

export interface AnswerSet {
  answers: readonly OwnAnswer[];
  /** Layer 0 … L → [N, D], the state at each answer's end. */
  states: ReadonlyMap<number, Float32Array>;
  /** [N] The mean log-probability of the model's own words. */
  logprob: readonly number[];
}

/** `probeWithout` returns the probe that has not seen a topic. */
export function answersFigures(
  { answers, states, logprob }: AnswerSet,
  blocks: readonly number[],
  width: number,
  probeWithout: (topic: string) => LinearProbe,
): AnswersFigures {
  const mean = meanStates(states, blocks);
  const probe = answers.map(({ topic }, row) =>
    scoreOf(probeWithout(topic), mean.subarray(row * width, (row + 1) * width), false),
  );
  // Both have equal weight, so that nothing is fitted on the answers that are judged.
  const [a, b] = [spreadOf(probe), spreadOf(logprob)];
  const both = probe.map((score, row) => score / a + logprob[row] / b);
  const topics = answers.map(({ topic }) => topic);
  const figure = (scores: readonly number[]) =>
    withInterval(answers.length, topics, (rows) =>
      auroc(
        rows.map((row) => scores[row]),
        rows.map((row) => answers[row].right),
      ),
    );
  const right = answers.filter((answer) => answer.right).length;
  return {
    right,
    wrong: answers.length - right,
    probe: figure(probe),
    logprob: figure(logprob),
    both: figure(both),
  };
}

function spreadOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
}
