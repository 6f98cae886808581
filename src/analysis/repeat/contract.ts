/** What this analysis is asked and answers. Logarithms natural, positions from 0. */

import type { Prompt } from '../../protocol/model';
import type { Answer, PartialProgress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { type RowOf, sameText, type ValuesOf } from '../measured';
import { count, flagged, group, switched } from '../options';

/** again = the first run's way once more; the others as in ways.ts. In the order they are computed. */
export const repeatWays = ['again', 'withoutCache', 'afterEdit', 'batch'] as const;
export type RepeatWayName = (typeof repeatWays)[number];

export interface RepeatToken {
  id: number;
  text: string;
}

/** Where a difference is largest: of the entry `id` of the distribution that the token at `position` was chosen from. */
export interface DifferencePlace extends RepeatToken {
  /** Of the continuation, from 0. */
  step: number;
  /** Of the whole text, T + step. */
  position: number;
}

export interface RepeatWay {
  name: RepeatWayName;
  /** Times it was computed. */
  runs: number;
  /** Of `withoutCache` the passes that the whole text took: more than one where it is too long for memory; else null. */
  passes: number | null;
  /** Largest difference of one logit from the first run's, over all steps, entries and runs. */
  logits: number;
  /** The same of log-probabilities, nats. */
  logprob: number;
  /** Where; null where nothing differs. */
  at: { logits: DifferencePlace | null; logprob: DifferencePlace | null };
  /** The first step, from 0, whose likeliest token is another than the first run's; null where all are the same. */
  firstDifference: number | null;
  /** What it says from that step on, a few tokens at most; its own text then stands before them. */
  instead: RepeatToken[];
  /** This way beside itself: how many of its later runs (for `again`: of all) differ in any bit from the earlier one, and by how much. */
  itself: { compared: number; differing: number; logits: number; logprob: number };
}

export interface RepeatStep extends RepeatToken {
  /** Where the token stands in the whole text. */
  position: number;
  /** Its lead over `second`, nats. */
  gap: number;
  second: RepeatToken;
  fragile: boolean;
}

export interface RepeatResult {
  /** Each against the first run, in the order they are computed; of a running analysis those that are done. */
  ways: RepeatWay[];
  /** The largest over the ways. */
  logits: number;
  logprob: number;
  /** The first step at which a way's text parts from the first run's, and every way's token there. */
  parts: { step: number; tokens: ({ way: 'first' | RepeatWayName } & RepeatToken)[] } | null;
  /** The first run's continuation; an end token ends it and is its last step. */
  steps: RepeatStep[];
  /** The steps decoded together, without the end token. */
  text: string;
  finish: 'stop' | 'length';
  /** Every way is there. */
  complete: boolean;
}

/** Times that each way is computed. */
export const fewestRuns = 2;
export const mostRuns = 100;
/** Tokens of a continuation that anybody may ask for; what fits depends on the model. */
const longest = 100_000;

export interface RepeatData {
  prompt: Prompt;
  result: RepeatResult;
}

export interface RepeatRequests {
  repeat: {
    /** Tokens of the continuation, at most; times that each way is computed. */
    params: PromptRequest & { maxTokens: number; runs: number };
    result: Answer<RepeatResult>;
    /** Null until the first run is through. */
    progress: PartialProgress<RepeatResult | null>;
  };
}

export const repeatOptions = () => ({
  /** Nothing is computed before somebody asks. */
  asked: switched(false, 'drawing'),
  maxTokens: flagged(
    count(40, 'result', { least: 1, most: longest }),
    '--max-tokens <n>',
    'tokens of the continuation, at most',
  ),
  runs: flagged(
    count(fewestRuns, 'result', { least: fewestRuns, most: mostRuns }),
    '--runs <n>',
    'times that each way is computed',
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

/** `parts`: the step from 1 at which a way says something else; none where all say the same. `logits` with a way's name is its own. */
export const repeatValues: ValuesOf<RepeatResult> = {
  text: ({ text }) => text.trim(),
  parts: ({ parts }) => (parts ? parts.step + 1 : null),
  logits: ({ logits, ways }, name) => (name === undefined ? logits : (wayNamed(ways, name)?.logits ?? null)),
  logprob: ({ logprob, ways }, name) => (name === undefined ? logprob : (wayNamed(ways, name)?.logprob ?? null)),
  fragile: ({ steps }) => steps.filter(({ fragile }) => fragile).length,
  /** Nats, the lead of the token at a step from 1. */
  gap: ({ steps }, step) => steps[Number(step) - 1]?.gap ?? null,
};

const wayNamed = (ways: readonly RepeatWay[], name: number | string) => ways.find((way) => sameText(way.name, name));

export const repeatRow: RowOf<RepeatResult> = ({ ways, logits, logprob, parts, steps, text, finish }) => ({
  ...{ text, finish, steps: steps.length, logits, logprob },
  parts: parts?.step ?? null,
  fragile: steps.filter(({ fragile }) => fragile).length,
  ways: ways.map(({ name, logits, logprob, firstDifference }) => ({ name, logits, logprob, firstDifference })),
});
