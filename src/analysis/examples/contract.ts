/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import type { Prompt } from '../../protocol/model';
import type { Answer, PartialProgress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { inOrder, type RowOf, rankOf, type ValuesOf } from '../measured';
import { type TargetResult, type TargetSpec, targetFlags, type Unit } from '../shared/contract';

/** How the prompt's own examples contribute to the answer. */
export interface ExamplesResult {
  target: TargetResult;
  examples: {
    unit: Unit;
    /** The example's last word, which the last position would copy. */
    label: Unit;
    /** Leave-one-out score: the target minus the target with the example deleted; null = not known yet. */
    score: number | null;
    /** [L] Attention of the last position on the label's tokens, summed over the tokens, mean over heads. */
    attention: number[];
    /** [L] The same for the strongest head, and which head that is. */
    strongest: { head: number; weight: number }[];
  }[];
  complete: boolean;
}

export interface ExamplesData {
  prompt: Prompt;
  result: ExamplesResult;
}

export interface ExamplesRequests {
  examples: {
    params: PromptRequest & { target: TargetSpec };
    result: Answer<ExamplesResult>;
    progress: PartialProgress<ExamplesResult>;
  };
}

export const examples = () =>
  declared({
    tab: 'layers',
    section: 'examples',
    shows: shows<ExamplesData>(),
    slow: true,
    targeted: true,
    readsTables: false,
    options: {},
  });

export const examplesFlags = targetFlags;

/**
 * score, rank, label: of the example at a place, counted from 1; `order`: the places, with the example that supports the answer most first.
 */
export const examplesValues: ValuesOf<ExamplesResult> = {
  top: (result) => orderOf(result)[0] ?? null,
  order: orderOf,
  score: ({ examples }, place) => examples[Number(place) - 1]?.score ?? null,
  rank: ({ examples }, place) =>
    rankOf(
      examples.map(({ score }) => score),
      Number(place) - 1,
    ),
  label: ({ examples }, place) => examples[Number(place) - 1]?.label.text.trim() ?? null,
};

function orderOf({ examples }: ExamplesResult): number[] {
  const places = examples.map((_, index) => String(index + 1));
  return inOrder(
    places,
    examples.map(({ score }) => score),
  ).map(Number);
}

export const examplesRow: RowOf<ExamplesResult> = ({ target, examples }) => ({
  target: { text: target.text, logprob: target.logprob },
  examples: examples.map(({ unit, label, score }) => ({
    ...{ text: unit.text, start: unit.start, end: unit.end },
    label: label.text,
    leaveOneOut: score,
  })),
});
