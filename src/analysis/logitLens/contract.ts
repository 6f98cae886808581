/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import * as v from 'valibot';
import type { Prompt } from '../../protocol/model';
import type { Answer, Progress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { type RowOf, sameText, type ValuesOf } from '../measured';
import { choice, flagged, listOf, optionalCount, optionalText, shortText, whole } from '../options';
import {
  atFlag,
  type Candidate,
  candidateCount,
  mostPosition,
  type TargetResult,
  type TargetSpec,
} from '../shared/contract';

export interface LensCell {
  top: Candidate[];
  /** Nats. */
  entropy: number;
  /** Total variation ½ Σ|p_l − p_{l−1}|, 0 … 1; null at layer 0 and where it was not asked for. */
  change: number | null;
  /** One entry for each followed id; where none is followed, the position's own answer, which is the likeliest token of layer L. */
  follow: { logprob: number; rank: number }[];
}

export interface LensTable {
  positions: number[];
  follow: { id: number; text: string; bytes?: string }[];
  /** [P][L + 1]. */
  cells: LensCell[][];
}

export interface LensTableParams {
  positions: number[];
  top: number;
  /** Ids that are followed through the layers. */
  follow: number[];
  change: boolean;
}

/** `last`: this many positions before the target, or before the prompt's end; fewer where the prompt is shorter. */
export type AskedLens = Omit<LensTableParams, 'positions'> & { positions: number[] | { last: number } };

/** The model's next token if it stopped after each block, at the last positions; other positions are requested as slices (`logitLens`). */
export interface LayersData {
  prompt: Prompt;
  target: TargetResult;
  table: LensTable;
}

export interface LensRequests {
  /**
   * At one position or many. The target's first token and the contrast's are followed before the ids in `follow`; without a target, neither
   * is read.
   */
  logitLens: {
    params: PromptRequest & { target: TargetSpec | null } & AskedLens;
    result: Answer<LensTable & { target: TargetResult | null }>;
    progress: Progress;
  };
}

/** The content of a table cell: its likeliest token, its entropy, or how much the block changed. */
export const lensCellKinds = ['top', 'entropy', 'change'] as const;
/** The most tokens whose line can be drawn at once. */
const mostPins = 100;

export const logitLens = () =>
  declared({
    tab: 'layers',
    section: 'lens',
    shows: shows<LayersData>(),
    slow: false,
    targeted: true,
    readsTables: false,
    options: {
      cell: choice(lensCellKinds, 'top', 'drawing'),
      /** Tokens whose lines are drawn beside the target's. */
      pins: listOf(v.object({ id: whole(), text: shortText() }), 'drawing', mostPins),
    },
  });

export const lensFlags = () => ({
  position: flagged(
    optionalCount('result', { least: 1, most: mostPosition }),
    '--position <t>',
    'read the layers after the token at this position, from 1 (default: the last)',
  ),
  target: flagged(
    optionalText('result'),
    '--target <text>',
    "follow this text's first token (default: the likeliest next token)",
    { conflicts: 'at' },
  ),
  at: atFlag(
    "follow the prompt's own token at this position (2 or more), or the first of a range (4-6), where it is predicted",
  ),
  top: candidateCount('candidates for each layer'),
});

/** layer: the first layer from which on the likeliest token at the last position stays this text. */
export const lensValues: ValuesOf<LensTable> = {
  layer: ({ cells }, text) => {
    const column = cells[cells.length - 1];
    const says = column.map(({ top }) => sameText(top[0].text, text));
    return says.at(-1) ? says.lastIndexOf(false) + 1 : null;
  },
};

/** Every layer of each position that was asked for; `follow`: each followed token, in the order of `tokens`. */
export const lensRow: RowOf<LensTable> = ({ positions, follow, cells }) => ({
  tokens: follow,
  positions: positions.map((position, column) => ({
    position,
    layers: cells[column].map(({ top, entropy, follow }) => ({ top: top[0], entropy, follow })),
  })),
});
