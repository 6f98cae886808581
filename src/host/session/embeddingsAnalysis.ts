/**
 * The Embeddings tab's question to the engine, and the questions that follow from its answer. Knows the wire, but neither VS Code nor the
 * session.
 */
import type {
  EmbeddedPoint,
  EmbeddingsData,
  EmbeddingsIntent,
  EmbeddingsParams,
} from '../../analysis/embeddings/contract';
import type { PanelHostApi } from '../../analysis/panel';
import type { Prompt } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Answered, Asked, Question, SessionEngine } from './analyses';
import { embeddedTexts, noTokens, pointsAt, type Spot } from './embeddedTexts';

/** Pictures in the strip above the large one; slow methods, which take seconds per layer, request only these layers at first. */
const stripPictures = 11;

/** The parameters of each result, for the questions that follow. */
const askedWith = new WeakMap<EmbeddingsData, EmbeddingsParams>();

/** Layers that are requested unasked: all of them where a picture costs nothing, or else those of the strip. */
export function layersAtOnce(method: EmbeddingsIntent['method'], blocks: number): number[] {
  const every = Array.from({ length: blocks + 1 }, (_, layer) => layer);
  return method === 'pca' ? every : stripLayers(blocks);
}

/** Evenly spaced layers, for example every third of thirty blocks. */
export function stripLayers(blocks: number): number[] {
  const step = Math.max(1, Math.ceil(blocks / (stripPictures - 1)));
  return Array.from({ length: blocks + 1 }, (_, layer) => layer).filter((layer) => layer % step === 0);
}

export async function askEmbeddings(
  engine: SessionEngine,
  { source, input, intent, openPrompts }: Question,
  asked: Asked<EmbeddingsData>,
): Answered<EmbeddingsData> {
  const { embeddings } = intent;
  const chosen = await embeddedTexts(source, input, embeddings, openPrompts);
  const { model } = await engine.load();
  const { method, basis, leaveOutMassive, axis, seed } = embeddings;
  const params: EmbeddingsParams = {
    texts: chosen.texts,
    at: pointsAt(chosen.plan),
    layers: layersAtOnce(method, model.layers),
    basisLayer: Math.min(embeddings.basisLayer, model.layers),
    ...{ method, basis, leaveOutMassive, seed },
    // A direction of a model with another width has another length.
    axis: axis?.length === model.width ? axis : null,
  };
  const options = { signal: asked.signal, onProgress: asked.onProgress };
  const { result, runMs, ...answer } = await engine.request('embeddings', { ...params, shown: input }, options);
  const prompt = answer.prompt ?? noTokens(source);
  const data = {
    prompt,
    plan: chosen.plan,
    texts: chosen.labels.map((label, text) => ({ label, tokens: lastPosition(result.points, text) + 1 })),
    places: placesOf(prompt, result.points, chosen.spots),
    result,
    runMs,
  };
  askedWith.set(data, params);
  return data;
}

/** Rejects with `noResult` while there is no result. */
export async function askLayers(
  engine: SessionEngine,
  data: EmbeddingsData | null,
  { layers }: PanelHostApi['requests']['embeddingLayers']['params'],
  signal: AbortSignal,
): Promise<PanelHostApi['requests']['embeddingLayers']['result']> {
  const { result } = await engine.request('embeddings', { ...paramsOf(data), layers }, { signal });
  return { layers: result.layers };
}

export async function askNeighbours(
  engine: SessionEngine,
  data: EmbeddingsData | null,
  { source, position, layer, count }: PanelHostApi['requests']['neighbours']['params'],
  signal: AbortSignal,
): Promise<PanelHostApi['requests']['neighbours']['result']> {
  const point = { source, position };
  return engine.request('neighbours', { ...paramsOf(data), point, layer, count }, { signal });
}

function paramsOf(data: EmbeddingsData | null): EmbeddingsParams {
  const params = data && askedWith.get(data);
  if (!params) throw new ProblemError('noResult');
  return params;
}

/** The last position among the points of one text; −1 without any. */
function lastPosition(points: readonly EmbeddedPoint[], text: number): number {
  return Math.max(-1, ...points.filter(({ source }) => source === text).map(({ position }) => position));
}

/** Position of the file's own token in which each point ends. */
export function placesOf(
  { tokens }: Prompt,
  points: readonly EmbeddedPoint[],
  spots: readonly Spot[],
): (number | null)[] {
  const own = tokens.flatMap(({ source }, position) => (source ? [{ source, position }] : []));
  return points.map(({ source, position, range }) => {
    const spot = spots[source];
    if (!spot) return null;
    if ('whole' in spot) return position;
    const last = range[1] - 1;
    if (last < spot.slot[0] || last >= spot.slot[1]) return null;
    const offset = spot.at + last - spot.slot[0];
    return own.find(({ source: [start, end] }) => start <= offset && offset < end)?.position ?? null;
  });
}
