/** What this analysis is asked and answers. Logarithms natural, positions from 0. */

import type { Prompt, PromptInput, Range } from '../../protocol/model';
import type { Answer, PartialProgress, Progress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { choice, text } from '../options';
import type { TargetResult, TargetSpec } from '../shared/contract';

export interface PatchResult {
  target: TargetResult;
  /** [L + 1][T] what putting the second prompt's residual stream there recovers: 0 = nothing, 1 = the second prompt's value. */
  scores: number[][];
}

export interface PatchMap {
  target: TargetResult;
  /** The target's value in this prompt and in the second one. */
  value: number;
  second: number;
  /** [L + 1][T] and [L][H] (a head's output at all positions): share of the difference recovered. */
  residual: (number | null)[][];
  heads: (number | null)[][];
  /** Attribution patching, the same to first order from one gradient; null until computed, or refused for memory. */
  residualPreview: number[][] | null;
  headsPreview: number[][] | null;
  complete: boolean;
}

/** A stretch of both prompts, tokens [i, j): same ids, or what stands in one in place of the other. */
export interface AlignedStretch {
  same: boolean;
  first: Range;
  second: Range;
}

/** Two prompts side by side; `map` null while their lengths differ. */
export interface PatchingResult {
  from: Prompt;
  stretches: AlignedStretch[];
  map: PatchMap | null;
}

export interface PatchingParams extends PromptRequest {
  from: PromptInput;
  target: TargetSpec;
}

export interface PatchingData {
  prompt: Prompt;
  result: PatchingResult;
}

export interface PatchingRequests {
  /** `from` is the second prompt, of as many tokens. Progress hands out scores as they are known. */
  patch: {
    params: PatchingParams;
    result: Answer<PatchResult>;
    progress: Progress & { scored: { layer: number; position: number; score: number }[] };
  };
  /** Prompts of different length are answered with their alignment and no map. */
  patching: { params: PatchingParams; result: Answer<PatchingResult>; progress: PartialProgress<PatchingResult> };
}

export const patchMapKinds = ['residual', 'heads'] as const;

export const patching = () =>
  declared({
    tab: 'patching',
    section: null,
    shows: shows<PatchingData>(),
    slow: true,
    targeted: true,
    readsTables: false,
    options: {
      /** The second prompt: the file's text, changed. Null = not chosen yet. */
      from: text(null, 'result'),
      map: choice(patchMapKinds, 'residual', 'drawing'),
    },
  });
