/**
 * The runs of a session, one at a time: the most urgent analysis that is on view and missing is asked for; its progress and partial
 * results are shown at a pace, and a run that is given up leaves nothing behind. A quick run shows itself only after a moment.
 */
import { type Analysis, analysisNames, contracts } from '../../analysis/contracts';
import type { LoadedModel, PromptInput } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { entryOf } from '../../protocol/problemCatalogue';
import type { ProblemKind } from '../../protocol/problemKinds';
import { reportedRuntime } from '../../protocol/reportedRuntime';
import type { EngineStatus } from '../engine/supervisor';
import { type Answered, type Asked, opened, questions, type Switches } from './analyses';
import type { PromptSource } from './promptSource';
import type { Schedule } from './schedule';
import {
  type AnyData,
  type Origin,
  progressIntervalMs,
  quietMs,
  type Run,
  type SessionParts,
  startedRun,
} from './sessionParts';
import { finished, type ShownState } from './shownState';
import type { Target } from './target';

/** Kinds of failures that a new engine, or another model, may have fixed. */
const mendedByEngine: ReadonlySet<ProblemKind> = new Set(['engine', 'model', 'provider', 'cache']);

export class Runs {
  /** The analyses on view, the most urgent first. Only these are computed. */
  private wanted: readonly Analysis[] = [];
  private running: Run | null = null;
  /** Asked for anew by the user, whatever is kept. */
  private readonly fresh = new Set<Analysis>();
  private wait: (() => void) | null = null;

  constructor(
    private readonly parts: SessionParts,
    private readonly shown: ShownState,
    private readonly schedule: Schedule,
    private readonly target: Target,
    /** The text that is followed now; null for none. */
    private readonly source: () => PromptSource | null,
    private readonly switches: () => Switches,
  ) {}

  get busy(): boolean {
    return this.running !== null;
  }

  get onView(): readonly Analysis[] {
    return this.wanted;
  }

  want(wanted: readonly Analysis[]): void {
    const same = wanted.length === this.wanted.length && wanted.every((each, index) => this.wanted[index] === each);
    if (same) return;
    this.wanted = wanted;
    if (this.running && !wanted.includes(this.running.analysis)) this.abort();
    this.pump();
  }

  /** Computes the analyses on view immediately, with or without live updates, and also after a failure. */
  again(): void {
    for (const analysis of this.wanted) {
      this.shown.slots[analysis].attempted = null;
      this.fresh.add(analysis);
    }
    this.abort();
    this.pump(true);
  }

  /** Called at the user's request. Waiting analyses are cancelled too; partial results stay. */
  cancel(): void {
    const run = this.running;
    this.cancelWait();
    if (!run) return;
    const waiting = this.waiting(run);
    this.shown.keepPartial(run, this.parts.clock.now() - run.startedAt);
    this.abort();
    for (const analysis of [run.analysis, ...waiting]) {
      this.schedule.attempt(analysis);
      this.fail(analysis, new ProblemError('cancelled'));
    }
  }

  /** A change of the engine matters to a session that waits for it, and to one whose model was replaced. */
  engineChanged(status: EngineStatus): void {
    const run = this.running;
    if (status.kind === 'loading' && run?.loading) {
      run.progress = status.progress;
      this.showRunning(run);
    }
    if (status.kind === 'refused' && !run) for (const analysis of this.wanted) this.fail(analysis, status.problem);
    if (status.kind !== 'ready') return;
    this.setModel(status.loaded);
    for (const analysis of analysisNames) {
      const state = this.shown.now[analysis];
      const engineFailed = state.kind === 'failed' && mendedByEngine.has(entryOf(state.problem.code).kind);
      if (engineFailed) this.shown.slots[analysis].attempted = null;
    }
    this.pump();
  }

  /** Handles a new choice that results depend on. */
  switched(): void {
    const run = this.running;
    if (run && this.shown.slots[run.analysis].attempted !== this.schedule.key(run.analysis)) this.abort();
    this.pump();
  }

  /** Starts the most urgent analysis that is wanted and missing. */
  pump(asked = false): void {
    this.cancelWait();
    const source = this.source();
    if (this.running || !source) return;
    const due = this.wanted.filter((analysis) => this.schedule.isDue(analysis, asked));
    const next = due.find((analysis) => asked || this.schedule.pause(analysis) <= 0);
    if (next) void this.compute(next, source, asked);
    else if (due.length > 0)
      this.wait = this.parts.clock.after(Math.min(...due.map((analysis) => this.schedule.pause(analysis))), () => {
        this.wait = null;
        this.pump();
      });
  }

  /** Gives up the current run and drops its answer. The view returns to the result that the run would have replaced. */
  abort(): void {
    const run = this.running;
    if (!run) return;
    this.end(run);
    run.abort.abort();
    this.shown.slots[run.analysis].attempted = null;
    for (const analysis of analysisNames) {
      const { kind } = this.shown.now[analysis];
      if (kind === 'running' || kind === 'loadingModel') this.shown.outdate(analysis, this.source());
    }
  }

