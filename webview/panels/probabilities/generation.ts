/**
 * Continuations as a small tree of rows: step by step, played, rewound, branched, forced, five seeds. It sends requests to the
 * engine through one function and reports every change; it draws nothing, so that it can be tested without a page.
 */

import type { GeneratedToken, GenerateOptions, GenerateResult } from '../../../src/analysis/generate/contract';
import type { Candidate, Followed, FollowParams } from '../../../src/analysis/shared/contract';
import type { Failure } from '../../../src/protocol/failure';
import { failure } from '../../base/failure';
import type { ContinuationToken } from '../../charts/probabilities/continuations';
import type { SamplingSettings } from '../../charts/probabilities/sampling';

export interface Step extends ContinuationToken {
  /** The alternatives at this step, best first; empty if not requested yet. */
  top: readonly Candidate[];
  entropy: number | null;
  forced: boolean;
}

export type RowKind =
  | { kind: 'greedy' }
  | { kind: 'sampled'; seed: number }
  | { kind: 'branch'; at: number }
  | { kind: 'forced'; at: number };

export interface Row {
  kind: RowKind;
  steps: Step[];
  shared: number;
  marked: number[];
  running: boolean;
  ended: boolean;
  /** How many tokens of the prompt stay before it, if a forced text was tokenised together with the prompt's end; otherwise null. */
  keep: number | null;
  /** The text of that end of the prompt. */
  taken: string;
}

export interface Engine {
  generate(
    options: GenerateOptions,
    signal: AbortSignal,
    onStep: (token: GeneratedToken) => void,
  ): Promise<GenerateResult>;
  follow(params: FollowParams): Promise<Followed>;
  vocabulary(params: { ids: number[] } | { text: string }): Promise<{ id: number; text: string; bytes: string }[]>;
}

export interface Settings extends SamplingSettings {
  seed: number;
}

/** Alternatives kept for each step. */
const TOP = 10;
/** Alternatives requested in order to find a forced token among them. */
const FORCED_TOP = 200;
export const SEEDS = 5;

