/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import * as v from 'valibot';
import type { Prompt, PromptInput } from '../../protocol/model';
import type { Progress, Shown, ShownRequest } from '../../protocol/request';
import type { TableReading } from '../../protocol/tableReading';
import { declared, shows } from '../declare';
import { sameText, type ValuesOf } from '../measured';
import {
  automatic,
  choice,
  count,
  direction,
  file,
  flagged,
  listOf,
  name,
  optionalCount,
  optionalName,
  optionalText,
  shortText,
  switched,
  type Values,
  whole,
} from '../options';

/** A text whose states are read: a prompt, a line of a list, a row of a table. */
export interface SourceText {
  input: PromptInput;
  /** Name of the file or row, as shown to people. */
  name: string;
  /** From the list's group column; determines colour and shape. */
  group: string | null;
}

/**
 * The tokens of the texts that become points. A pattern's match is read at its last token; with `around`, the other tokens of the texts are
 * drawn too, for comparison.
 */
export type PointsAt = { kind: 'pattern'; pattern: string; around?: boolean } | { kind: 'tokens' } | { kind: 'last' };

export const projectionMethods = ['pca', 'umap', 'tsne'] as const;
export type ProjectionMethod = (typeof projectionMethods)[number];

export interface EmbeddingsParams {
  texts: SourceText[];
  at: PointsAt;
  method: ProjectionMethod;
  /** The layers that are drawn; each is aligned (sign, order and rotation of the axes) with the one before. */
  layers: number[];
  /** own = axes fitted to each layer; frozen = all layers on the axes fitted to `basisLayer`. */
  basis: 'own' | 'frozen';
  basisLayer: number;
  /** Leave out tokens whose norm is many times that of the others (such as the first token): they would become the first axis. */
  leaveOutMassive: boolean;
  /** A direction that replaces the first axis (a probe's); [D]. */
  axis: number[] | null;
  seed: number;
}

export interface EmbeddedPoint {
  /** Index into `texts`. */
  source: number;
  position: number;
  text: string;
  /** The words around the point, with its own place among them. */
  context: string;
  contextAt: [start: number, end: number];
  group: string | null;
  /** UTF-16 range in its text as rendered. */
  range: [start: number, end: number];
  /** The point was not asked for: it takes part in the picture, but not in cosines and separation. */
  beside: boolean;
  /** Its norm at some layer is too large: it is not part of the fit and is drawn apart. */
  leftOut: boolean;
}

export interface EmbeddedLayer {
  layer: number;
  /**
   * [N] In the projection's own units, equal on both axes. N counts the points that are not left out, which come first: first the points
   * asked for, then those beside.
   */
  x: number[];
  y: number[];
  /** Share of the variance on each PCA axis; null for the other methods. */
  variance: [number, number] | null;
  /** [M][M] Cosine of the states in the full space for the M ≤ 60 points asked for and not left out; null for more points. */
  cosine: number[][] | null;
  /** [M] The nearest of the points beside, as indices into `points`; null without points beside, and where M > 60. */
  nearest: { point: number; cosine: number }[][] | null;
  /** Measured in the full space; null with fewer than two groups. */
  separation: Separation | null;
}

export interface Separation {
  /** Mean cosine of pairs of the same group, and of different groups. */
  within: number;
  across: number;
  /**
   * Share of nearest neighbours (by cosine) that belong to the point's own group, and the share that random grouping would give: mean and
   * standard deviation over shuffles of the labels.
   */
  neighbours: number;
  chance: number;
  chanceSpread: number;
}

export interface EmbeddingsResult {
  method: ProjectionMethod;
  points: EmbeddedPoint[];
  layers: EmbeddedLayer[];
  /** The number of points asked for; more than `points` holds where the limit cut them off. */
  found: number;
}

/** The nearest neighbours of one point at one layer: among the points, and at layer 0 in the whole vocabulary. */
export interface NeighboursResult {
  points: { source: number; position: number; cosine: number }[];
  vocabulary: { id: number; text: string; cosine: number }[] | null;
}

/** The choices for the plot, once the automatic ones are made. */
export interface EmbeddingsPlan {
  source: EmbeddingsSource;
  at: PointsAt['kind'];
  /** For `at` = pattern; as it was typed or found. */
  pattern: string;
  /** '' = the texts as they stand. */
  template: string;
  /** Column that determines the groups; null = no groups. */
  groupBy: string | null;
  /** The columns of the table. */
  columns: string[];
  reading?: TableReading;
}

export interface EmbeddingsData {
  /** The file in front, as one text: the selection counts in its tokens. */
  prompt: Prompt;
  plan: EmbeddingsPlan;
  /** The texts that a point's `source` indexes: a line or cell (shortened if long) or a file's name, and its number of tokens. */
  texts: { label: string; tokens: number }[];
  /** [points] The token of `prompt` that a point is; null for one outside the file (from a template or another file). */
  places: (number | null)[];
  result: EmbeddingsResult;
}

/** The prompt in front, each of its lines, its rows as a table, or all open prompt files. */
export const embeddingsSources = ['prompt', 'lines', 'table', 'open'] as const;
export type EmbeddingsSource = (typeof embeddingsSources)[number];

