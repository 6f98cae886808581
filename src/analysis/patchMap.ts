/**
 * Everything about what a second prompt's states recover: by residual stream and by head, first from one gradient for all places
 * at once, then exactly, place by place, the likeliest first. Grows while it is computed; see patching.ts for what is measured.
 */
import type { PatchMap } from '../protocol/explain';
import { patchCredit, unlessRefused } from './attributionPatching';
import type { Differentiable } from './differentiable';
import type { Model } from './model';
import { comparePrompts, headVariants, type PromptPair, recovered, residualVariants } from './patching';
import { type Target, targetResult } from './target';
import { costOf, type ScoringOptions, scoreVariants, type Variant } from './variants';

/** `snapshot` copies what is known; tokens run and to run. */
export type OnStep<R> = (snapshot: () => R, done: number, total: number) => void;

export interface PatchMapOptions extends Pick<ScoringOptions, 'known' | 'signal' | 'batch'> {
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
  { known, signal, batch, onStep }: PatchMapOptions = {},
): Promise<PatchMap> {
  const pair = await comparePrompts(model, ids, from, target, { known, signal, heads: true });
  const map = emptyMap(model, target, pair);
  const residual = residualVariants(pair);
  const heads = headVariants(pair);
  fillInert(map.residual, residual);
  const total = costOf([...residual.values(), ...heads.values()]);
  let done = 0;
  const tell = (more = 0) => onStep?.(() => copied(map), done + more, total);
  tell();

  const credit = await unlessRefused(patchCredit(model.info, differentiable, target, pair.differences, signal));
  if (credit) {
    const share = (value: number) => value / (pair.other - pair.base);
    map.residualPreview = credit.residual.map((row) => row.map(share));
    map.headsPreview = credit.heads.map((row) => row.map(share));
    tell();
  }
  const turns = [
    ...turnsOf(residual, map.residualPreview, map.residual),
    ...turnsOf(heads, map.headsPreview, map.heads),
  ].sort((a, b) => a.rank - b.rank || a.cost - b.cost);
  for (const { variants: turn, scores, cost } of turns) {
    const places = [...turn.keys()];
    const columns = scores[0].length;
    await scoreVariants(model, target, [...turn.values()], {
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
function fillInert(scores: (number | null)[][], variants: ReadonlyMap<number, Variant>): void {
  scores.forEach((row, layer) => {
    row.forEach((_, column) => {
      if (!variants.has(layer * row.length + column)) row[column] = 0;
    });
  });
}

/** Places that are read together, and where their scores belong. */
interface Turn {
  variants: Map<number, Variant>;
  scores: (number | null)[][];
  /** 0 = the likeliest places; 1 = the rest, of which the cheaper map comes first. */
  rank: 0 | 1;
  cost: number;
}

/** The places of largest preview, largest first, and the rest; all at once where there is no preview. */
function turnsOf(
  variants: ReadonlyMap<number, Variant>,
  preview: readonly (readonly number[])[] | null,
  scores: (number | null)[][],
): Turn[] {
  const order = [...variants];
  const guess = preview?.flat();
  if (guess) order.sort(([a], [b]) => Math.abs(guess[b]) - Math.abs(guess[a]));
  const count = guess ? firstPlaces : 0;
  const turn = (some: typeof order, rank: Turn['rank']): Turn[] =>
    some.length === 0
      ? []
      : [{ variants: new Map(some), scores, rank, cost: costOf(some.map(([, variant]) => variant)) }];
  return [...turn(order.slice(0, count), 0), ...turn(order.slice(count), 1)];
}

const copied = (map: PatchMap): PatchMap => ({
  ...map,
  residual: map.residual.map((row) => [...row]),
  heads: map.heads.map((row) => [...row]),
});