export class Generation {
  readonly rows: Row[] = [];
  /** The row that Step, Play, Rewind and Force act on. */
  current = 0;
  problem: Failure | null = null;
  private abort: AbortController | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly settings: () => Settings,
    private readonly onChange: () => void,
  ) {}

  get running(): boolean {
    return this.abort !== null;
  }

  get row(): Row | undefined {
    return this.rows[this.current];
  }

  /** Discards every row, because the prompt is a different one. */
  clear(): void {
    this.cancel();
    this.rows.length = 0;
    this.current = 0;
    this.problem = null;
    this.onChange();
  }

  cancel(): void {
    this.abort?.abort();
  }

  /** Adds one token to the current row. */
  step(): Promise<void> {
    return this.work((signal) => this.extend(this.rowOrNew(), 1, this.settings(), signal));
  }

  /** Generates a row of `tokens` tokens; the current one continues if it is unfinished and was started with the same settings. */
  play(tokens: number): Promise<void> {
    return this.work((signal) => {
      const row = this.rowOrNew();
      return this.extend(row, Math.max(1, tokens - row.steps.length), this.settings(), signal);
    });
  }

  /** Generates a new row of `tokens` tokens beside the others. */
  fresh(tokens: number): Promise<void> {
    return this.work((signal) => this.extend(this.add(this.kindNow()), tokens, this.settings(), signal));
  }

  /** Removes the last token of the current row; an empty row is removed. */
  rewind(): void {
    const { row } = this;
    if (!row || this.running) return;
    row.steps.pop();
    row.ended = false;
    row.shared = Math.min(row.shared, row.steps.length);
    row.marked = row.marked.filter((step) => step < row.steps.length);
    if (!row.steps.length) this.remove(this.current);
    this.onChange();
  }

  remove(index: number): void {
    this.rows.splice(index, 1);
    this.current = Math.max(0, Math.min(this.current, this.rows.length - 1));
    this.onChange();
  }

  /** Starts a new row that takes `candidate` at `step` of another (or at the very start) and continues up to `tokens` tokens. */
  branch(from: number | null, step: number, candidate: Candidate, place: BranchPlace, tokens: number): Promise<void> {
    return this.work((signal) => {
      const shared = from === null ? [] : this.rows[from].steps.slice(0, step);
      const row = this.add({ kind: 'branch', at: step }, shared, from === null ? null : this.rows[from]);
      row.steps.push({ ...candidate, rank: place.rank, top: place.top, entropy: place.entropy, forced: false });
      row.marked.push(step);
      return this.extend(row, Math.max(0, tokens - row.steps.length), this.settings(), signal);
    });
  }

  /** Appends typed text to the current row, each token with the probability that the model gave it. */
  force(text: string): Promise<void> {
    return this.work(async (signal) => {
      const before = this.row ?? null;
      const steps = before?.steps ?? [];
      const prefix = steps.map((s) => s.id);
      const { own, kept, boundary, tokens } = await this.engine.follow({ prefix, keep: before?.keep ?? null, text });
      // The text may be tokenised together with the last tokens before it: those of the row, or the prompt's own.
      const shared = steps.slice(0, Math.max(0, kept - own));
      const row = this.add({ kind: 'forced', at: shared.length }, shared, before);
      if (kept < own) Object.assign(row, { keep: kept, taken: boundary?.text ?? '' });
      for (const token of tokens) {
        const asked = { ...this.options({ ...this.settings(), temperature: 0 }, row, 1), top: FORCED_TOP };
        const { tokens: expected } = await this.engine.generate(asked, signal, () => {});
        const top = expected[0]?.top ?? [];
        const rank = top.findIndex((c) => c.id === token.id);
        row.marked.push(row.steps.length);
        row.steps.push({
          ...token,
          logprob: top[rank]?.logprob ?? null,
          rank: rank < 0 ? null : rank,
          top: top.slice(0, TOP),
          entropy: expected[0]?.entropy ?? null,
          forced: true,
        });
        this.onChange();
      }
    });
  }

  /** Generates five rows from five seeds, one after another. */
  fiveSeeds(tokens: number): Promise<void> {
    return this.work(async (signal) => {
      const settings = this.settings();
      for (let i = 0; i < SEEDS; i++) {
        const seed = settings.seed + i;
        await this.extend(this.add({ kind: 'sampled', seed }), tokens, { ...settings, seed }, signal);
      }
    });
  }

  private kindNow(): RowKind {
    const { temperature, seed } = this.settings();
    return temperature === 0 ? { kind: 'greedy' } : { kind: 'sampled', seed };
  }

  private rowOrNew(): Row {
    const { row } = this;
    return row && !row.ended ? row : this.add(this.kindNow());
  }

  private add(kind: RowKind, shared: readonly Step[] = [], from: Row | null = null): Row {
    const steps = { steps: [...shared], shared: shared.length, marked: [] };
    const place = { keep: from?.keep ?? null, taken: from?.taken ?? '' };
    const row: Row = { kind, ...steps, running: false, ended: false, ...place };
    this.current = this.rows.push(row) - 1;
    return row;
  }

  private options(settings: Settings, { steps, keep }: Row, maxTokens: number): GenerateOptions {
    const prefix = steps.map((s) => s.id);
    const { temperature, topK, topP } = settings;
    // A row continued from a prefix would repeat its first random numbers, so the seed depends on the length of the prefix.
    const seed = settings.seed + prefix.length * 1_000_003;
    return {
      maxTokens,
      temperature,
      topK,
      topP,
      seed,
      minP: 0,
      repetitionPenalty: 1,
      top: TOP,
      prefix,
      ...(keep === null ? {} : { keep }),
    };
  }

  private async extend(row: Row, count: number, settings: Settings, signal: AbortSignal): Promise<void> {
    if (count <= 0 || row.ended) return this.spell(row);
    const before = row.steps.length;
    const options = this.options(settings, row, count);
    row.running = true;
    this.onChange();
    try {
      const { tokens, finish } = await this.engine.generate(options, signal, (token) => {
        row.steps.push(asStep(token));
        this.onChange();
      });
      row.steps.splice(before, row.steps.length - before, ...tokens.map(asStep));
      row.ended = finish === 'stop';
    } finally {
      row.running = false;
    }
    await this.spell(row);
  }

  /** Fetches the bytes of tokens that are pieces of a character, so that the row can be drawn in whole characters. */
  private async spell(row: Row): Promise<void> {
    const pieces = row.steps.filter((s) => s.bytes === undefined && s.text.includes('\ufffd'));
    if (!pieces.length) return;
    const known = new Map((await this.engine.vocabulary({ ids: pieces.map((s) => s.id) })).map((v) => [v.id, v.bytes]));
    for (const piece of pieces) piece.bytes = known.get(piece.id);
    this.onChange();
  }

  /** Runs one task at a time; a new one cancels the old. */
  private async work(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.problem = null;
    try {
      await task(abort.signal);
    } catch (error) {
      const problem = failure(error);
      if (problem.problem.code !== 'cancelled') this.problem = problem;
      const last = this.rows.length - 1;
      if (last >= 0 && !this.rows[last].steps.length) this.rows.pop();
      this.current = Math.max(0, Math.min(this.current, this.rows.length - 1));
    } finally {
      if (this.abort === abort) this.abort = null;
      this.onChange();
    }
  }
}

/** The place of an alternative: the data known at its step. */
export interface BranchPlace {
  rank: number;
  top: readonly Candidate[];
  entropy: number | null;
}

function asStep(token: GeneratedToken): Step {
  const { id, text, logprob, rank, top, entropy } = token;
  return { id, text, logprob, rank, top, entropy, forced: false };
}
