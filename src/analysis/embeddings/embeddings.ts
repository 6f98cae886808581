/**
 * The positions of chosen tokens relative to each other, layer by layer: which tokens become points, their pictures, similarities and the
 * separation of their groups. The same token has the same vector everywhere until attention distinguishes its occurrences.
 */

import type { Prompt, Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Model } from '../shared/model';
import { readStates } from '../shared/states';
import type {
  EmbeddedLayer,
  EmbeddedPoint,
  EmbeddingsParams,
  EmbeddingsResult,
  PointsAt,
  ProjectionMethod,
} from './contract';
import { type Plane, type ProjectionOptions, planes } from './project';
import { cosines, separation } from './separation';

/** The most points of one picture: a page draws no more, and similarities grow with their square. */
export const mostPoints = 1000;
/** The most points for which similarities are handed out as a table. */
const mostInTable = 60;
const mostNear = 3;
/** A state this many times as long as the median of its layer would become an axis by itself: first tokens, and words that act like one. */
const massive = 4;
const contextCharacters = 24;

export interface EmbeddingsOptions extends Omit<EmbeddingsParams, 'texts' | 'at'> {
  signal?: AbortSignal;
  pause?: () => Promise<void>;
  onProgress?: (done: number, total: number) => void;
}

/** States of the points at all layers 0 … L; the engine keeps them for other pictures of the same points. */
export interface PointStates {
  points: Omit<EmbeddedPoint, 'leftOut'>[];
  /** The number of points without the limit. */
  found: number;
  /** [N, D] each. */
  layers: ReadonlyMap<number, Float32Array>;
}

/**
 * `matches`: UTF-16 ranges of a pattern in each prompt's rendered string, ascending. With `around`, the tokens outside all matches follow
 * after them, provided that there is any match at all.
 */
export function choosePoints(
  prompts: readonly Prompt[],
  groups: readonly (string | null)[],
  at: PointsAt['kind'],
  matches: readonly (readonly Range[])[],
  around = false,
): PointStates['points'] {
  const pointOf = (source: number, beside: boolean, { position, range }: Place): PointStates['points'][number] => {
    const { rendered } = prompts[source];
    const [start, end] = range;
    const from = Math.max(0, start - contextCharacters);
    const context = rendered.slice(from, end + contextCharacters);
    const contextAt: Range = [start - from, end - from];
    const text = rendered.slice(start, end);
    return { source, position, text, context, contextAt, group: groups[source], range, beside };
  };
  const chosen = prompts.flatMap(({ tokens }, source) =>
    positionsOf(tokens, at, matches[source] ?? []).map((place) => pointOf(source, false, place)),
  );
  if (!around || chosen.length === 0) return chosen;
  const others = prompts.flatMap(({ tokens }, source) =>
    tokens
      .map((_, position) => ownPlace(tokens, position))
      .filter(({ range: [start, end] }) => !(matches[source] ?? []).some(([from, to]) => start < to && end > from))
      .map((place) => pointOf(source, true, place)),
  );
  return [...chosen, ...others];
}

interface Place {
  position: number;
  range: Range;
}

function ownPlace(tokens: Prompt['tokens'], position: number): Place {
  return { position, range: [tokens[position].start, tokens[position].end] };
}

function positionsOf(tokens: Prompt['tokens'], at: PointsAt['kind'], matches: readonly Range[]): Place[] {
  if (at === 'tokens') return tokens.map((_, position) => ownPlace(tokens, position));
  if (at === 'last') return [ownPlace(tokens, tokens.length - 1)];
  return matches.flatMap(([start, end]) => {
    let position = tokens.length - 1;
    while (position >= 0 && !(tokens[position].start < end && tokens[position].end > start)) position--;
    return position < 0 ? [] : [{ position, range: [start, end] as Range }];
  });
}

/** Rejects with `noPoints` where nothing was chosen, and with `cancelled` between passes. */
export async function readPoints(
  model: Model,
  prompts: readonly Prompt[],
  chosen: PointStates['points'],
  { signal, onProgress }: Pick<EmbeddingsOptions, 'signal' | 'onProgress'>,
): Promise<PointStates> {
  if (chosen.length === 0) throw new ProblemError('noPoints');
  // States arrive text by text, in the order of the texts.
  const points = chosen.slice(0, mostPoints).sort((a, b) => a.source - b.source);
  const texts = prompts.map(({ tokens }, source) => ({
    ids: tokens.map((token) => token.id),
    positions: points.filter((point) => point.source === source).map((point) => point.position),
  }));
  const used = texts.filter(({ positions }) => positions.length > 0);
  const every = Array.from({ length: model.info.layers + 1 }, (_, layer) => layer);
  const { layers } = await readStates(model, used, { layers: every, signal, onProgress });
  return { points, found: chosen.length, layers };
}

