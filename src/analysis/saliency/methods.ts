/** The methods: what each is computed from, what it costs, and how it is run. Its mathematics is in the file of its name. */
import type { OnTokens } from '../shared/prefix';
import type { Target } from '../shared/target';
import { attentionGradient } from './attentionGradient';
import type { SaliencyMethod } from './contract';
import { embeddingGradient, gradientScores, integratedGradients } from './gradients';
import { estimate, estimateQuickly } from './longPrompt';
import { occlusion } from './occlusion';
import { attentionMean, rollout } from './rollout';
import type { SaliencyGround, SaliencyOptions } from './saliency';
import { backAndForth, type Cut, firstSlice, pathCost, type SaliencyPlan, slicesOf } from './saliencyPlan';
import { type ScoreBook, unknown } from './scoreBook';

/** A run as its methods see it. */
export interface Work {
  ground: SaliencyGround;
  options: SaliencyOptions;
  target: Target;
  plan: SaliencyPlan;
  book: ScoreBook;
  /** Of the plan's coarse units, as far as they are known. */
  coarseScores: (number | null)[];
  /** Null before they are known. */
  gradients: Gradients | null;
}

/** A part of a run that is done at once. */
export interface Stage {
  /** The approximate number of tokens that the stage runs. */
  cost: number;
  work: (onProgress: OnTokens) => Promise<void>;
}

/** `embeddings` [before · D], `perToken` [before]; the latter is there only where it was asked for. */
interface Gradients {
  embeddings: Float64Array;
  perToken: number[] | null;
}

/** `gradient`: one gradient serves all of these; `states`: quick passes; `path` and `units`: many passes, a stage each. */
type Method =
  | { needs: 'gradient'; scores: (work: Work, gradients: Gradients) => number[] }
  | { needs: 'states'; cost: (work: Work) => number; run: (work: Work, onProgress: OnTokens) => Promise<number[]> }
  | { needs: 'path' | 'units'; stages: (work: Work) => Stage[] };

const byEmbedding = (method: 'input' | 'norm'): Method => ({
  needs: 'gradient',
  scores: ({ ground }, { embeddings }) => gradientScores(ground.differentiable, ground.ids, embeddings, method),
});

export const methods: Record<SaliencyMethod, Method> = {
  input: byEmbedding('input'),
  norm: byEmbedding('norm'),
  attentionGradient: { needs: 'gradient', scores: (_, { perToken }) => perToken ?? [] },
  attention: {
    needs: 'states',
    cost: () => 1,
    run: ({ ground: { model, known }, target, options: { signal } }) => attentionMean(model, target, { known, signal }),
  },
  rollout: {
    needs: 'states',
    cost: ({ target }) => target.before,
    run: ({ ground: { model, known }, target, options: { signal } }, onProgress) =>
      rollout(model, target, { known, signal, onProgress }),
  },
  integrated: {
    needs: 'path',
    stages: (work) =>
      work.plan.attempts.map((points) => ({
        cost: pathCost(work.target, points),
        work: (onProgress) => integrate(work, points, onProgress),
      })),
  },
  occlusion: {
    needs: 'units',
    stages: (work) => [{ cost: work.plan.cut.tokens, work: (onProgress) => occludeFine(work, onProgress) }],
  },
};

/** The one stage of all methods that are read from a single gradient; null if none is asked for. */
export function gradientStage(work: Work): Stage | null {
  const { book, target } = work;
  const wanted = book.methods.filter((method) => methods[method].needs === 'gradient');
  if (wanted.length === 0) return null;
  const run = async (onProgress: OnTokens) => {
    const gradients = await gradientsOf(work, onProgress);
    for (const name of wanted) {
      const method = methods[name];
      if (method.needs === 'gradient') book.keep(name, method.scores(work, gradients));
    }
  };
  return {
    cost: work.gradients || work.options.estimated ? 0 : backAndForth * target.sides.length * target.before,
    work: (onProgress) => book.attempt(wanted, () => run(onProgress)),
  };
}

async function gradientsOf(
  { ground: { model, differentiable }, target, options: { signal }, book, gradients }: Work,
  onProgress: OnTokens,
): Promise<Gradients> {
  if (gradients) return gradients;
  const passes = { signal, onProgress };
  if (book.has('attentionGradient')) return attentionGradient(model.info, differentiable, target, passes);
  const { mean } = await embeddingGradient(model, differentiable, target, [1], passes);
  return { embeddings: mean, perToken: null };
}

