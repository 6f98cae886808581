/** What this analysis is asked and answers. Logarithms natural, positions from 0. */

import * as v from 'valibot';
import type { Prompt, PromptInput } from '../../protocol/model';
import type { Progress } from '../../protocol/request';
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
  /** File or row, for people. */
  name: string;
  /** Of the list's group column; decides colour and shape. */
  group: string | null;
}

/**
 * Which tokens of the texts become points. A pattern's match is read at its last token; `around`: the other tokens of the texts are
 * drawn too, to compare with.
 */
export type PointsAt = { kind: 'pattern'; pattern: string; around?: boolean } | { kind: 'tokens' } | { kind: 'last' };

export const projectionMethods = ['pca', 'umap', 'tsne'] as const;
export type ProjectionMethod = (typeof projectionMethods)[number];

export interface EmbeddingsParams {
  texts: SourceText[];
  at: PointsAt;
  method: ProjectionMethod;
  /** Layers that are drawn; each is aligned (sign, order and rotation of the axes) with the one before. */
  layers: number[];
  /** own = axes fitted to each layer; frozen = all layers on the axes fitted to `basisLayer`. */
  basis: 'own' | 'frozen';
  basisLayer: number;
  /** Leave out tokens whose norm is many times the others' (the first token's): they would be the first axis. */
  leaveOutMassive: boolean;
  /** A direction in place of the first axis (a probe's); [D]. */
  axis: number[] | null;
  seed: number;
}

export interface EmbeddedPoint {
  /** Index into `texts`. */
  source: number;
  position: number;
  text: string;
  /** The words around it, with its own place in them. */
  context: string;
  contextAt: [start: number, end: number];
  group: string | null;
  /** UTF-16 range in its text as rendered. */
  range: [start: number, end: number];
  /** Not itself asked for: it takes part in the picture, not in cosines and separation. */
  beside: boolean;
  /** Its norm at some layer is too large: not part of the fit, drawn apart. */
  leftOut: boolean;
}

export interface EmbeddedLayer {
  layer: number;
  /** [N] in the projection's own units, equal on both axes; N counts the points that are not left out, which come first. Among
   *  them the points asked for come first, then those beside. */
  x: number[];
  y: number[];
  /** Share of the variance on each axis, of PCA; null for the other methods. */
  variance: [number, number] | null;
  /** [M][M] cosine of the states in the full space; M ≤ 60 points asked for and not left out; null beyond. */
  cosine: number[][] | null;
  /** [M] nearest points beside, as indices into `points`; null without points beside, and where M > 60. */
  nearest: { point: number; cosine: number }[][] | null;
  /** In the full space; null with fewer than two groups. */
  separation: Separation | null;
}

export interface Separation {
  /** Mean cosine of pairs of the same group, and of different groups. */
  within: number;
  across: number;
  /** Share of nearest neighbours (by cosine) that are of the point's own group, and what random grouping would give: mean and
   *  standard deviation over shuffles of the labels. */
  neighbours: number;
  chance: number;
  chanceSpread: number;
}

export interface EmbeddingsResult {
  method: ProjectionMethod;
  points: EmbeddedPoint[];
  layers: EmbeddedLayer[];
  /** How many points were asked for; more than `points` where the limit cut them off. */
  found: number;
}

/** Nearest to one point at one layer: among the points, and at layer 0 in the whole vocabulary. */
export interface NeighboursResult {
  points: { source: number; position: number; cosine: number }[];
  vocabulary: { id: number; text: string; cosine: number }[] | null;
}

/** What is plotted, once automatic choices are made. */
export interface EmbeddingsPlan {
  source: EmbeddingsSource;
  at: PointsAt['kind'];
  /** For `at` = pattern; as it was typed or found. */
  pattern: string;
  /** '' = the texts as they stand. */
  template: string;
  /** Column that decides the groups; null without. */
  groupBy: string | null;
  /** Of a table. */
  columns: string[];
  reading?: TableReading;
}

