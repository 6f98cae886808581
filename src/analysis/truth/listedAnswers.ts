/**
 * Statements that the model ends itself with one of the listed values, so that each end is right or wrong: a value is drawn by its
 * share of the probability of the whole list, as a forced choice. Pure; for the engine, when a truth probe is trained.
 */

import { seededRandom } from '../shared/random';
import type { OpenStatement } from './contract';
import { draws, type OwnAnswer } from './ownAnswers';

/** Each open statement with each value of its list; without those that are open to dispute. */
export function listedEnds(open: readonly OpenStatement[]): OwnAnswer[][] {
  return open.map(({ topic, text, right, wrong }) => {
    const ended = (value: string, isRight: boolean): OwnAnswer => ({
      ...{ topic, text: `${text} ${value}.`, from: text.length, right: isRight },
    });
    return [...right.map((value) => ended(value, true)), ...wrong.map((value) => ended(value, false))];
  });
}

/** `logprob`: of each end's own words, as in `ends`; nats. The likeliest and as many drawn ones as of free answers, each once. */
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
