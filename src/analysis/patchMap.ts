/**
 * Everything about what a second prompt's states recover: by residual stream and by head, first from one gradient for all places
 * at once, then exactly, place by place, the likeliest first. Grows while it is computed; see patching.ts for what is measured.
 * Of long prompts the residual stream and the heads take turns in memory: a gradient for each, and their differences once more.
 */
import type { PatchMap } from '../protocol/explain';
import { patchCredit, unlessRefused } from './attributionPatching';
import type { Differentiable } from './differentiable';
import type { Model } from './model';
import { comparePrompts, headVariants, type PromptPair, recovered, residualVariants } from './patching';
import { StateDifferences, type StateDifferencesOptions, type StateKind } from './stateDifferences';
import { type Target, targetResult } from './target';
import { costOf, type ScoringOptions, scoreVariants, type Variant } from './variants';

/** `snapshot` copies what is known; tokens run and to run. */
export type OnStep<R> = (snapshot: () => R, done: number, total: number) => void;

export interface PatchMapOptions
  extends Pick<ScoringOptions, 'known' | 'signal' | 'batch'>,
    Pick<StateDifferencesOptions, 'heldBytes'> {
  onStep?: OnStep<PatchMap>;
}

/** Places of each map whose exact scores come before all others'. */
const firstPlaces = 32;

/** `from`: ids of the second prompt. Rejects as `comparePrompts` does. */
export async function patchMap(
  model: Model,
  differentiable: Differentiable,
  ids: readonly number[],
  from: readonly number[],
  target: Target,
  { known, signal, batch, heldBytes, onStep }: PatchMapOptions = {},
): Promise<PatchMap> {
  const pair = await comparePrompts(model, ids, from, target, { known, signal });
  const differences = new StateDifferences(model, pair, { known, signal, heldBytes });
  const map = emptyMap(model, target, pair);
  const costs = { hidden: await residualCosts(pair, differences), heads: headCosts(model, pair) };
  fillInert(map.residual, costs.hidden);
  const total = sumOf([...costs.hidden.values(), ...costs.heads.values()]);
  let done = 0;
  const tell = (more = 0) => onStep?.(() => copied(map), done + more, total);
  tell();

  const shares = (rows: number[][]) => rows.map((row) => row.map((value) => value / (pair.other - pair.base)));
  for (const kinds of differences.together) {
    const credited = differences
      .of(...kinds)
      .then((some) => patchCredit(model.info, differentiable, target, some, signal));
    const credit = await unlessRefused(credited);
    if (!credit) continue;
    if (kinds.includes('hidden')) map.residualPreview = shares(credit.residual);
    if (kinds.includes('heads')) map.headsPreview = shares(credit.heads);
    tell();
  }
  const turns = [
    ...turnsOf('hidden', costs.hidden, map.residualPreview),
    ...turnsOf('heads', costs.heads, map.headsPreview),
  ].sort((a, b) => a.rank - b.rank || a.cost - b.cost);
  for (const { kind, places, cost } of turns) {
    const scores = kind === 'hidden' ? map.residual : map.heads;
    const columns = scores[0].length;
    await scoreVariants(model, target, await variantsOf(pair, differences, kind, places), {
      known,
      signal,
      batch,
      onValues: (indices, values) => {
        indices.forEach((index, at) => {
          scores[Math.floor(places[index] / columns)][places[index] % columns] = recovered(pair, values[at]);
        });
      },
      onProgress: (run, toRun) => tell((cost * run) / toRun),
    });
    done += cost;
  }
  return { ...map, complete: true };
}

/** Place → what its variant costs, of the places where putting the state in changes something. */
type Costs = ReadonlyMap<number, number>;

async function residualCosts(pair: PromptPair, differences: StateDifferences): Promise<Costs> {
  const { hidden } = await differences.of('hidden');
  return new Map([...residualVariants(pair, hidden)].map(([place, variant]) => [place, costOf([variant])]));
}

function headCosts({ info: { layers, heads } }: Model, { first, start }: PromptPair): Costs {
  return new Map(Array.from({ length: layers * heads }, (_, place) => [place, first.length - start]));
}

/** Holds the differences of one kind, and nothing else of them. */
async function variantsOf(
  pair: PromptPair,
  differences: StateDifferences,
  kind: StateKind,
  places: readonly number[],
): Promise<Variant[]> {
  const variants =
    kind === 'hidden'
      ? residualVariants(pair, (await differences.of('hidden')).hidden)
      : headVariants(pair, (await differences.of('heads')).heads);
  return places.flatMap((place) => variants.get(place) ?? []);
}

function emptyMap({ info: { layers, heads } }: Model, target: Target, { first, base, other }: PromptPair): PatchMap {
  const unknown = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => new Array<number | null>(columns).fill(null));
  return {
    target: targetResult(target),
    value: base,
    second: other,
    residual: unknown(layers + 1, first.length),
    heads: unknown(layers, heads),
    residualPreview: null,
    headsPreview: null,
    complete: false,
  };
}

/** Where putting the state in changes nothing. */
function fillInert(scores: (number | null)[][], costs: Costs): void {
  scores.forEach((row, layer) => {
    row.forEach((_, column) => {
      if (!costs.has(layer * row.length + column)) row[column] = 0;
    });
  });
}

/** Places that are read together. */
interface Turn {
  kind: StateKind;
  places: number[];
  /** 0 = the likeliest places; 1 = the rest, of which the cheaper map comes first. */
  rank: 0 | 1;
  cost: number;
}

/** The places of largest preview, largest first, and the rest; all at once where there is no preview. */
function turnsOf(kind: StateKind, costs: Costs, preview: readonly (readonly number[])[] | null): Turn[] {
  const order = [...costs.keys()];
  const guess = preview?.flat();
  if (guess) order.sort((a, b) => Math.abs(guess[b]) - Math.abs(guess[a]));
  const count = guess ? firstPlaces : 0;
  const turn = (places: number[], rank: Turn['rank']): Turn[] =>
    places.length === 0 ? [] : [{ kind, places, rank, cost: sumOf(places.map((place) => costs.get(place) ?? 0)) }];
  return [...turn(order.slice(0, count), 0), ...turn(order.slice(count), 1)];
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const copied = (map: PatchMap): PatchMap => ({
  ...map,
  residual: map.residual.map((row) => [...row]),
  heads: map.heads.map((row) => [...row]),
});
