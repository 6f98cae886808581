/**
 * How much a second prompt's states recover: by residual stream and by head, first (where that is asked for) from one gradient for all
 * places at once, then exactly, place by place, the likeliest first. The map grows while it is computed; patching.ts says what is measured.
 * For long prompts the residual stream and the heads take turns in memory: each has its own gradient, and the differences are computed once
 * more.
 */

import type { Differentiable } from '../shared/differentiable';
import type { Model } from '../shared/model';
import {
  type DifferencePart,
  StateDifferences,
  type StateDifferencesOptions,
  type StateKind,
} from '../shared/stateDifferences';
import { type Target, targetResult } from '../shared/target';
import { type ScoringOptions, scoreVariants, type Variant } from '../shared/variants';
import { patchCredit, unlessRefused } from './attributionPatching';
import { type PatchMap, type PatchPart, patchParts } from './contract';
import { comparePrompts, headVariants, type PromptPair, recovered, residualPlaces, residualVariants } from './patching';

/** `snapshot` copies the current results; the numbers are the tokens run and to run. */
export type OnStep<R> = (snapshot: () => R, done: number, total: number) => void;

export interface PatchMapOptions
  extends Pick<ScoringOptions, 'known' | 'signal' | 'batch'>,
    Pick<StateDifferencesOptions, 'heldBytes'> {
  /** Default: both. */
  parts?: readonly PatchPart[];
  /** Without it, only the exact scores are computed. */
  preview?: boolean;
  onStep?: OnStep<PatchMap>;
}

/** Number of places in each map whose exact scores are computed before all others. */
const firstPlaces = 32;

/** `from`: ids of the second prompt. Rejects as `comparePrompts` does. */
export async function patchMap(
  model: Model,
  differentiable: Differentiable,
  ids: readonly number[],
  from: readonly number[],
  target: Target,
  { parts = patchParts, preview = true, known, signal, batch, heldBytes, onStep }: PatchMapOptions = {},
): Promise<PatchMap> {
  const pair = await comparePrompts(model, ids, from, target, { known, signal });
  const kinds = parts.map((part): StateKind => (part === 'residual' ? 'hidden' : part));
  const differences = new StateDifferences(model, pair, { known, signal, heldBytes, kinds });
  const map = emptyMap(model, target, pair, kinds);
  const places = placesOf(model, pair, kinds);
  fillInert(map.residual, places.hidden);
  const total = costOf(pair, 'hidden', places.hidden) + costOf(pair, 'heads', places.heads);
  let done = 0;
  const tell = (more = 0) => onStep?.(() => copied(map), done + more, total);
  tell();

  const shares = (rows: number[][]) => rows.map((row) => row.map((value) => value / (pair.other - pair.base)));
  for (const some of preview ? differences.together : []) {
    const visit = (onPart: (part: DifferencePart) => void) => differences.visit(some, onPart);
    const credit = await unlessRefused(patchCredit(model.info, differentiable, target, some, visit, signal));
    if (!credit) continue;
    if (some.includes('hidden')) map.residualPreview = shares(credit.residual);
    if (some.includes('heads')) map.headsPreview = shares(credit.heads);
    tell();
  }
  const turns = [
    ...turnsOf(pair, 'hidden', places.hidden, map.residualPreview),
    ...turnsOf(pair, 'heads', places.heads, map.headsPreview),
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

/** Places of each map that are read. */
type Places = Record<StateKind, number[]>;

function placesOf({ info: { layers, heads } }: Model, pair: PromptPair, kinds: readonly StateKind[]): Places {
  return {
    hidden: kinds.includes('hidden') ? residualPlaces(pair, layers) : [],
    heads: kinds.includes('heads') ? Array.from({ length: layers * heads }, (_, place) => place) : [],
  };
}

/** Number of tokens that are run. */
function costOf({ first, start }: PromptPair, kind: StateKind, places: readonly number[]): number {
  const T = first.length;
  return places.reduce((sum, place) => sum + T - (kind === 'hidden' ? place % T : start), 0);
}

/** Uses the differences of its own kind only; those of the other kind may be released. */
async function variantsOf(
  pair: PromptPair,
  differences: StateDifferences,
  kind: StateKind,
  places: readonly number[],
): Promise<Variant[]> {
  return kind === 'hidden'
    ? residualVariants(pair, (await differences.of('hidden')).hidden, places)
    : headVariants(pair, (await differences.of('heads')).heads, places);
}

function emptyMap(
  { info: { layers, heads } }: Model,
  target: Target,
  { first, base, other }: PromptPair,
  kinds: readonly StateKind[],
): PatchMap {
  const unknown = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => new Array<number | null>(columns).fill(null));
  return {
    target: targetResult(target),
    value: base,
    second: other,
    residual: kinds.includes('hidden') ? unknown(layers + 1, first.length) : [],
    heads: kinds.includes('heads') ? unknown(layers, heads) : [],
    residualPreview: null,
    headsPreview: null,
    complete: false,
  };
}

/** Fills in 0 where putting the state in changes nothing. */
function fillInert(scores: (number | null)[][], places: readonly number[]): void {
  const read = new Set(places);
  scores.forEach((row, layer) => {
    row.forEach((_, column) => {
      if (!read.has(layer * row.length + column)) row[column] = 0;
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

/** The places with the largest preview, largest first, then the rest; all at once where there is no preview. */
function turnsOf(
  pair: PromptPair,
  kind: StateKind,
  places: readonly number[],
  preview: readonly (readonly number[])[] | null,
): Turn[] {
  const order = [...places];
  const guess = preview?.flat();
  if (guess) order.sort((a, b) => Math.abs(guess[b]) - Math.abs(guess[a]));
  const count = guess ? firstPlaces : 0;
  const turn = (some: number[], rank: Turn['rank']): Turn[] =>
    some.length === 0 ? [] : [{ kind, places: some, rank, cost: costOf(pair, kind, some) }];
  return [...turn(order.slice(0, count), 0), ...turn(order.slice(count), 1)];
}

const copied = (map: PatchMap): PatchMap => ({
  ...map,
  residual: map.residual.map((row) => [...row]),
  heads: map.heads.map((row) => [...row]),
});
