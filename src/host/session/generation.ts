/**
 * Continuations as a small tree of rows: step by step, played, rewound, branched, forced, five seeds. It sends requests to the
 * engine through one interface and reports every change. Pure.
 */

import type {
  AfterContinuation,
  BranchPlace,
  ContinuationKind,
  ContinuationRow,
  ContinuationStep,
  GeneratedToken,
  GenerateOptions,
  GenerateResult,
  ScoredCandidate,
} from '../../analysis/generate/contract';
import type { Candidate, Followed, FollowParams } from '../../analysis/shared/contract';
import { ProblemError } from '../../protocol/problem';

/** The distribution after the prompt and a prefix. */
export interface Distribution {
  next: Candidate[];
  entropy: number;
  /** The ids that were asked for, in their order. */
  scored: ScoredCandidate[];
}

export interface Engine {
  /** The model's end-of-turn token; null for a model without one. */
  end: { id: number; text: string } | null;
  generate(
    options: GenerateOptions,
    signal: AbortSignal,
    onStep: (token: GeneratedToken) => void,
  ): Promise<GenerateResult>;
  distribution(
    at: { prefix: number[]; keep: number | null; top: number; score: number[] },
    signal: AbortSignal,
  ): Promise<Distribution>;
  follow(params: FollowParams): Promise<Followed>;
  vocabulary(params: { ids: number[] }): Promise<{ id: number; bytes: string }[]>;
}

export interface Settings {
  temperature: number;
  /** 0 = all. */
  topK: number;
  topP: number;
  seed: number;
}

/** Alternatives kept for each step. */
const TOP = 10;
/** Candidates asked for after a row: as many as after the prompt. */
const AFTER = 200;
export const SEEDS = 5;
/** Older rows give way to new ones. */
const mostRows = 40;

export class Generation {
  readonly rows: ContinuationRow[] = [];
  /** The row that Step, Play, Rewind and Force act on. */
  current = 0;
  problem: ProblemError | null = null;
  /** What may follow the current row, where that is on show. */
  after: AfterContinuation | null = null;
  private abort: AbortController | null = null;

  /** `connect`: the engine for one task, on the text that is on show when the task begins. `onEnd`: a task has ended. */
  constructor(
    private readonly connect: () => Engine,
    private readonly settings: () => Settings,
    private readonly onChange: () => void,
    private readonly onEnd: () => void = () => {},
  ) {}

  get running(): boolean {
    return this.abort !== null;
  }

  get row(): ContinuationRow | undefined {
    return this.rows[this.current];
  }

  /** Discards every row, because the prompt is a different one. */
  clear(): void {
    this.cancel();
    this.rows.length = 0;
    this.current = 0;
    this.problem = null;
    this.after = null;
    this.onChange();
    this.onEnd();
  }

  cancel(): void {
    this.abort?.abort();
  }

  /** Adds one token to the current row. */
  step(): Promise<void> {
    return this.work(async (engine, signal) => {
      const row = this.rowOrNew();
      await this.extend(engine, row, 1, this.settings(), signal);
      await this.look(engine, row, signal);
    });
  }

  /** Generates a row of `tokens` tokens; the current one continues if it is unfinished and was started with the same settings. */
  play(tokens: number): Promise<void> {
    return this.work((engine, signal) => {
      const row = this.rowOrNew();
      return this.extend(engine, row, Math.max(1, tokens - row.steps.length), this.settings(), signal);
    });
  }

  /** Generates a new row of `tokens` tokens beside the others. */
  fresh(tokens: number): Promise<void> {
    return this.work((engine, signal) =>
      this.extend(engine, this.add(this.kindNow()), tokens, this.settings(), signal),
    );
  }

  /** Removes the last token of the current row; an empty row is removed. */
  async rewind(): Promise<void> {
    const { row } = this;
    if (!row || this.running) return;
    row.steps.pop();
    row.ended = false;
    row.shared = Math.min(row.shared, row.steps.length);
    row.marked = row.marked.filter((step) => step < row.steps.length);
    if (row.steps.length > 0) return this.work((engine, signal) => this.look(engine, row, signal));
    this.remove(this.current);
    this.after = null;
    this.onChange();
    this.onEnd();
  }

  /** The bars show again what may follow the prompt. */
  backToPrompt(): void {
    this.after = null;
    this.onChange();
  }

  choose(row: number): void {
    if (this.running || !this.rows[row] || row === this.current) return;
    this.current = row;
    this.after = null;
    this.onChange();
    this.onEnd();
  }

  private remove(index: number): void {
    this.rows.splice(index, 1);
    this.current = Math.max(0, Math.min(this.current, this.rows.length - 1));
  }

  /** Starts a new row that takes `candidate` at `step` of another (or at the very start) and continues up to `tokens` tokens. */
  branch(from: number | null, step: number, candidate: Candidate, place: BranchPlace, tokens: number): Promise<void> {
    return this.work((engine, signal) => {
      const parent = from === null ? null : (this.rows[from] ?? null);
      const shared = parent?.steps.slice(0, step) ?? [];
      const row = this.add({ kind: 'branch', at: shared.length }, shared, parent);
      row.steps.push({ ...candidate, rank: place.rank, top: place.top, entropy: place.entropy, forced: false });
      row.marked.push(shared.length);
      return this.extend(engine, row, Math.max(0, tokens - row.steps.length), this.settings(), signal);
    });
  }

