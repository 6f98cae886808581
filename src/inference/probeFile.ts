/**
 * A truth probe as a file: JSON with its card, and arrays as base64 of little-endian float32. A file comes from strangers, so its
 * sizes are checked against the model before anything else is read from it. Engine only.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredProbe } from '../analysis/truth/contract';
import type { LinearProbe, TruthProbe } from '../analysis/truth/truthProbe';
import { type Clause, clause } from '../protocol/clauses';
import type { ModelInfo } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { type CheckedProbe, checkedProbe, probeHead } from './probeSchema';

const largestFile = 32 * 1024 * 1024;

export function storeProbe({ card, verdict, layers, platt, region }: TruthProbe): StoredProbe {
  const all = (probes: readonly LinearProbe[]) => probes.flatMap(({ weights, bias }) => [...weights, bias]);
  return {
    schema: 3,
    kind: 'truth',
    card: { ...card, map: { ...card.map, x: card.map.x.map(short), y: card.map.y.map(short) } },
    arrays: {
      verdict: base64(all([verdict])),
      layers: base64(all(layers)),
      mean: base64(region.mean),
      axes: base64(region.axes.flatMap((axis) => [...axis])),
      variance: base64(region.variance),
    },
    platt,
    limit: region.limit,
    rest: region.rest,
  };
}

/** Five digits are finer than a pixel. */
const short = (value: number): number => Number(value.toPrecision(5));

/** Path of a bundled model's probe, which lies beside its statements. */
export const bundledProbe = (models: string): string => join(models, 'truth', 'probe.json');

/** `named`: the user's own file; null = the bundled one. Throws `probeMissing`, `probeMalformed`, `probeOtherModel`. */
export async function loadProbe(named: string | null, bundled: string, model: ModelInfo): Promise<TruthProbe> {
  const path = named ?? bundled;
  let text: string;
  try {
    if ((await stat(path)).size > largestFile) throw malformed(path, clause('tooLarge'));
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw named === null ? new ProblemError('probeMissing', [model.name]) : malformed(path, clause('noSuchFile'));
  }
  return readProbe(text, path, model);
}

/** A probe of this model from a file's text. Throws `probeMalformed` with the name of the wrong field, `probeOtherModel`. */
export function readProbe(
  text: string,
  path: string,
  model: Pick<ModelInfo, 'name' | 'sha256' | 'width' | 'layers'>,
): TruthProbe {
  const { card, arrays, platt, rest, limit } = checked(text, path, model);
  const { width, layers: blocks } = model;
  const take = (name: keyof typeof arrays, length: number | null): Float64Array => {
    const values = numbers(arrays[name]);
    const whole = length === null ? values.length > 0 && values.length % width === 0 : values.length === length;
    if (!whole || !values.every(Number.isFinite)) throw malformed(path, clause('wrongSize', name));
    return values;
  };
  const one = 2 * width + 1;
  const all = take('layers', one * (blocks + 1));
  const probe = (values: Float64Array): LinearProbe => ({ weights: values.slice(0, one - 1), bias: values[one - 1] });
  const axes = take('axes', null);
  const count = axes.length / width;
  return {
    card,
    verdict: probe(take('verdict', one)),
    layers: Array.from({ length: blocks + 1 }, (_, layer) => probe(all.subarray(layer * one, (layer + 1) * one))),
    platt,
    region: {
      mean: take('mean', width),
      axes: Array.from({ length: count }, (_, k) => axes.slice(k * width, (k + 1) * width)),
      variance: take('variance', count),
      rest,
      limit,
    },
  };
}

function checked(text: string, path: string, model: Pick<ModelInfo, 'name' | 'sha256' | 'layers'>): CheckedProbe {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(path, clause('notJson'));
  }
  const head = probeHead(value);
  if (!head) throw malformed(path, clause('notThisVersion'));
  if (head.modelSha256 !== model.sha256) throw new ProblemError('probeOtherModel', [path, model.name]);
  const found = checkedProbe(value, model.layers);
  if ('wrong' in found) throw malformed(path, clause('fieldWrong', found.wrong));
  return found.probe;
}

const malformed = (path: string, cause: Clause) => new ProblemError('probeMalformed', [path, cause]);

function base64(values: ArrayLike<number>): string {
  return Buffer.from(Float32Array.from(values).buffer).toString('base64');
}

function numbers(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  return Float64Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4));
}
