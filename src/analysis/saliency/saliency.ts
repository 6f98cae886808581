/**
 * Explains an answer in several ways over the same units: scores as they become known, the curves that say how far each method can be
 * trusted, how far the methods agree, and warnings. Cheap methods and large units come first, then the units that the cheap methods point
 * at; the first method is judged before the slowest begins. Integrated gradients that do not add up are tried again with more points, at
 * the very end; until they add up, they are neither compared nor judged. Each computation is in the file of its name.
 */

import type { Prompt } from '../../protocol/model';
import { type Problem, ProblemError } from '../../protocol/problem';
import type { TargetSpec } from '../shared/contract';
import type { Differentiable } from '../shared/differentiable';
import type { Model } from '../shared/model';
import { type KnownPast, type OnTokens, prefill } from '../shared/prefix';
import { agreementOf } from '../shared/rankCorrelation';
import { givenTarget, resolveTarget, type Target, targetResult, valued } from '../shared/target';
import { attentionGradient } from './attentionGradient';
import type {
  Completeness,
  Faithfulness,
  MethodScores,
  SaliencyMethod,
  SaliencyParams,
  SaliencyResult,
  SaliencyWarning,
  StandIn,
} from './contract';
import { DeletionCurves } from './faithfulness';
import { embeddingGradient, gradientScores, integratedGradients } from './gradients';
import { occlusion } from './occlusion';
import { attentionMean, rollout } from './rollout';
import {
  backAndForth,
  type Cut,
  type CutOptions,
  firstSlice,
  ordersOf,
  pathCost,
  planOf,
  type SaliencyPlan,
  tokenLimit,
} from './saliencyPlan';
import { copiesOf, saturation, sharedCopies } from './saliencyWarnings';

export interface SaliencyGround {
  model: Model;
  differentiable: Differentiable;
  prompt: Prompt;
  /** Ids of the prompt's tokens. */
  ids: readonly number[];
  known: KnownPast | null;
}

export interface SaliencyOptions extends CutOptions, Pick<SaliencyParams, 'steps' | 'curves' | 'warnings' | 'limits'> {
  target: TargetSpec;
  methods: readonly SaliencyMethod[];
  signal?: AbortSignal;
  /** Called after each pass with the current results (built on demand), the work done and the work to do, roughly in tokens run. */
  onStep?: (snapshot: () => SaliencyResult, done: number, total: number) => void;
}

/** Methods that say which units to occlude first, the best guide first. */
const guides: readonly SaliencyMethod[] = ['input', 'attentionGradient', 'norm', 'attention', 'rollout'];

/**
 * Rejects with the errors of resolveTarget and unitsOf, with `nothingLeft` where deleting a unit would leave no token, and with `cancelled`
 * between passes. A method that fails (memory) is marked as refused, a curve that fails is left out, and the others go on; where only a
 * single gradient is asked for, its failure is the failure of the run.
 */
export async function saliency(ground: SaliencyGround, options: SaliencyOptions): Promise<SaliencyResult> {
  const { model, differentiable, prompt, ids } = ground;
  const { target: spec, methods, curves, warnings, signal } = options;
  const only = (some: readonly SaliencyMethod[]) =>
    !curves && !warnings && methods.every((each) => some.includes(each));
  let { known } = ground;
  if (only(['input', 'norm'])) {
    // The gradient's pass reads the target's value as well.
    const asked = givenTarget(model, prompt, spec) ?? (await resolveTarget(model, prompt, spec, { known, signal }));
    const { mean, logprobs } = await embeddingGradient(model, differentiable, asked, [1], { signal });
    return new SaliencyRun(ground, options, valued(model, asked, logprobs), mean).finish();
  }
  if (!only(['input', 'norm', 'integrated', 'attentionGradient'])) {
    const length = Math.max(0, Math.min(spec.span?.[0] ?? ids.length, ids.length));
    const past = await prefill(model, known, ids, length, { signal });
    known = past ? { ids, past } : known;
  }
  const target = await resolveTarget(model, prompt, spec, { known, signal });
  return new SaliencyRun({ ...ground, known }, options, target).finish();
}