  /** Appends typed text to the current row, each token with the probability that the model gave it. */
  force(text: string): Promise<void> {
    return this.work(async (engine, signal) => {
      const before = this.row ?? null;
      const steps = before?.steps ?? [];
      const prefix = steps.map((s) => s.id);
      const { own, kept, boundary, tokens } = await engine.follow({ prefix, keep: before?.keep ?? null, text });
      // The text may be tokenised together with the last tokens before it: those of the row, or the prompt's own.
      const shared = steps.slice(0, Math.max(0, kept - own));
      const row = this.add({ kind: 'forced', at: shared.length }, shared, before);
      if (kept < own) Object.assign(row, { keep: kept, taken: boundary?.text ?? '' });
      for (const token of tokens) {
        const at = { prefix: row.steps.map((s) => s.id), keep: row.keep };
        const { next, entropy, scored } = await engine.distribution({ ...at, top: TOP, score: [token.id] }, signal);
        const { logprob, rank } = scored[0];
        row.marked.push(row.steps.length);
        row.steps.push({ ...token, logprob, rank, top: next, entropy, forced: true });
        this.onChange();
      }
      await this.look(engine, row, signal);
    });
  }

  /** Generates five rows from five seeds, one after another. */
  fiveSeeds(tokens: number): Promise<void> {
    return this.work(async (engine, signal) => {
      const settings = this.settings();
      for (let i = 0; i < SEEDS; i++) {
        const seed = settings.seed + i;
        await this.extend(engine, this.add({ kind: 'sampled', seed }), tokens, { ...settings, seed }, signal);
      }
    });
  }

  private kindNow(): ContinuationKind {
    const { temperature, seed } = this.settings();
    return temperature === 0 ? { kind: 'greedy' } : { kind: 'sampled', seed };
  }

  private rowOrNew(): ContinuationRow {
    const { row } = this;
    return row && !row.ended ? row : this.add(this.kindNow());
  }

  private add(
    kind: ContinuationKind,
    shared: readonly ContinuationStep[] = [],
    from: ContinuationRow | null = null,
  ): ContinuationRow {
    const steps = { steps: [...shared], shared: shared.length, marked: [] };
    const place = { keep: from?.keep ?? null, taken: from?.taken ?? '' };
    const row: ContinuationRow = { kind, ...steps, running: false, ended: false, ...place };
    this.rows.push(row);
    if (this.rows.length > mostRows) this.rows.shift();
    this.current = this.rows.length - 1;
    return row;
  }

  private options(settings: Settings, { steps, keep }: ContinuationRow, maxTokens: number): GenerateOptions {
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

  private async extend(
    engine: Engine,
    row: ContinuationRow,
    count: number,
    settings: Settings,
    signal: AbortSignal,
  ): Promise<void> {
    if (count <= 0 || row.ended) return this.spell(engine, row);
    const before = row.steps.length;
    const options = this.options(settings, row, count);
    row.running = true;
    this.onChange();
    try {
      const { tokens, finish } = await engine.generate(options, signal, (token) => {
        row.steps.push(asStep(token));
        this.onChange();
      });
      row.steps.splice(before, row.steps.length - before, ...tokens.map(asStep));
      row.ended = finish === 'stop';
    } finally {
      row.running = false;
    }
    await this.spell(engine, row);
  }

  /** Shows what may follow the row. Nothing follows a row that the model ended. */
  private async look(engine: Engine, row: ContinuationRow, signal: AbortSignal): Promise<void> {
    if (row.ended) return;
    const at = { prefix: row.steps.map((s) => s.id), keep: row.keep };
    const { end } = engine;
    const asked = { ...at, top: AFTER, score: end ? [end.id] : [] };
    const { next, entropy, scored } = await engine.distribution(asked, signal);
    const ending = end && { ...end, logprob: scored[0].logprob };
    this.after = { steps: row.steps.length, next, end: ending, entropy };
  }

  /** Fetches the bytes of tokens that are pieces of a character, so that the row can be drawn in whole characters. */
  private async spell(engine: Engine, row: ContinuationRow): Promise<void> {
    const pieces = row.steps.filter((s) => s.bytes === undefined && s.text.includes('\ufffd'));
    if (!pieces.length) return;
    const known = new Map((await engine.vocabulary({ ids: pieces.map((s) => s.id) })).map((v) => [v.id, v.bytes]));
    for (const piece of pieces) piece.bytes = known.get(piece.id);
    this.onChange();
  }

  /** Runs one task at a time; a new one cancels the old. */
  private async work(task: (engine: Engine, signal: AbortSignal) => Promise<void>): Promise<void> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.problem = null;
    this.after = null;
    try {
      await task(this.connect(), abort.signal);
    } catch (error) {
      const problem = ProblemError.wrap(error);
      if (problem.problem.code !== 'cancelled') this.problem = problem;
      const last = this.rows.length - 1;
      if (last >= 0 && !this.rows[last].steps.length) this.rows.pop();
      this.current = Math.max(0, Math.min(this.current, this.rows.length - 1));
    } finally {
      if (this.abort === abort) this.abort = null;
      this.onChange();
      this.onEnd();
    }
  }
}

function asStep(token: GeneratedToken): ContinuationStep {
  const { id, text, logprob, rank, top, entropy } = token;
  return { id, text, logprob, rank, top, entropy, forced: false };
}