/** A stage for each method that needs only quick passes. */
export function stateStages(work: Work): Stage[] {
  const { book } = work;
  return (['attention', 'rollout'] as const).flatMap((name) => {
    const method = methods[name];
    if (!book.has(name) || method.needs !== 'states') return [];
    const run = (onProgress: OnTokens) =>
      book.attempt([name], async () => book.keep(name, await method.run(work, onProgress)));
    return [{ cost: method.cost(work), work: run }];
  });
}

/** The stages of a method that takes many passes; none if it is not asked for. */
export function longStages(work: Work, name: 'integrated' | 'occlusion'): Stage[] {
  const method = methods[name];
  return work.book.has(name) && 'stages' in method ? method.stages(work) : [];
}

/** Does nothing once they add up. */
async function integrate(work: Work, steps: number, onProgress: OnTokens): Promise<void> {
  const { ground, target, options, book } = work;
  const state = book.of('integrated');
  if (state.refused || state.completeness?.reliable) return;
  const passes = { steps, signal: options.signal, onProgress };
  await book.attempt(['integrated'], async () => {
    const { model, differentiable, ids } = ground;
    const { scores, completeness } = await integratedGradients(model, differentiable, ids, target, passes);
    book.keep('integrated', scores);
    state.completeness = completeness;
  });
}

/** The stages that estimate every unit; none where nothing is to be estimated. `ready`: the gradient need not get ready first. */
export function estimateStages(work: Work, ready: boolean): Stage[] {
  const { book, target, options } = work;
  if (!options.estimated) return [];
  const stage = (cost: number, run: (work: Work) => Promise<void>) => ({
    cost,
    work: () => book.attempt([], () => run(work)),
  });
  const exact = stage(backAndForth * target.sides.length * target.before, estimate);
  return ready ? [exact] : [stage(1, estimateQuickly), exact];
}

/** Occludes the large units, which stand in for those whose scores are not known yet; none where the plan has none. */
export function coarseStages(work: Work): Stage[] {
  const { coarse } = work.plan;
  if (!coarse) return [];
  const onScores = fillIn(work.coarseScores);
  return [{ cost: coarse.tokens, work: (onProgress) => occludeEach(work, coarse.units, { onScores, onProgress }) }];
}

function occludeFine(work: Work, onProgress: OnTokens): Promise<void> {
  const { ground, target, options, plan, book } = work;
  const { units } = plan.cut;
  const prompt = ground.ids.slice(0, target.before);
  const watched = options.limits === 'panel';
  const ranking = watched ? likeliestFirst(work) : [];
  // In a long prompt a reader watches the ranking grow, so that its order is kept to the end.
  const turns = options.estimated
    ? slicesOf(prompt, target, units, ranking, options)
    : watched
      ? [firstSlice(prompt, target, units, ranking, options)]
      : [];
  return occludeEach(work, units, { turns, onScores: fillIn(book.of('occlusion').scores), onProgress });
}

function occludeEach(
  { ground: { model, ids, known }, target, options: { operator, replacement, signal }, book }: Work,
  units: Cut['units'],
  options: Pick<Parameters<typeof occlusion>[5], 'turns' | 'onScores' | 'onProgress'>,
): Promise<void> {
  return book.attempt(['occlusion'], async () => {
    await occlusion(model, ids, target, units, operator, { replacement, known, signal, ...options });
  });
}

/** Methods that say which units to occlude first, the best guide first. */
const guides: readonly SaliencyMethod[] = ['input', 'attentionGradient', 'norm', 'attention', 'rollout'];

/** The units by the score of the best guide, or by that of the larger units that contain them. */
function likeliestFirst({ book, plan, coarseScores }: Work): number[] {
  const guide = guides.find((method) => book.complete(method));
  const holder = (position: number) =>
    plan.coarse?.units.findIndex(({ tokens: [i, j] }) => position >= i && position < j) ?? -1;
  const fromCoarse = () => plan.cut.units.map(({ tokens }) => coarseScores[holder(tokens[0])] ?? null);
  const scores = book.estimate?.scores ?? (guide && book.complete(guide)) ?? fromCoarse();
  const size = (unit: number) => Math.abs(scores[unit] ?? 0);
  return plan.cut.units.map((_, unit) => unit).sort((a, b) => size(b) - size(a) || a - b);
}

export const unknownCoarse = ({ coarse }: SaliencyPlan): (number | null)[] => unknown(coarse?.units.length ?? 0);

const fillIn =
  (into: (number | null)[]) =>
  (indices: readonly number[], scores: readonly (number | null)[]): void => {
    indices.forEach((index, place) => {
      into[index] = scores[place];
    });
  };