interface Stage {
  /** The approximate number of tokens that the stage runs. */
  cost: number;
  work: (onProgress: OnTokens) => Promise<void>;
}

interface MethodState {
  scores: (number | null)[];
  faithfulness: Faithfulness | null;
  completeness: Completeness | null;
  refused: Problem | null;
}

class SaliencyRun {
  private readonly plan: SaliencyPlan;
  private readonly cut: Cut;
  private readonly coarseScores: (number | null)[];
  private readonly copies: number[][];
  private readonly states: Map<SaliencyMethod, MethodState>;
  private readonly warnings: SaliencyWarning[];
  private random: SaliencyResult['random'] = null;
  private done = 0;
  private total = 0;

  /** `gradient` [before · D], where it is already known. */
  constructor(
    private readonly ground: SaliencyGround,
    private readonly options: SaliencyOptions,
    private readonly target: Target,
    private readonly gradient: Float64Array | null = null,
  ) {
    const { methods, warnings } = options;
    this.plan = planOf(ground.prompt, target, options, tokenLimit(ground.model.tokensPerSecond?.() ?? 0));
    const { cut, coarse, unscored } = this.plan;
    this.cut = cut;
    this.coarseScores = unknown(coarse?.units.length ?? 0);
    this.copies = warnings ? copiesOf(cut.units, target, unscored) : [];
    const state = (): MethodState => ({
      scores: unknown(cut.units.length),
      faithfulness: null,
      completeness: null,
      refused: null,
    });
    this.states = new Map(methods.map((method) => [method, state()]));
    this.warnings = [...this.plan.warnings, ...(warnings ? saturation(target) : [])];
  }

  async finish(): Promise<SaliencyResult> {
    const stages = this.stages();
    this.total = stages.reduce((sum, { cost }) => sum + cost, 0);
    for (const { cost, work } of stages) {
      const before = this.done;
      await work((done, total) => this.advance(before + (cost * done) / total));
      this.advance(before + cost);
    }
    return this.snapshot(true);
  }

  private advance(done: number): void {
    this.done = done;
    this.options.onStep?.(() => this.snapshot(false), Math.round(this.done), Math.round(this.total));
  }

  private stages(): Stage[] {
    const wanted = (...methods: SaliencyMethod[]) => methods.some((method) => this.states.has(method));
    const { before, sides } = this.target;
    const gradients = wanted('input', 'norm', 'attentionGradient') ? [this.gradients()] : [];
    const attention = [
      ...(wanted('attention') ? [{ cost: 1, work: () => this.attention() }] : []),
      ...(wanted('rollout') ? [{ cost: before, work: (onProgress: OnTokens) => this.rollout(onProgress) }] : []),
    ];
    const { coarse } = this.plan;
    const large = coarse ? [{ cost: coarse.tokens, work: (on: OnTokens) => this.occludeCoarse(coarse, on) }] : [];
    const longest = Math.max(...sides.map(({ input }) => input.length));
    // A gradient that must first get ready would delay everything else.
    const ready = gradients.length === 0 || (this.ground.differentiable.ready?.(longest) ?? true);
    const quick = ready ? [...gradients, ...attention, ...large] : [...attention, ...large, ...gradients];
    const fine = wanted('occlusion')
      ? [{ cost: this.cut.tokens, work: (onProgress: OnTokens) => this.occlude(onProgress) }]
      : [];
    const integrated = (wanted('integrated') ? this.plan.attempts : []).map((points) => ({
      cost: pathCost(this.target, points),
      work: (onProgress: OnTokens) => this.integrate(points, onProgress),
    }));
    const compare = (onProgress: OnTokens) => this.attempt([], () => this.compareCopies(onProgress));
    const copies = this.copies.length > 0 ? [{ cost: this.copies.length * before, work: compare }] : [];
    const others = [...this.states.keys()].filter((method) => method !== 'integrated');
    const ranked = [...others, ...(wanted('integrated') ? (['integrated'] as const) : [])];
    const curves = this.options.curves ? this.curves(ranked) : [];
    // The ranking on screen is judged before the slowest method begins.
    const early = this.options.methods[0] === 'integrated' ? 0 : 1;
    const judged = [...curves.slice(0, early), ...integrated.slice(0, 1), ...curves.slice(early, others.length)];
    return [...quick, ...fine, ...copies, ...judged, ...integrated.slice(1), ...curves.slice(others.length)];
  }

