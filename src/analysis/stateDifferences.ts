/**
 * How the states of a second prompt differ from those of a first one of the same length, computed when they are asked for. Of
 * short prompts the residual stream and the heads' outputs are held together; of long ones, where each takes tens of megabytes,
 * only what is asked for now. For the analyses of this folder.
 */
import type { Model } from './model';
import { chunkTokens, type KnownPast, prefill } from './prefix';

/** Second less first, over T tokens. */
export interface Differences {
  /** [L + 1] of [T, D]: residual stream. */
  hidden: Float32Array[];
  /** [L][H] of [T, C]: outputs of the heads. */
  heads: Float32Array[][];
}

export type StateKind = keyof Differences;

export interface ComparedPrompts {
  /** [T] ids each. */
  first: readonly number[];
  second: readonly number[];
  /** Both are the same before it, 0 … T − 1. */
  start: number;
}

export interface StateDifferencesOptions {
  known?: KnownPast | null;
  signal?: AbortSignal;
  /** What is asked for at all; default: everything. */
  kinds?: readonly StateKind[];
  /** Most that is held together. */
  heldBytes?: number;
}

/** Both kinds of the bundled model up to some 690 tokens. */
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
    // What all heads of a block put out is about as wide as the stream.
    const bytes = 4 * tokens * (layers + 1) * width * kinds.length;
    this.together = bytes <= heldBytes ? [kinds] : kinds.map((kind) => [kind]);
  }

  /**
   * Kinds that are held together; what was held before is let go unless it is these, and costs a pass over both prompts when it is
   * asked for again. Rejects with `cancelled` between passes.
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

  /** One prompt after the other, from where they differ: of long ones only the differences are held. */
  private async computed(kinds: readonly StateKind[]): Promise<Partial<Differences>> {
    const { model, options } = this;
    const { first, second, start } = this.prompts;
    const { layers, heads } = model.info;
    const every = Array.from({ length: layers + 1 }, (_, layer) => layer);
    const streams = kinds.includes('hidden') ? every : [];
    const blocks = kinds.includes('heads') ? every.slice(0, layers) : [];
    const hidden = streams.map(() => new Difference(1, first.length));
    const outputs = blocks.map(() => new Difference(heads, first.length));
    const shared = await prefill(model, options.known, first, start, options);
    for (const [sign, ids] of [
      [-1, first],
      [1, second],
    ] as const) {
      let past = shared;
      for (let at = start; at < ids.length; at += chunkTokens) {
        const chunk = ids.slice(at, at + chunkTokens);
        const want = { hidden: streams, heads: blocks, past: at + chunk.length < ids.length };
        const result = await model.run({ ids: [chunk], past, rows: [0], want }, options.signal);
        past = result.past;
        for (const [layer, data] of result.hidden) hidden[layer].add(sign, data, at, chunk.length);
        for (const [layer, data] of result.heads) outputs[layer].add(sign, data, at, chunk.length);
      }
    }
    return {
      ...(streams.length > 0 && { hidden: hidden.map(({ rows }) => rows[0]) }),
      ...(blocks.length > 0 && { heads: outputs.map(({ rows }) => rows) }),
    };
  }
}

/** A sum of passes with signs: data [G, count, N] of the positions from `first` on → G times [T, N], in one piece of memory. */
class Difference {
  rows: Float32Array[] = [];

  constructor(
    private readonly groups: number,
    private readonly length: number,
  ) {}

  add(sign: 1 | -1, data: Float32Array, first: number, count: number): void {
    const { groups, length } = this;
    const size = data.length / (groups * count);
    if (this.rows.length === 0) {
      const all = new Float32Array(groups * length * size);
      this.rows = Array.from({ length: groups }, (_, group) =>
        all.subarray(group * length * size, (group + 1) * length * size),
      );
    }
    this.rows.forEach((row, group) => {
      const own = group * count * size;
      for (let at = 0; at < count * size; at++) row[first * size + at] += sign * data[own + at];
    });
  }
}
