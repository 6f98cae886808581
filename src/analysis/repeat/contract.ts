/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import type { Prompt } from '../../protocol/model';
import type { Answer, PartialProgress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { type RowOf, sameText, type ValuesOf } from '../measured';
import { count, flagged, group, switched } from '../options';

/** again = the way of the first run once more; the others are described in ways.ts. In the order in which they are computed. */
export const repeatWays = ['again', 'withoutCache', 'afterEdit', 'batch'] as const;
export type RepeatWayName = (typeof repeatWays)[number];

export interface RepeatToken {
  id: number;
  text: string;
  /** Its bytes in hex, where it is a piece of a character. */
  bytes?: string;
}

/** The place of the largest difference: the entry `id` of the distribution that the token at `position` was chosen from. */
export interface DifferencePlace extends RepeatToken {
  /** Index in the continuation, from 0. */
  step: number;
  /** Index in the whole text, T + step. */
  position: number;
}

export interface RepeatWay {
  name: RepeatWayName;
  /** The number of times it was computed. */
  runs: number;
  /** For `withoutCache`, the number of passes that the whole text took (more than one where it is too long for memory); else null. */
  passes: number | null;
  /** The largest difference of one logit from the first run's, over all steps, entries and runs. */
  logits: number;
  /** The same for log-probabilities, in nats. */
  logprob: number;
  /** The places of these differences; null where nothing differs. */
  at: { logits: DifferencePlace | null; logprob: DifferencePlace | null };
  /** The first step, from 0, whose likeliest token differs from the first run's; null where all are equal. */
  firstDifference: number | null;
  /** The way's tokens from that step on, a few at most; they follow its own text. */
  instead: RepeatToken[];
  /**
   * This way compared with itself: how many of its later runs (for `again`, of all its runs) differ in any bit from the earlier one, and by
   * how much.
   */
  itself: { compared: number; differing: number; logits: number; logprob: number };
}

export interface RepeatStep extends RepeatToken {
  /** Position of the token in the whole text. */
  position: number;
  /** Its lead over `second`, in nats. */
  gap: number;
  second: RepeatToken;
  fragile: boolean;
}

export interface RepeatResult {
  /** Each way compared with the first run, in the order in which they are computed; while the analysis is running, those that are done. */
  ways: RepeatWay[];
  /** The largest value over all ways. */
  logits: number;
  logprob: number;
  /** The first step at which some way's text diverges from the first run's, and every way's token there. */
  parts: { step: number; tokens: ({ way: 'first' | RepeatWayName } & RepeatToken)[] } | null;
  /** The first run's continuation; an end token ends it and is its last step. */
  steps: RepeatStep[];
  /** The steps decoded together, without the end token. */
  text: string;
  finish: 'stop' | 'length';
  /** All ways have been computed. */
  complete: boolean;
}

/** The number of times that each way is computed. */
export const fewestRuns = 2;
export const mostRuns = 100;
/** The most tokens of a continuation that may be requested; how many fit depends on the model. */
const longest = 100_000;

export interface RepeatData {
  prompt: Prompt;
  result: RepeatResult;
}

export interface RepeatRequests {
  repeat: {
    /** The most tokens of the continuation, and the number of times that each way is computed. */
    params: PromptRequest & { maxTokens: number; runs: number };
    result: Answer<RepeatResult>;
    /** Null until the first run is complete. */
    progress: PartialProgress<RepeatResult | null>;
  };
}

export const repeatOptions = () => ({
  /** Nothing is computed until the user asks for it. */
  asked: switched(false, 'drawing'),
  maxTokens: flagged(
    count(40, 'result', { least: 1, most: longest }),
    '--max-tokens <n>',
    'the most tokens of the continuation',
  ),
  runs: flagged(
    count(fewestRuns, 'result', { least: fewestRuns, most: mostRuns }),
    '--runs <n>',
    'how often each way is computed',
  ),
});

export function repeatFlags() {
  const { maxTokens, runs } = repeatOptions();
  return { maxTokens, runs };
}

export const repeat = () =>
  declared({
    tab: 'probabilities',
    section: null,
    shows: shows<RepeatData>(),
    slow: true,
    targeted: false,
    readsTables: false,
    options: { repeat: group(repeatOptions(), 'result') },
    wanted: ({ repeat }) => repeat.asked,
    depends: ({ repeat: { asked: _, ...rest } }) => rest,
  });

/** `parts`: the step, from 1, at which a way's text diverges; null where all agree. `logits` with the name of a way is that way's own. */
export const repeatValues: ValuesOf<RepeatResult> = {
  text: ({ text }) => text.trim(),
  parts: ({ parts }) => (parts ? parts.step + 1 : null),
  logits: ({ logits, ways }, name) => (name === undefined ? logits : (wayNamed(ways, name)?.logits ?? null)),
  logprob: ({ logprob, ways }, name) => (name === undefined ? logprob : (wayNamed(ways, name)?.logprob ?? null)),
  fragile: ({ steps }) => steps.filter(({ fragile }) => fragile).length,
  /** The lead, in nats, of the token at a step from 1. */
  gap: ({ steps }, step) => steps[Number(step) - 1]?.gap ?? null,
};

const wayNamed = (ways: readonly RepeatWay[], name: number | string) => ways.find((way) => sameText(way.name, name));

export const repeatRow: RowOf<RepeatResult> = ({ ways, logits, logprob, parts, steps, text, finish }) => ({
  ...{ text, finish, steps: steps.length, logits, logprob },
  parts: parts?.step ?? null,
  fragile: steps.filter(({ fragile }) => fragile).length,
  ways: ways.map(({ name, logits, logprob, firstDifference }) => ({ name, logits, logprob, firstDifference })),
});