export interface EmbeddingsRequests {
  embeddings: {
    params: EmbeddingsParams & ShownRequest;
    result: Shown & { runMs: number; result: EmbeddingsResult };
    progress: Progress;
  };
  /** The nearest neighbours of one of the points by cosine similarity, in the full space. */
  neighbours: {
    params: EmbeddingsParams & { point: Pick<EmbeddedPoint, 'source' | 'position'>; layer: number; count: number };
    result: NeighboursResult;
    progress: Progress;
  };
}

/** own = axes fitted to each layer; frozen = all layers on the axes of one. */
export const projectionBases = ['own', 'frozen'] as const;

export const embeddings = () =>
  declared({
    tab: 'embeddings',
    section: null,
    shows: shows<EmbeddingsData>(),
    slow: true,
    targeted: false,
    readsTables: true,
    options: {
      /** auto = a table for a .csv, lines where one word occurs in all of them, else the prompt. */
      source: choice(automatic(embeddingsSources), 'auto', 'result'),
      /** auto = the word that occurs in all lines, the last token of a table's rows, else all tokens. */
      at: choice(['auto', 'pattern', 'tokens', 'last'], 'auto', 'result'),
      /** A word (matched whole) or a regular expression; '' = the word that was found. */
      pattern: name('', 'result'),
      /** `{x}` marks the place of each line or row; null = found automatically, '' = none. */
      template: optionalName('result'),
      /** A table's column; null = found automatically, '' = none. */
      groupBy: optionalName('result'),
      /** Groups that the user has assigned to texts. */
      marks: listOf(v.object({ text: whole(), group: shortText() }), 'result'),
      method: flagged(choice(projectionMethods, 'pca', 'result'), '--method <name>', 'how the two axes are found'),
      basis: flagged(
        choice(projectionBases, 'own', 'result'),
        '--basis <kind>',
        "own = the layer's own axes; frozen = the axes of another layer (pca only)",
      ),
      /** The layer that `frozen` is fitted to. */
      basisLayer: flagged(
        count(0, 'result'),
        '--basis-layer <n>',
        'the layer whose axes --basis frozen uses (default: 0)',
        {
          without: null,
        },
      ),
      leaveOutMassive: flagged(
        switched(true, 'result'),
        '--leave-out-massive',
        'leave out tokens whose state is many times longer than the others',
        { without: false },
      ),
      seed: flagged(count(1, 'result'), '--seed <n>', 'the seed of umap and tsne'),
      /** A probe's direction that replaces the first axis; [D]. */
      axis: direction('result'),
      /** The layer on screen; changing it computes nothing. Null = a third of the way up. */
      layer: optionalCount('drawing'),
    },
    depends({ basis, basisLayer, method, seed, ...rest }) {
      const frozen = method === 'pca' && basis === 'frozen';
      return [rest, method, frozen && basisLayer, method !== 'pca' && seed];
    },
  });

/** The options that turn files into texts whose states are read. */
export const textsFlags = () => ({
  lines: flagged(switched(false, 'result'), '--lines', 'read each line of a file as a text'),
  template: flagged(
    optionalText('result'),
    '--template <text>',
    'a text to put each line or row into, in place of {x}',
  ),
});

export function embeddingsFlags() {
  const { method, basis, basisLayer, leaveOutMassive, seed } = embeddings().options;
  return {
    layer: flagged(
      optionalCount('result', { least: 0, most: 1000 }),
      '--layer <n>',
      '0 = the embedding table; the last layer = after all blocks (default)',
    ),
    ...{ method, basis, basisLayer },
    axis: flagged(
      file('result'),
      '--axis <probe.json>',
      'use a probe\'s direction as the first axis (a file of "probe train -o", or truth; pca only)',
    ),
    seed,
    ...textsFlags(),
    select: flagged(optionalName('result'), '--select <regex>', 'draw only what matches, each match at its last token'),
    around: flagged(switched(false, 'result'), '--around', 'with --select: draw the other tokens too'),
    last: flagged(switched(false, 'result'), '--last', 'draw only the last token of each text'),
    leaveOutMassive,
  };
}

export type EmbeddingsIntent = Values<ReturnType<typeof embeddings>['options']>;

/** cosine: between two points, named by their texts, at a layer, in the full space. */
export const embeddingsValues: ValuesOf<EmbeddingsResult> = {
  cosine: ({ points, layers }, first, second, layer) => {
    const asked = points.filter(({ beside, leftOut }) => !beside && !leftOut);
    const [a, b] = [first, second].map((text) => asked.findIndex((point) => sameText(point.text, text)));
    return layers.find((each) => each.layer === Number(layer))?.cosine?.[a]?.[b] ?? null;
  },
  /** Mean cosine of pairs of the same group, and of different groups, at a layer. */
  within: ({ layers }, layer) => separationAt(layers, layer)?.within ?? null,
  across: ({ layers }, layer) => separationAt(layers, layer)?.across ?? null,
  /** Share of nearest neighbours of the point's own group. */
  neighbours: ({ layers }, layer) => separationAt(layers, layer)?.neighbours ?? null,
};

const separationAt = (layers: readonly EmbeddedLayer[], layer: number | string) =>
  layers.find((each) => each.layer === Number(layer))?.separation;
