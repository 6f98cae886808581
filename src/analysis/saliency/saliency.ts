/**
 * Explains an answer in several ways over the same units: scores as they become known, the curves that say how far each method can be
 * trusted, how far the methods agree, and warnings. Cheap methods and large units come first, then the units that the cheap methods point
 * at; the first method is judged before the slowest begins. Integrated gradients that do not add up are tried again with more points, at
 * the very end; until they add up, they are neither compared nor judged. Each computation is in the file of its name.
 */

import type { Prompt } from '../../protocol/model';
import type { TargetSpec } from '../shared/contract';
import type { Differentiable } from '../shared/differentiable';
import type { Model } from '../shared/model';
import { type KnownPast, type OnTokens, prefill } from '../shared/prefix';
import { agreementOf } from '../shared/rankCorrelation';
import { givenTarget, resolveTarget, type Target, targetResult, valued } from '../shared/target';
import type { SaliencyMethod, SaliencyParams, SaliencyResult, SaliencyWarning, StandIn } from './contract';
import { DeletionCurves } from './faithfulness';
import { embeddingGradient } from './gradients';
import {
  coarseStages,
  estimateStages,
  gradientStage,
  longStages,
  type Stage,
  stateStages,
  unknownCoarse,
  type Work,
} from './methods';
import { type CutOptions, ordersOf, planOf, tokenLimit } from './saliencyPlan';
import { copiesOf, saturation, sharedCopies } from './saliencyWarnings';
import { ScoreBook } from './scoreBook';

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
  /** Every unit is estimated first, and then occluded in the order of the estimates. */
  estimated?: boolean;
  signal?: AbortSignal;
  /** Called after each pass with the current results (built on demand), the work done and the work to do, roughly in tokens run. */
  onStep?: (snapshot: () => SaliencyResult, done: number, total: number) => void;
}

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

/** Decides the order of the stages, runs them, and tells the results. */
class SaliencyRun {
  private readonly work: Work;
  private readonly copies: number[][];
  private readonly warnings: SaliencyWarning[];
  private random: SaliencyResult['random'] = null;
  private done = 0;
  private total = 0;

  /** `gradient` [before · D], where it is already known. */
  constructor(ground: SaliencyGround, options: SaliencyOptions, target: Target, gradient: Float64Array | null = null) {
    const { methods, warnings } = options;
    const plan = planOf(ground.prompt, target, options, tokenLimit(ground.model.tokensPerSecond?.() ?? 0));
    const { cut, unscored } = plan;
    const book = new ScoreBook(methods, cut.units, unscored);
    const gradients = gradient && { embeddings: gradient, perToken: null };
    this.work = { ground, options, target, plan, book, coarseScores: unknownCoarse(plan), gradients };
    this.copies = warnings ? copiesOf(cut.units, target, unscored) : [];
    this.warnings = [...plan.warnings, ...(warnings ? saturation(target) : [])];
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
    this.work.options.onStep?.(() => this.snapshot(false), Math.round(this.done), Math.round(this.total));
  }

  private stages(): Stage[] {
    const { work } = this;
    const { target, book, options, ground } = work;
    const gradient = gradientStage(work);
    const gradients = gradient ? [gradient] : [];
    const others = [...stateStages(work), ...coarseStages(work)];
    const longest = Math.max(...target.sides.map(({ input }) => input.length));
    // A gradient that must first get ready would delay everything else.
    const ready = ground.differentiable.ready?.(longest) ?? true;
    const estimates = estimateStages(work, ready);
    const quick = ready || !gradient || estimates.length > 0 ? [...gradients, ...others] : [...others, ...gradients];
    const compare = (onProgress: OnTokens) => book.attempt([], () => this.compareCopies(onProgress));
    const copies = this.copies.length > 0 ? [{ cost: this.copies.length * target.before, work: compare }] : [];
    const integrated = longStages(work, 'integrated');
    const cheap = book.methods.filter((method) => method !== 'integrated');
    const ranked = book.has('integrated') ? [...cheap, 'integrated' as const] : cheap;
    const curves = options.curves ? this.curves(ranked) : [];
    // The ranking on screen is judged before the slowest method begins.
    const early = options.methods[0] === 'integrated' ? 0 : 1;
    const judged = [...curves.slice(0, early), ...integrated.slice(0, 1), ...curves.slice(early, cheap.length)];
    const last = [...integrated.slice(1), ...curves.slice(cheap.length)];
    return [...estimates, ...quick, ...longStages(work, 'occlusion'), ...copies, ...judged, ...last];
  }

  private async compareCopies(onProgress: OnTokens): Promise<void> {
    const { ground, options, target, plan, book } = this.work;
    const { model, ids, known } = ground;
    const { operator, replacement, signal } = options;
    const passes = { operator, replacement, known, signal, onProgress };
    const scores = book.complete('occlusion');
    const sharing = await sharedCopies(model, ids, target, plan.cut.units, this.copies, scores, passes);
    this.warnings.push(...sharing.map((units) => ({ kind: 'repeated', units }) as const));
  }

  /** One stage per method; all share the random orders, which the first stage reads. */
  private curves(methods: readonly SaliencyMethod[]): Stage[] {
    const { ground, target, plan, book, options } = this.work;
    const { model, ids, known } = ground;
    const { operator, replacement, signal } = options;
    const { steps, order, ends } = plan.curves;
    const units = book.removable(plan.cut.units);
    const shared = new DeletionCurves(model, ids, target, units, { operator, replacement, steps });
    return methods.map((method, place) => ({
      cost: (ordersOf(place + 1) - ordersOf(place)) * order + (place === 0 ? ends : 0),
      work: (onProgress) =>
        book.attempt([], async () => {
          const scores = book.readable(method);
          if (!scores) return;
          const removable = book.removable(scores) as number[];
          book.of(method).faithfulness = await shared.of(removable, { known, signal, onProgress });
          this.random = shared.random;
        }),
    }));
  }

  private snapshot(complete: boolean): SaliencyResult {
    const { options, target, plan, book, coarseScores } = this.work;
    const { cut, coarse, unscored } = plan;
    const methods = book.snapshot();
    const scored = coarse?.units.flatMap((unit, index): StandIn[] => {
      const score = coarseScores[index];
      return score === null ? [] : [{ ...unit, score }];
    });
    return {
      target: targetResult(target),
      operator: options.operator,
      by: cut.by,
      scope: options.scope,
      units: cut.units,
      unscored: [...unscored],
      methods,
      ...(options.estimated ? { estimate: book.estimate } : {}),
      coarse: coarse && scored ? { by: coarse.by, units: scored } : null,
      agreement: agreementOf(methods.map(({ method }) => book.readable(method))),
      warnings: [...this.warnings],
      random: this.random,
      complete,
    };
  }
}