  /** A single gradient serves three methods. */
  private gradients(): Stage {
    const { model, differentiable, ids } = this.ground;
    const { target } = this;
    const { before, sides } = target;
    const methods = (['input', 'norm', 'attentionGradient'] as const).filter((method) => this.states.has(method));
    const keep = (gradient: Float64Array) => {
      for (const method of ['input', 'norm'] as const) {
        if (this.states.has(method)) this.keep(method, gradientScores(differentiable, ids, gradient, method));
      }
    };
    const work = (onProgress: OnTokens) =>
      this.attempt(methods, async () => {
        if (this.gradient) {
          keep(this.gradient);
          return;
        }
        const passes = { signal: this.options.signal, onProgress };
        if (!this.states.has('attentionGradient')) {
          keep((await embeddingGradient(model, differentiable, target, [1], passes)).mean);
          return;
        }
        const { perToken, embeddings } = await attentionGradient(model.info, differentiable, target, passes);
        this.keep('attentionGradient', perToken);
        keep(embeddings);
      });
    return { cost: this.gradient ? 0 : backAndForth * sides.length * before, work };
  }

  private attention(): Promise<void> {
    const { model, known } = this.ground;
    const { signal } = this.options;
    return this.attempt(['attention'], async () =>
      this.keep('attention', await attentionMean(model, this.target, { known, signal })),
    );
  }

  private rollout(onProgress: OnTokens): Promise<void> {
    const { model, known } = this.ground;
    const { signal } = this.options;
    return this.attempt(['rollout'], async () =>
      this.keep('rollout', await rollout(model, this.target, { known, signal, onProgress })),
    );
  }

  private async integrate(steps: number, onProgress: OnTokens): Promise<void> {
    const { model, differentiable, ids } = this.ground;
    const state = this.states.get('integrated') as MethodState;
    if (state.refused || state.completeness?.reliable) return;
    const passes = { steps, signal: this.options.signal, onProgress };
    await this.attempt(['integrated'], async () => {
      const { scores, completeness } = await integratedGradients(model, differentiable, ids, this.target, passes);
      this.keep('integrated', scores);
      state.completeness = completeness;
    });
  }

  private occludeCoarse({ units }: Cut, onProgress: OnTokens): Promise<void> {
    return this.occludeEach(units, { onScores: fillIn(this.coarseScores), onProgress });
  }

  private occlude(onProgress: OnTokens): Promise<void> {
    const { units } = this.cut;
    const prompt = this.ground.ids.slice(0, this.target.before);
    const watched = this.options.limits === 'panel';
    const first = watched ? firstSlice(prompt, this.target, units, this.likeliestFirst(), this.options) : [];
    const onScores = fillIn((this.states.get('occlusion') as MethodState).scores);
    return this.occludeEach(units, { first, onScores, onProgress });
  }

  private occludeEach(
    units: Cut['units'],
    options: Pick<Parameters<typeof occlusion>[5], 'first' | 'onScores' | 'onProgress'>,
  ): Promise<void> {
    const { model, ids, known } = this.ground;
    const { operator, replacement, signal } = this.options;
    return this.attempt(['occlusion'], async () => {
      await occlusion(model, ids, this.target, units, operator, { replacement, known, signal, ...options });
    });
  }

  /** The units by the score of the best guide, or by that of the larger units that contain them. */
  private likeliestFirst(): number[] {
    const guide = guides.find((method) => this.complete(method));
    const scores = (guide && this.complete(guide)) ?? this.fromCoarse();
    const size = (unit: number) => Math.abs(scores[unit] ?? 0);
    return this.cut.units.map((_, unit) => unit).sort((a, b) => size(b) - size(a) || a - b);
  }

  private fromCoarse(): (number | null)[] {
    const holder = (position: number) =>
      this.plan.coarse?.units.findIndex(({ tokens: [i, j] }) => position >= i && position < j) ?? -1;
    return this.cut.units.map(({ tokens }) => this.coarseScores[holder(tokens[0])] ?? null);
  }