export interface EmbeddingsData {
  /** The file in front, as one text: the selection counts in its tokens. */
  prompt: Prompt;
  plan: EmbeddingsPlan;
  /** What `source` of a point indexes: a line or a cell (cut if long), or a file's name; its number of tokens. */
  texts: { label: string; tokens: number }[];
  /** [points] token of `prompt` that a point is; null for one that is not in the file (a template's, another file's). */
  places: (number | null)[];
  result: EmbeddingsResult;
}

/** The prompt in front, each of its lines, its rows as a table, all open prompt files. */
export const embeddingsSources = ['prompt', 'lines', 'table', 'open'] as const;
export type EmbeddingsSource = (typeof embeddingsSources)[number];

export interface EmbeddingsRequests {
  embeddings: { params: EmbeddingsParams; result: { runMs: number; result: EmbeddingsResult }; progress: Progress };
  /** Nearest to one of the points by cosine similarity, in the full space. */
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
      /** auto = a table for a .csv, lines where one word stands in all of them, else the prompt. */
      source: choice(automatic(embeddingsSources), 'auto', 'result'),
      /** auto = the word that stands in all lines, the last token of a table's rows, else all tokens. */
      at: choice(['auto', 'pattern', 'tokens', 'last'], 'auto', 'result'),
      /** A word (matched whole) or a regular expression; '' = the one found. */
      pattern: name('', 'result'),
      /** With `{x}` where each line or row goes; null = found, '' = none. */
      template: optionalName('result'),
      /** A table's column; null = found, '' = none. */
      groupBy: optionalName('result'),
      /** Groups given by hand to texts. */
      marks: listOf(v.object({ text: whole(), group: shortText() }), 'result'),
      method: flagged(choice(projectionMethods, 'pca', 'result'), '--method <name>', 'how the plane is found'),
      basis: flagged(
        choice(projectionBases, 'own', 'result'),
        '--basis <kind>',
        "own = the layer's own axes; frozen = drawn on the axes of another layer (pca only)",
      ),
      /** The layer that `frozen` is fitted to. */
      basisLayer: flagged(count(0, 'result'), '--basis-layer <n>', 'whose axes --basis frozen draws on (default: 0)', {
        without: null,
      }),
      leaveOutMassive: flagged(
        switched(true, 'result'),
        '--leave-out-massive',
        'leave out tokens whose state is many times as long as the others',
        { without: false },
      ),
      seed: flagged(count(1, 'result'), '--seed <n>', 'for umap and tsne'),
      /** A probe's direction in place of the first axis; [D]. */
      axis: direction('result'),
      /** The layer on screen: nothing is computed for it. Null = a third of the way up. */
      layer: optionalCount('drawing'),
    },
    depends({ basis, basisLayer, method, seed, ...rest }) {
      const frozen = method === 'pca' && basis === 'frozen';
      return [rest, method, frozen && basisLayer, method !== 'pca' && seed];
    },
  });

/** How files become texts whose states are read. */
export const textsFlags = () => ({
  lines: flagged(switched(false, 'result'), '--lines', 'each line of a file is a text'),
  template: flagged(optionalText('result'), '--template <text>', 'put each line or row into a text, where it says {x}'),
});

export function embeddingsFlags() {
  const { method, basis, basisLayer, leaveOutMassive, seed } = embeddings().options;
  return {
    layer: flagged(
      optionalCount('result', { least: 0, most: 1000 }),
      '--layer <n>',
      '0 = the embedding table, the last = after all blocks (the default)',
    ),
    ...{ method, basis, basisLayer },
    axis: flagged(
      file('result'),
      '--axis <probe.json>',
      'a probe\'s direction in place of the first axis ("probe train -o", or truth; pca only)',
    ),
    seed,
    ...textsFlags(),
    select: flagged(optionalName('result'), '--select <regex>', 'only what matches, read at its last token'),
    around: flagged(
      switched(false, 'result'),
      '--around',
      'with --select: the other tokens are part of the picture too',
    ),
    last: flagged(switched(false, 'result'), '--last', 'only the last token of each text'),
    leaveOutMassive,
  };
}

export type EmbeddingsIntent = Values<ReturnType<typeof embeddings>['options']>;

/** cosine: of two points, named by their texts, at a layer, in the full space. */
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
