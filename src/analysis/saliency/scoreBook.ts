/** The scores of a run as they become known: by method and unit, with what makes a method unfit to be compared or judged. */
import { type Problem, ProblemError } from '../../protocol/problem';
import type { Unit } from '../shared/contract';
import type { Completeness, Estimate, Faithfulness, MethodScores, SaliencyMethod } from './contract';

interface MethodState {
  scores: (number | null)[];
  faithfulness: Faithfulness | null;
  completeness: Completeness | null;
  refused: Problem | null;
}

/** A list with no score known yet. */
export const unknown = (count: number): (number | null)[] => new Array<number | null>(count).fill(null);

export class ScoreBook {
  /** Those asked for, in their order. */
  readonly methods: readonly SaliencyMethod[];
  /** Null before it is known, or where none is wanted. */
  estimate: Estimate | null = null;
  private readonly states: ReadonlyMap<SaliencyMethod, MethodState>;

  /** `unscored`: units that occlusion cannot take away. */
  constructor(
    methods: readonly SaliencyMethod[],
    private readonly units: readonly Unit[],
    private readonly unscored: readonly number[],
  ) {
    const state = (): MethodState => ({
      scores: unknown(units.length),
      faithfulness: null,
      completeness: null,
      refused: null,
    });
    this.states = new Map(methods.map((method) => [method, state()]));
    this.methods = [...this.states.keys()];
  }

  has(method: SaliencyMethod): boolean {
    return this.states.has(method);
  }

  /** The entry of a method that is asked for. */
  of(method: SaliencyMethod): MethodState {
    return this.states.get(method) as MethodState;
  }

  /** `perToken`: [T], or as many as the target depends on. */
  keep(method: SaliencyMethod, perToken: readonly number[]): void {
    this.of(method).scores = this.byUnit(perToken);
  }

  /** The sums over the tokens of each unit. */
  byUnit(perToken: readonly number[]): number[] {
    return this.units.map(({ tokens }) => perToken.slice(...tokens).reduce((sum, score) => sum + score, 0));
  }

  /** From a list with one member per unit, the members of the units that can be taken away. */
  removable<T>(ofUnits: readonly T[]): T[] {
    return ofUnits.filter((_, unit) => !this.unscored.includes(unit));
  }

  /** Undefined while a score is missing that will still be computed. */
  complete(method: SaliencyMethod): (number | null)[] | undefined {
    const scores = this.states.get(method)?.scores;
    const due = method === 'occlusion' ? this.removable(scores ?? []) : scores;
    return due?.includes(null) ? undefined : scores;
  }

  /** The complete scores, where they may be compared and judged. */
  readable(method: SaliencyMethod): (number | null)[] | null {
    const { refused, completeness } = this.of(method);
    return refused || completeness?.reliable === false ? null : (this.complete(method) ?? null);
  }

  /** Errors are recorded with the methods; only a cancellation ends the rest. */
  async attempt(methods: readonly SaliencyMethod[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { problem } = ProblemError.wrap(error);
      if (problem.code === 'cancelled') throw error;
      for (const method of methods) this.of(method).refused = problem;
    }
  }

  snapshot(): MethodScores[] {
    return [...this.states].map(([method, state]) => ({ method, ...state, scores: [...state.scores] }));
  }
}
