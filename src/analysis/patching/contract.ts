/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import type { Prompt, PromptInput, Range } from '../../protocol/model';
import type { Answer, PartialProgress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { largestOf, type ValuesOf } from '../measured';
import { choice, file, flagged, text } from '../options';
import { type TargetResult, type TargetSpec, targetFlags } from '../shared/contract';

/** The states that are put in: the residual stream's at one layer and token, or one head's output at all tokens. */
export const patchParts = ['residual', 'heads'] as const;
export type PatchPart = (typeof patchParts)[number];

export interface PatchMap {
  target: TargetResult;
  /** The target's value in this prompt and in the second one. */
  value: number;
  second: number;
  /**
   * [L + 1][T] over the tokens before the target, and [L][H]: share of the difference that is recovered. Empty for a part not asked for.
   */
  residual: (number | null)[][];
  heads: (number | null)[][];
  /**
   * Attribution patching, which is the same to first order from one gradient; null until computed, when not asked for, or refused for
   * memory.
   */
  residualPreview: number[][] | null;
  headsPreview: number[][] | null;
  complete: boolean;
}

/** A stretch of both prompts, tokens [i, j): either the same ids, or the tokens that replace each other. */
export interface AlignedStretch {
  same: boolean;
  first: Range;
  second: Range;
}

/** Two prompts compared; `map` is null where their lengths differ. */
export interface PatchingResult {
  from: Prompt;
  stretches: AlignedStretch[];
  map: PatchMap | null;
}

export interface PatchingParams extends PromptRequest {
  from: PromptInput;
  target: TargetSpec;
  /** Not empty. */
  parts: PatchPart[];
  /** One gradient for all places comes first and says where to look; without it, only the exact scores are computed. */
  preview: boolean;
}

export interface PatchingData {
  prompt: Prompt;
  result: PatchingResult;
}

export interface PatchingRequests {
  /** Prompts of different length are answered with their alignment and no map. */
  patching: { params: PatchingParams; result: Answer<PatchingResult>; progress: PartialProgress<PatchingResult> };
}

export const patching = () =>
  declared({
    tab: 'patching',
    section: null,
    shows: shows<PatchingData>(),
    slow: true,
    targeted: true,
    readsTables: false,
    options: {
      /** The second prompt: the file's text, edited. Null = not chosen yet. */
      from: text(null, 'result'),
      map: choice(patchParts, 'residual', 'drawing'),
    },
    wanted: ({ from }) => from !== null,
  });

export const patchFlags = () => ({
  from: flagged(file('result'), '--from <file>', 'the second prompt, with as many tokens as the first', {
    required: true,
  }),
  ...targetFlags(),
});

/**
 * recovery: of the residual stream at a layer and a position from 1; head: of a block's head. `top` is the layer and the position that
 * recovers most. All are null without a map, where the prompts differ in length.
 */
export const patchingValues: ValuesOf<PatchingResult> = {
  value: ({ map }) => map?.value ?? null,
  second: ({ map }) => map?.second ?? null,
  recovery: ({ map }, layer, position) => map?.residual[Number(layer)]?.[Number(position) - 1] ?? null,
  head: ({ map }, layer, head) => map?.heads[Number(layer)]?.[Number(head)] ?? null,
  top: ({ map }) => {
    const place = map && largestOf(map.residual);
    return place && [place[0], place[1] + 1];
  },
};