  fail(analysis: Analysis, error: ProblemError): void {
    this.shown.fail(analysis, this.parts.translate(error.problem));
  }

  stop(): void {
    this.abort();
    this.cancelWait();
  }

  private async compute(analysis: Analysis, source: PromptSource, asked: boolean): Promise<void> {
    const run = startedRun(analysis, this.schedule.attempt(analysis), this.parts.clock.now());
    this.running = run;
    if (this.shown.data(analysis) === null) this.showRunning(run);
    else run.quiet = this.parts.clock.after(quietMs, () => this.showRunning(run));
    try {
      const plain = contracts[analysis].readsTables && source.readPlain;
      const input = opened(await (plain ? plain() : source.read()), this.shown.now.intent);
      const loaded = await this.parts.engine.load();
      if (this.running !== run) return;
      run.loading = false;
      run.progress = null;
      this.setModel(loaded);
      if (this.shown.now[analysis].kind === 'loadingModel') this.showRunning(run);
      if (this.target.moved && contracts[analysis].targeted) await this.followTarget(input, run);
      if (this.running !== run) return;
      run.made = this.schedule.attempt(analysis);
      const done = await this.ask(run, { source, input });
      if (this.running !== run) return;
      this.end(run);
      Object.assign(this.shown.slots[analysis], { origin: { source, input }, made: run.made });
      this.target.seen(done.prompt);
      this.shown.set(analysis, finished(done, done.runMs, this.parts.clock.now()));
    } catch (error) {
      if (this.running !== run) return;
      this.shown.keepPartial(run, this.parts.clock.now() - run.startedAt);
      this.end(run);
      const problem = ProblemError.wrap(error);
      // The supervisor restarts the engine automatically, so the question waits instead of failing.
      if (entryOf(problem.problem.code).restarts && this.parts.engine.status.kind === 'restarting')
        this.shown.slots[analysis].attempted = null;
      else this.fail(analysis, problem);
    }
    this.pump(asked);
  }

  /** Finds the target's positions in the current text, once an analysis needs them. */
  private async followTarget(input: PromptInput, run: Run): Promise<void> {
    const prompt = await this.parts.engine.request('tokenize', { prompt: input }, { signal: run.abort.signal });
    if (this.running === run) this.target.follow(prompt);
  }

  private ask(run: Run, origin: Origin): Answered<AnyData> {
    const asked: Asked<AnyData> = {
      signal: run.abort.signal,
      onProgress: (progress, data) => {
        if (this.running !== run) return;
        run.progress = progress;
        if (data && this.adds(run.analysis, data)) run.partial = { data, origin };
        if (this.parts.clock.now() - run.lastPushAt >= progressIntervalMs) this.showRunning(run);
      },
    };
    const { translate, openPrompts = async () => [] } = this.parts;
    const engine = this.parts.answers.before(this.parts.engine, this.schedule.model, this.fresh.delete(run.analysis));
    return questions[run.analysis](engine, { ...origin, ...this.switches(), translate, openPrompts }, asked);
  }

  /** Part of a text's tokens shows less than the whole text before an edit does. */
  private adds(analysis: Analysis, data: AnyData): boolean {
    const shown = this.shown.data(analysis);
    const isPart = (some: AnyData) => 'part' in some;
    return !isPart(data) || shown === null || isPart(shown);
  }

  /** Shows the run, and marks as running the waiting analyses that have nothing to show. */
  private showRunning(run: Run): void {
    const now = this.parts.clock.now();
    run.lastPushAt = now;
    this.shown.keepPartial(run, now - run.startedAt);
    const loading = run.loading && this.parts.engine.status.kind !== 'ready';
    this.shown.running({ ...run, loading }, run.analysis, now);
    const progress = loading ? run.progress : null;
    for (const analysis of this.waiting(run)) this.shown.running({ ...run, loading, progress }, analysis, now);
  }

  private waiting(run: Run): Analysis[] {
    return this.wanted.filter(
      (analysis) =>
        analysis !== run.analysis && this.shown.data(analysis) === null && this.schedule.isDue(analysis, false),
    );
  }

  private end(run: Run): void {
    run.quiet?.();
    this.running = null;
  }

  private setModel(loaded: LoadedModel): void {
    const { model } = this.shown.now;
    if (!this.schedule.modelChanged(loaded) && model) return;
    if (model && model.sha256 !== loaded.model.sha256) this.shown.outdateAll(this.source());
    const { runtime } = loaded;
    const why = runtime.reason && this.parts.say(runtime.reason);
    this.shown.push({ model: loaded.model, runtime: { ...reportedRuntime(runtime), why } });
  }

  private cancelWait(): void {
    this.wait?.();
    this.wait = null;
  }
}
