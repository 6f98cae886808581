/**
 * How the states of a second prompt differ from those of a first one of the same length, computed on demand. For short prompts the residual
 * stream and the heads' outputs are held together; for long ones, where each takes tens of megabytes, only the requested kind is held.
 */
import type { Model } from './model';
import { chunkTokens, type KnownPast, prefill } from './prefix';

/** Second minus first, over T tokens. */
export interface Differences {
  /** [L + 1] of [T, D]: the residual stream. */
  hidden: Float32Array[];
  /** [L][H] of [T, C]: the outputs of the heads. */
  heads: Float32Array[][];
}

export type StateKind = keyof Differences;

export interface ComparedPrompts {
  /** [T] ids each. */
  first: readonly number[];
  second: readonly number[];
  /** Both prompts are equal before this position, 0 … T − 1. */
  start: number;
}

/** A contribution to the differences: a layer's residual stream, or the output of a block's head. */
export interface DifferencePart {
  kind: StateKind;
  layer: number;
  /** 0 for the stream. */
  head: number;
  /** −1 for the states of the first prompt. */
  sign: 1 | -1;
  /** Positions [from, from + count). */
  from: number;
  count: number;
  /** [count, D] or [count, C] */
  rows: Float32Array;
}

export interface StateDifferencesOptions {
  known?: KnownPast | null;
  signal?: AbortSignal;
  /** The kinds that may be requested at all; default: all of them. */
  kinds?: readonly StateKind[];
  /** The most bytes that are held together. */
  heldBytes?: number;
}

/** This fits both kinds of the bundled model up to some 690 tokens. */
const defaultHeldBytes = 96e6;

export class StateDifferences {
  /** Kinds that are held together. */
  readonly together: readonly (readonly StateKind[])[];
  private held: Partial<Differences> = {};

  constructor(
    private readonly model: Model,
    private readonly prompts: ComparedPrompts,
    private readonly options: StateDifferencesOptions = {},
  ) {
    const { kinds = ['hidden', 'heads'], heldBytes = defaultHeldBytes } = options;
    const { layers, width } = model.info;
    const tokens = prompts.first.length - prompts.start;
    // The outputs of all heads of a block are together about as wide as the stream.
    const bytes = 4 * tokens * (layers + 1) * width * kinds.length;
    this.together = bytes <= heldBytes ? [kinds] : kinds.map((kind) => [kind]);
  }

  /**
   * Returns kinds that are held together. Other kinds held before are released, and cost a pass over both prompts when they are requested
   * again. Rejects with `cancelled` between passes.
   */
  async of<K extends StateKind>(...kinds: readonly K[]): Promise<Pick<Differences, K>> {
    if (!kinds.every((kind) => this.held[kind])) {
      const group = this.together.find((some) => kinds.every((kind) => some.includes(kind)));
      if (!group) throw new RangeError('kinds that are not held together');
      this.held = {};
      this.held = await this.computed(group);
    }
    return this.held as Pick<Differences, K>;
  }

  /** Visits the parts that add up to the differences: from the held differences, or during a pass that holds none of them. */
  async visit(kinds: readonly StateKind[], onPart: (part: DifferencePart) => void): Promise<void> {
    if (this.together.length > 1) return this.run(kinds, onPart);
    const { hidden = [], heads = [] }: Partial<Differences> = await this.of(...kinds);
    const tell = (kind: StateKind, layer: number, head: number, rows: Float32Array) =>
      onPart({ kind, layer, head, sign: 1, from: 0, count: this.prompts.first.length, rows });
    for (const [layer, rows] of hidden.entries()) tell('hidden', layer, 0, rows);
    for (const [layer, outputs] of heads.entries()) {
      for (const [head, rows] of outputs.entries()) tell('heads', layer, head, rows);
    }
  }

  private async computed(kinds: readonly StateKind[]): Promise<Partial<Differences>> {
    const { layers, heads } = this.model.info;
    const T = this.prompts.first.length;
    const sums: Record<StateKind, RowSum[]> = {
      hidden: Array.from({ length: layers + 1 }, () => new RowSum(1, T)),
      heads: Array.from({ length: layers }, () => new RowSum(heads, T)),
    };
    await this.run(kinds, (part) => sums[part.kind][part.layer].add(part));
    return {
      ...(kinds.includes('hidden') && { hidden: sums.hidden.map(({ rows }) => rows[0]) }),
      ...(kinds.includes('heads') && { heads: sums.heads.map(({ rows }) => rows) }),
    };
  }

  /** Runs one prompt after the other, from the position where they differ. */
  private async run(kinds: readonly StateKind[], onPart: (part: DifferencePart) => void): Promise<void> {
    const { model, options } = this;
    const { first, second, start } = this.prompts;
    const { layers, heads } = model.info;
    const every = Array.from({ length: layers + 1 }, (_, layer) => layer);
    const taps = {
      hidden: kinds.includes('hidden') ? every : [],
      heads: kinds.includes('heads') ? every.slice(0, layers) : [],
    };
    const shared = await prefill(model, options.known, first, start, options);
    for (const [sign, ids] of [
      [-1, first],
      [1, second],
    ] as const) {
      let past = shared;
      for (let from = start; from < ids.length; from += chunkTokens) {
        const chunk = ids.slice(from, from + chunkTokens);
        const want = { ...taps, past: from + chunk.length < ids.length };
        const result = await model.run({ ids: [chunk], past, rows: [0], want }, options.signal);
        past = result.past;
        const place = { sign, from, count: chunk.length };
        for (const [layer, rows] of result.hidden) onPart({ ...place, kind: 'hidden', layer, head: 0, rows });
        for (const [layer, outputs] of result.heads) {
          const size = outputs.length / heads;
          for (let head = 0; head < heads; head++) {
            const rows = outputs.subarray(head * size, (head + 1) * size);
            onPart({ ...place, kind: 'heads', layer, head, rows });
          }
        }
      }
    }
  }
}

/** G sums of parts, [T, N] each, in one block of memory. */
class RowSum {
  rows: Float32Array[] = [];

  constructor(
    private readonly groups: number,
    private readonly length: number,
  ) {}

  add({ head, sign, from, count, rows }: DifferencePart): void {
    const { groups, length } = this;
    const size = rows.length / count;
    if (this.rows.length === 0) {
      const all = new Float32Array(groups * length * size);
      this.rows = Array.from({ length: groups }, (_, group) =>
        all.subarray(group * length * size, (group + 1) * length * size),
      );
    }
    const sum = this.rows[head].subarray(from * size);
    for (let at = 0; at < rows.length; at++) sum[at] += sign * rows[at];
  }
}
