/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import type { Prompt } from '../../protocol/model';
import type { Answer, PartialProgress, PromptRequest } from '../../protocol/request';
import type { HeadSummary } from '../attention/contract';
import { declared, shows } from '../declare';
import { largestOf, type RowOf, rankOf, type ValuesOf } from '../measured';
import { choice, count, flagged } from '../options';
import { type TargetResult, type TargetSpec, targetFlags } from '../shared/contract';

export interface HeadMap {
  target: TargetResult;
  /** [L][H] The target minus the target without the head: positive = the head supports it. */
  knockout: (number | null)[][];
  /**
   * [L][H] The same to first order, from one gradient: Σ output · ∂target/∂output, which is Σ attention · ∂target/∂attention; null until
   * computed, when it was not asked for, or refused for memory.
   */
  preview: number[][] | null;
  /** Empty where no preview was asked for. */
  summaries: HeadSummary[];
  complete: boolean;
}

export interface HeadsData {
  prompt: Prompt;
  result: HeadMap;
}

export interface HeadsParams extends PromptRequest {
  target: TargetSpec;
  /** Every head's habits and one gradient for all heads come first and say where to look; without the preview, only the knock-outs run. */
  preview: boolean;
}

export interface HeadsRequests {
  heads: { params: HeadsParams; result: Answer<HeadMap>; progress: PartialProgress<HeadMap> };
}

/** The quantities that the layer x head map can show. */
export const headMapKinds = ['knockout', 'attentionGradient', 'induction', 'previousToken', 'sinkMass'] as const;

export const heads = () =>
  declared({
    tab: 'layers',
    section: 'heads',
    shows: shows<HeadsData>(),
    slow: true,
    targeted: true,
    readsTables: false,
    options: { map: choice(headMapKinds, 'knockout', 'drawing') },
  });

export const headsFlags = () => ({
  top: flagged(
    count(20, 'drawing', { least: 1, most: 100_000 }),
    '--top <n>',
    'how many heads are printed, the strongest first',
  ),
  ...targetFlags(),
});

/** score, rank: of a head, by its block and number; `top` is the block and number of the head that supports the target most. */
export const headsValues: ValuesOf<HeadMap> = {
  top: ({ knockout }) => largestOf(knockout),
  score: ({ knockout }, layer, head) => knockout[Number(layer)]?.[Number(head)] ?? null,
  rank: ({ knockout }, layer, head) => {
    const heads = knockout[0]?.length ?? 0;
    return Number(head) < heads ? rankOf(knockout.flat(), Number(layer) * heads + Number(head)) : null;
  },
};

export const headsRow: RowOf<HeadMap> = ({ target, knockout }) => ({
  target: { text: target.text, logprob: target.logprob },
  scores: knockout,
});