export async function embeddings(
  { points, found, layers: states }: PointStates,
  width: number,
  options: EmbeddingsOptions,
): Promise<EmbeddingsResult> {
  const { method, layers, basis, basisLayer, leaveOutMassive, axis, seed, pause, onProgress } = options;
  const massivePoints = leaveOutMassive ? tooLong(states, width) : new Set<number>();
  const kept = points.map((_, point) => point).filter((point) => !massivePoints.has(point));
  if (kept.length === 0) throw new ProblemError('noPoints');
  const compared = kept.filter((point) => !points[point].beside);
  const beside = kept.filter((point) => points[point].beside);
  const fitted = [...compared, ...beside];
  const rowsOf = (layer: number, chosen: readonly number[] = fitted) =>
    rows(states.get(layer) ?? new Float32Array(0), width, chosen);
  const draw = (own: ProjectionMethod, at: readonly number[], more: Partial<ProjectionOptions> = {}) =>
    planes(new Map(at.map((layer) => [layer, rowsOf(layer)])), {
      ...{ method: own, width, basisLayer: null, axis, seed, pause },
      ...more,
    });
  // Signs are passed on from layer to layer, so a layer is oriented the same way whichever others are asked for: at the embedding table the
  // largest component of an axis is positive, and after each block the signs are those nearest to the block before.
  const chain = Array.from({ length: Math.max(...layers) + 1 }, (_, layer) => layer);
  const isFrozen = basis === 'frozen' && method === 'pca';
  const drawn = isFrozen
    ? await draw('pca', [...new Set([...layers, basisLayer])], { basisLayer, onProgress })
    : method === 'pca'
      ? await draw('pca', chain, { onProgress })
      : await draw(method, layers, { like: byLayer(await draw('pca', chain, { axis: null })), onProgress });
  const groups = compared.map((point) => points[point].group);
  const few = compared.length <= mostInTable;
  const result: EmbeddedLayer[] = drawn
    .filter(({ layer }) => layers.includes(layer))
    .map(({ layer, x, y, variance }) => {
      const grouped = groups.some((group) => group !== null);
      const similarity = few || grouped ? cosines(rowsOf(layer, compared), width) : null;
      const isNear = few && beside.length > 0 && compared.length > 0;
      return {
        layer,
        x,
        y,
        variance,
        cosine: few ? similarity : null,
        nearest: isNear ? nearestBeside(rowsOf(layer), width, compared.length) : null,
        separation: similarity && separation(similarity, groups),
      };
    });
  const ordered = [...fitted, ...massivePoints];
  return {
    method,
    points: ordered.map((point) => ({ ...points[point], leftOut: massivePoints.has(point) })),
    layers: result,
    found,
  };
}

const byLayer = (drawn: readonly Plane[]) => new Map(drawn.map((plane) => [plane.layer, plane]));

/** For each of the first rows, the rows from `first` onwards that are most similar to it, as indices among all rows. */
function nearestBeside(all: Float32Array, width: number, first: number): NonNullable<EmbeddedLayer['nearest']> {
  const row = (point: number) => all.subarray(point * width, (point + 1) * width);
  const others = Array.from({ length: all.length / width - first }, (_, index) => first + index);
  return Array.from({ length: first }, (_, point) =>
    others
      .map((other) => ({ point: other, cosine: cosine(row(point), row(other)) }))
      .sort((a, b) => b.cosine - a.cosine || a.point - b.point)
      .slice(0, mostNear),
  );
}

/** Points, ordered by similarity to one of them at one layer. */
export function nearestPoints(states: Float32Array, width: number, to: number, count: number) {
  const target = states.subarray(to * width, (to + 1) * width);
  const size = states.length / width;
  return Array.from({ length: size }, (_, index) => ({
    index,
    cosine: cosine(target, states.subarray(index * width, (index + 1) * width)),
  }))
    .filter(({ index }) => index !== to)
    .sort((a, b) => b.cosine - a.cosine || a.index - b.index)
    .slice(0, count);
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let first = 0;
  let second = 0;
  for (let at = 0; at < a.length; at++) {
    product += a[at] * b[at];
    first += a[at] * a[at];
    second += b[at] * b[at];
  }
  const scale = Math.sqrt(first * second);
  return scale > 0 ? product / scale : 0;
}

function rows(states: Float32Array, width: number, chosen: readonly number[]): Float32Array {
  const out = new Float32Array(chosen.length * width);
  chosen.forEach((point, place) => {
    out.set(states.subarray(point * width, (point + 1) * width), place * width);
  });
  return out;
}

/** Points whose state at some layer is many times as long as the layer's median. */
function tooLong(states: ReadonlyMap<number, Float32Array>, width: number): Set<number> {
  const found = new Set<number>();
  for (const layer of states.values()) {
    const lengths = Array.from({ length: layer.length / width }, (_, point) => {
      let sum = 0;
      for (let at = point * width; at < (point + 1) * width; at++) sum += layer[at] ** 2;
      return Math.sqrt(sum);
    });
    const median = [...lengths].sort((a, b) => a - b)[Math.floor(lengths.length / 2)];
    lengths.forEach((length, point) => {
      if (length > massive * median) found.add(point);
    });
  }
  return found;
}