  private async compareCopies(onProgress: OnTokens): Promise<void> {
    const { model, ids, known } = this.ground;
    const { operator, replacement, signal } = this.options;
    const scores = this.complete('occlusion');
    const options = { operator, replacement, known, signal, onProgress };
    const sharing = await sharedCopies(model, ids, this.target, this.cut.units, this.copies, scores, options);
    this.warnings.push(...sharing.map((units) => ({ kind: 'repeated', units }) as const));
  }

  /** One stage per method; all share the random orders, which the first stage reads. */
  private curves(methods: readonly SaliencyMethod[]): Stage[] {
    const { model, ids, known } = this.ground;
    const { operator, replacement, signal } = this.options;
    const { steps, order, ends } = this.plan.curves;
    const options = { operator, replacement, steps };
    const shared = new DeletionCurves(model, ids, this.target, this.removable(this.cut.units), options);
    return methods.map((method, place) => ({
      cost: (ordersOf(place + 1) - ordersOf(place)) * order + (place === 0 ? ends : 0),
      work: (onProgress) =>
        this.attempt([], async () => {
          const scores = this.readable(method);
          if (!scores) return;
          const faithfulness = await shared.of(this.removable(scores) as number[], { known, signal, onProgress });
          (this.states.get(method) as MethodState).faithfulness = faithfulness;
          this.random = shared.random;
        }),
    }));
  }

  /** From a list with one member per unit, the members of the units that can be taken away. */
  private removable<T>(ofUnits: readonly T[]): T[] {
    return ofUnits.filter((_, unit) => !this.plan.unscored.includes(unit));
  }

  /** Undefined while a score is missing that will still be computed. */
  private complete(method: SaliencyMethod): (number | null)[] | undefined {
    const scores = this.states.get(method)?.scores;
    const due = method === 'occlusion' ? this.removable(scores ?? []) : scores;
    return due?.includes(null) ? undefined : scores;
  }

  /** The complete scores, where they may be compared and judged. */
  private readable(method: SaliencyMethod): (number | null)[] | null {
    const { refused, completeness } = this.states.get(method) as MethodState;
    return refused || completeness?.reliable === false ? null : (this.complete(method) ?? null);
  }

  /** `perToken`: [T], or as many as the target depends on. */
  private keep(method: SaliencyMethod, perToken: readonly number[]): void {
    const { scores } = this.states.get(method) as MethodState;
    this.cut.units.forEach(({ tokens }, unit) => {
      scores[unit] = perToken.slice(...tokens).reduce((sum, score) => sum + score, 0);
    });
  }

  /** Errors are recorded with the methods; only a cancellation ends the rest. */
  private async attempt(methods: readonly SaliencyMethod[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { problem } = ProblemError.wrap(error);
      if (problem.code === 'cancelled') throw error;
      for (const method of methods) (this.states.get(method) as MethodState).refused = problem;
    }
  }

  private snapshot(complete: boolean): SaliencyResult {
    const { operator, scope } = this.options;
    const methods = [...this.states].map(
      ([method, state]): MethodScores => ({ method, ...state, scores: [...state.scores] }),
    );
    const { coarse, unscored } = this.plan;
    const scored = coarse?.units.flatMap((unit, index): StandIn[] => {
      const score = this.coarseScores[index];
      return score === null ? [] : [{ ...unit, score }];
    });
    return {
      target: targetResult(this.target),
      operator,
      by: this.cut.by,
      scope,
      units: this.cut.units,
      unscored: [...unscored],
      methods,
      coarse: coarse && scored ? { by: coarse.by, units: scored } : null,
      agreement: agreementOf(methods.map(({ method }) => this.readable(method))),
      warnings: [...this.warnings],
      random: this.random,
      complete,
    };
  }
}

const unknown = (count: number): (number | null)[] => new Array<number | null>(count).fill(null);

const fillIn =
  (into: (number | null)[]) =>
  (indices: readonly number[], scores: readonly (number | null)[]): void => {
    indices.forEach((index, place) => {
      into[index] = scores[place];
    });
  };
