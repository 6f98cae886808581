/**
 * One prompt under the lens: it follows a text, computes the analyses on view, and keeps the state that a panel and the editor draw. Newer
 * text aborts older runs, and late answers are dropped. Knows neither VS Code nor the process: text, engine and time are passed in.
 */
import { type Analysis, analysisNames, contracts } from '../../analysis/contracts';
import type { GeneratedStep, GenerateOptions, GenerateResult } from '../../analysis/generate/contract';
import type { Intent, PanelState } from '../../analysis/panel';
import type { Baseline } from '../../analysis/probabilities/contract';
import type { TargetSpec } from '../../analysis/shared/contract';
import type { LoadedModel, Prompt, PromptInput, Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { entryOf } from '../../protocol/problemCatalogue';
import type { ProblemKind } from '../../protocol/problemKinds';
import { reportedRuntime } from '../../protocol/reportedRuntime';
import type { Selection } from '../../protocol/view';
import type { EngineStatus } from '../engine/supervisor';
import { type Asked, type Finished, opened, questions } from './analyses';
import { sameValues } from './givenValues';
import { forAnotherPrompt, initialState, nothingComputed, nothingSelected } from './panelDefaults';
import type { PromptSource } from './promptSource';
import { ReaderReport } from './readerReport';
import { Schedule } from './schedule';
import {
  type AnyData,
  type Origin,
  progressIntervalMs,
  quietMs,
  type Run,
  type SessionListener,
  type SessionOptions,
  type SessionParts,
  startedRun,
} from './sessionParts';
import { finished, ShownState } from './shownState';
import { Target } from './target';
import { type TextChange, textChange } from './textChange';

/** Kinds of failures that a new engine, or another model, may have fixed. */
const mendedByEngine: ReadonlySet<ProblemKind> = new Set(['engine', 'model', 'provider', 'cache']);

export class LensSession {
  private readonly shown: ShownState;
  private readonly target: Target;
  private readonly schedule: Schedule;
  private readonly report: ReaderReport;
  private sourceNow: PromptSource | null = null;
  private wanted: readonly Analysis[] = [];
  private running: Run | null = null;
  private wait: (() => void) | null = null;
  private readonly switches = () => ({ intent: this.state.intent, units: this.target.units });

  constructor(private readonly parts: SessionParts) {
    const { intent, options, clock } = parts;
    const text = () => this.sourceNow?.text ?? null;
    const values = () => this.sourceNow?.values;
    this.shown = new ShownState(initialState(intent, options.live), () => this.schedule.outdated(text()));
    this.target = new Target(this.shown, () => parts.onTargetLost?.());
    this.report = new ReaderReport(this.shown, clock, parts.say);
    this.schedule = new Schedule(this.shown, this.switches, values, () => clock.now(), options);
  }

  get state(): PanelState {
    return this.shown.now;
  }

  get source(): PromptSource | null {
    return this.sourceNow;
  }

  get busy(): boolean {
    return this.running !== null;
  }

  /** The text that the shown result belongs to; null without a result. */
  originOf(analysis: Analysis): PromptSource | null {
    return this.shown.origin(analysis)?.source ?? null;
  }

  /** The tokens of the shown result; null without a result. */
  promptOf(analysis: Analysis): Prompt | null {
    return this.shown.data(analysis)?.prompt ?? null;
  }

  onDidChange(listener: SessionListener): () => void {
    return this.shown.onDidChange(listener);
  }

  /** Sets another prompt, or another version of the same one; null when there is none. */
  setSource(source: PromptSource | null): void {
    const before = this.sourceNow;
    const same = source && before?.id === source.id ? before : null;
    if (source && same?.text === source.text) {
      if (!sameValues(source, same)) this.refilled(source);
      return;
    }
    this.sourceNow = source;
    this.report.follow(source, same ? this.schedule.options.delayMs : 0);
    this.schedule.textChanged(same !== null);
    const text = source?.text.slice(...(source.range ?? [0])) ?? null;
    if (same) this.shown.push({ text });
    this.abort();
    if (source && same) this.edited(source, textChange(same.text, source.text));
    else this.replaced(source, text, before);
  }

  /** Sets the name of the active editor, if it is not the shown text's own; null where it is, or where there is none. */
  setElsewhere(elsewhere: PanelState['elsewhere']): void {
    if (JSON.stringify(elsewhere) !== JSON.stringify(this.state.elsewhere)) this.shown.push({ elsewhere });
  }

  /** The prompt went away while it was shown: the problem is reported, and nothing keeps waiting. */
  lose(problem: ProblemError): void {
    this.setSource(null);
    for (const analysis of analysisNames) this.fail(analysis, problem);
  }

  /** Sets the analyses on view, the most urgent first. Only these are computed. */
  setWanted(wanted: readonly Analysis[]): void {
    const same = wanted.length === this.wanted.length && wanted.every((each, index) => this.wanted[index] === each);
    if (same) return;
    this.wanted = wanted;
    if (this.running && !wanted.includes(this.running.analysis)) this.abort();
    this.pump();
  }

  setOptions(options: SessionOptions): void {
    const live = options.live !== this.schedule.options.live;
    this.schedule.options = options;
    if (live) this.shown.push({ live: options.live });
    this.pump();
  }

  /** `units`: the selection in the file, when this intent chooses the unit "selection". */
  setIntent(intent: Intent, by: 'host' | 'page', units?: readonly Range[]): void {
    const before = this.state.intent.target;
    if (units) this.target.units = units;
    this.shown.push({ intent }, by);
    this.target.changed(before, this.wanted, this.sourceNow);
    this.switched();
  }

  /** Sets the target. A span counts in the tokens of `prompt`, which is the current text's. */
  setTarget(target: TargetSpec, prompt?: Prompt): void {
    this.target.set(target, prompt);
    this.switched();
  }

  /** Sets the ranges of the file that count as units when the unit is "selection". */
  setUnits(units: readonly Range[]): void {
    this.target.units = units;
    this.switched();
  }

  get units(): readonly Range[] {
    return this.target.units;
  }

  select(change: Partial<Selection>, by: 'host' | 'page'): void {
    const selection = { ...this.state.selection, ...change };
    const keys = Object.keys(selection) as (keyof Selection)[];
    if (keys.some((key) => selection[key] !== this.state.selection[key])) this.shown.push({ selection }, by);
  }

  setBaseline(baseline: Baseline | null): void {
    this.shown.push({ baseline });
  }

  /** Computes the analyses on view immediately, with or without live updates, and also after a failure. */
  run(): void {
    for (const analysis of this.wanted) this.shown.slots[analysis].attempted = null;
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
      const state = this.state[analysis];
      const engineFailed = state.kind === 'failed' && mendedByEngine.has(entryOf(state.problem.code).kind);
      if (engineFailed) this.shown.slots[analysis].attempted = null;
    }
    this.pump();
  }

  /** Continues the shown prompt, or another. Rejects with a ProblemError. */
  async generate(
    options: GenerateOptions,
    signal: AbortSignal,
    onProgress: (step: GeneratedStep) => void,
    other?: PromptInput,
  ): Promise<GenerateResult> {
    const prompt = other ?? (await this.input('probabilities'));
    return (await this.parts.engine.request('generate', { prompt, options }, { signal, onProgress })).result;
  }

  /** The prompt behind the shown result of `analysis`; the current text when there is no result. */
  async input(analysis: Analysis): Promise<PromptInput> {
    const origin = this.shown.origin(analysis);
    if (origin) return origin.input;
    if (!this.sourceNow) throw new ProblemError('noPrompt');
    return opened(await this.sourceNow.read(), this.state.intent);
  }

  dispose(): void {
    this.abort();
    this.cancelWait();
    this.report.stop();
    this.shown.silence();
  }

  /** Drops everything that pointed into the previous prompt or was a version of it. */
  private replaced(source: PromptSource | null, text: string | null, before: PromptSource | null): void {
    for (const slot of Object.values(this.shown.slots)) slot.origin = null;
    const named = { title: source?.title ?? null, file: source?.file ?? null, text };
    const changes = { ...named, report: null, ...nothingComputed, selection: nothingSelected, baseline: null };
    this.shown.push(changes);
    if (before) this.forget(before.id, source?.id ?? null);
    else if (source) this.target.arrive(source.id);
    this.pump(true);
  }

  private forget(before: string, now: string | null): void {
    this.target.leave(before, now);
    this.shown.push({ intent: forAnotherPrompt(this.state.intent) });
  }

  private edited(source: PromptSource, change: TextChange | null): void {
    if (change) this.target.edited(change);
    for (const analysis of analysisNames) {
      const recomputed = this.schedule.options.live && this.wanted.includes(analysis);
      if (!recomputed && this.shown.data(analysis)) this.shown.outdate(analysis, source);
    }
    this.pump();
  }

  /** Handles other values of the variables of the same text: a choice, which is computed with or without live updates. */
  private refilled(source: PromptSource): void {
    this.sourceNow = source;
    this.report.follow(source, 0);
    this.target.refilled();
    this.abort();
    this.pump();
  }

  /** Finds the target's positions in the current text, once an analysis needs them. */
  private async followTarget(input: PromptInput, run: Run): Promise<void> {
    const prompt = await this.parts.engine.request('tokenize', { prompt: input }, { signal: run.abort.signal });
    if (this.running === run) this.target.follow(prompt);
  }

  /** Handles a new choice that results depend on. */
  private switched(): void {
    const run = this.running;
    if (run && this.shown.slots[run.analysis].attempted !== this.schedule.key(run.analysis)) this.abort();
    this.pump();
  }

  /** Starts the most urgent analysis that is wanted and missing. */
  private pump(asked = false): void {
    this.cancelWait();
    if (this.running || !this.sourceNow) return;
    const due = this.wanted.filter((analysis) => this.schedule.isDue(analysis, asked));
    const next = due.find((analysis) => asked || this.schedule.pause(analysis) <= 0);
    if (next) void this.compute(next, this.sourceNow, asked);
    else if (due.length > 0)
      this.wait = this.parts.clock.after(Math.min(...due.map((analysis) => this.schedule.pause(analysis))), () => {
        this.wait = null;
        this.pump();
      });
  }

  private async compute(analysis: Analysis, source: PromptSource, asked: boolean): Promise<void> {
    const run = startedRun(analysis, this.schedule.attempt(analysis), this.parts.clock.now());
    this.running = run;
    if (this.shown.data(analysis) === null) this.showRunning(run);
    else run.quiet = this.parts.clock.after(quietMs, () => this.showRunning(run));
    try {
      const plain = contracts[analysis].readsTables && source.readPlain;
      const input = opened(await (plain ? plain() : source.read()), this.state.intent);
      const loaded = await this.parts.engine.load();
      if (this.running !== run) return;
      run.loading = false;
      run.progress = null;
      this.setModel(loaded);
      if (this.state[analysis].kind === 'loadingModel') this.showRunning(run);
      if (this.target.moved && contracts[analysis].targeted) await this.followTarget(input, run);
      if (this.running !== run) return;
      run.made = this.schedule.attempt(analysis);
      const done = await this.ask(run, { source, input });
      if (this.running !== run) return;
      this.end(run);
      Object.assign(this.shown.slots[analysis], { origin: { source, input }, made: run.made });
      this.target.seen(done.data.prompt);
      this.shown.set(analysis, finished(done.data, done.runMs, this.parts.clock.now()));
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

  private ask(run: Run, origin: Origin): Promise<Finished<AnyData>> {
    const asked: Asked<AnyData> = {
      signal: run.abort.signal,
      onProgress: (progress, data) => {
        if (this.running !== run) return;
        run.progress = progress;
        if (data) run.partial = { data, origin };
        if (this.parts.clock.now() - run.lastPushAt >= progressIntervalMs) this.showRunning(run);
      },
    };
    const { engine, translate, openPrompts = async () => [] } = this.parts;
    return questions[run.analysis](engine, { ...origin, ...this.switches(), translate, openPrompts }, asked);
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

  private fail(analysis: Analysis, error: ProblemError): void {
    this.shown.fail(analysis, this.parts.translate(error.problem));
  }

  private end(run: Run): void {
    run.quiet?.();
    this.running = null;
  }

  /** Gives up the current run and drops its answer. The view returns to the result that the run would have replaced. */
  private abort(): void {
    const run = this.running;
    if (!run) return;
    this.end(run);
    run.abort.abort();
    this.shown.slots[run.analysis].attempted = null;
    for (const analysis of analysisNames) {
      const { kind } = this.state[analysis];
      if (kind === 'running' || kind === 'loadingModel') this.shown.outdate(analysis, this.sourceNow);
    }
  }

  private setModel(loaded: LoadedModel): void {
    const { model } = this.state;
    if (!this.schedule.modelChanged(loaded) && model) return;
    if (model && model.sha256 !== loaded.model.sha256) this.shown.outdateAll(this.sourceNow);
    const { runtime } = loaded;
    const why = runtime.reason && this.parts.say(runtime.reason);
    this.shown.push({ model: loaded.model, runtime: { ...reportedRuntime(runtime), why } });
  }

  private cancelWait(): void {
    this.wait?.();
    this.wait = null;
  }
}
