/**
 * Statements that the model completes with one of the listed values, so that each ending is right or wrong: a value is drawn according to
 * its share of the probability of the whole list, as in a forced choice. Pure.
 */

import { seededRandom } from '../shared/random';
import type { OpenStatement } from './contract';
import { draws, type OwnAnswer } from './ownAnswers';

/** Each open statement with each value of its list, except the values that are disputed. */
export function listedEnds(open: readonly OpenStatement[]): OwnAnswer[][] {
  return open.map(({ topic, text, right, wrong }) => {
    const ended = (value: string, isRight: boolean): OwnAnswer => ({
      ...{ topic, text: `${text} ${value}.`, from: text.length, right: isRight },
    });
    return [...right.map((value) => ended(value, true)), ...wrong.map((value) => ended(value, false))];
  });
}

/**
 * `logprob`: the log-probability of each ending's own words, parallel to `ends`, in nats. Returns the likeliest ending and as many drawn
 * ones as for free answers, each once.
 */
export function listedAnswers(
  ends: readonly (readonly OwnAnswer[])[],
  logprob: readonly (readonly number[])[],
  seed: number,
): OwnAnswer[] {
  return ends.flatMap((each, at) => {
    const highest = Math.max(...logprob[at]);
    const weights = logprob[at].map((value) => Math.exp(value - highest));
    const chosen = new Set([logprob[at].indexOf(highest)]);
    for (let draw = 1; draw <= draws; draw++) chosen.add(drawn(weights, seededRandom(seed + at * draws + draw)()));
    return each.filter((_, place) => chosen.has(place));
  });
}

function drawn(weights: readonly number[], uniform: number): number {
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  const found = weights.findIndex((weight) => {
    reached += weight;
    return reached > uniform * mass;
  });
  return found < 0 ? weights.length - 1 : found;
}
