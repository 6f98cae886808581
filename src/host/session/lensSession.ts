/**
 * One prompt under the lens: follows a text, computes what somebody is looking at, and keeps the state that a panel and the
 * editor draw. Newer text aborts older runs; a late answer is dropped. Knows neither VS Code nor the process: text, engine and
 * time are handed in. Used by host/lens.ts (one that follows the active prompt) and by torn-off panels (one each).
 */
import type { LoadedModel } from '../../protocol/engine';
import type { Prompt, PromptInput } from '../../protocol/model';
import type {
  AttentionData,
  Baseline,
  Intent,
  PanelState,
  ProbabilitiesData,
  Selection,
  ViewState,
} from '../../protocol/panel';
import { ProblemError } from '../../protocol/problem';
import type { GeneratedStep, GenerateOptions, GenerateResult } from '../../protocol/results';
import type { EngineStatus } from '../engine/supervisor';
import { type Asked, askAttention, askProbabilities, type Finished } from './analyses';
import { initialState, nothingSelected } from './panelDefaults';
import type { PromptSource } from './promptSource';
import {
  type Analysis,
  type DataOf,
  progressIntervalMs,
  quietMs,
  type Run,
  type SessionListener,
  type SessionOptions,
  type SessionParts,
  type Slot,
} from './sessionParts';
import { exactTokens, textChange } from './textChange';
import { failed, finished, outdated, shownData, working } from './viewState';

export class LensSession {
  private readonly listeners = new Set<SessionListener>();
  private readonly slots: Record<Analysis, Slot> = {
    probabilities: { attempted: null, origin: null },
    attention: { attempted: null, origin: null },
  };
  private current: PanelState;
  private options: SessionOptions;
  private sourceNow: PromptSource | null = null;
  private revision = 0;
  private modelKey = '';
  private wanted: readonly Analysis[] = [];
  private running: Run | null = null;
  private wait: (() => void) | null = null;

  constructor(private readonly parts: SessionParts) {
    this.options = parts.options;
    this.current = initialState(parts.intent, parts.options.live);
  }

  get state(): PanelState {
    return this.current;
  }

  get source(): PromptSource | null {
    return this.sourceNow;
  }

  get busy(): boolean {
    return this.running !== null;
  }

  /** The text the shown result belongs to; null without a result. */
  originOf(analysis: Analysis): PromptSource | null {
    return shownData(this.current[analysis] as ViewState<unknown>) === null
      ? null
      : (this.slots[analysis].origin?.source ?? null);
  }

  /** The tokens of the shown result; null without a result. */
  promptOf(analysis: Analysis): Prompt | null {
    return shownData(this.current[analysis] as ViewState<DataOf[Analysis]>)?.prompt ?? null;
  }

  onDidChange(listener: SessionListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Another prompt, or another version of the same one; null when there is none any more. */
  setSource(source: PromptSource | null): void {
    const before = this.sourceNow;
    if (source && before && source.id === before.id && source.text === before.text) return;
    this.sourceNow = source;
    this.revision++;
    this.push({ text: source && source.text.slice(...(source.range ?? [0])) });
    this.abort();
    if (source && before && source.id === before.id) this.edited(source);
    else this.replaced(source);
  }

  /** The prompt went away while it was shown: one sentence, and nothing waits. */
  lose(problem: ProblemError): void {
    this.setSource(null);
    const state = { kind: 'failed' as const, problem: this.parts.translate(problem.problem), previous: null };
    this.push({ probabilities: state, attention: state });
  }

  /** What is being looked at, the most urgent first. Nothing wanted, nothing computed. */
  setWanted(wanted: readonly Analysis[]): void {
    const same = wanted.length === this.wanted.length && wanted.every((each, index) => this.wanted[index] === each);
    if (same) return;
    this.wanted = wanted;
    if (this.running && !wanted.includes(this.running.analysis)) this.abort();
    this.pump();
  }

  setOptions(options: SessionOptions): void {
    const live = options.live !== this.options.live;
    this.options = options;
    if (live) this.push({ live: options.live });
    this.pump();
  }

  setIntent(intent: Intent, by: 'host' | 'page'): void {
    const sinkChanged = intent.sink !== this.current.intent.sink;
    this.push({ intent }, by);
    if (sinkChanged && this.running?.analysis === 'attention') this.abort();
    this.pump();
  }

  select(change: Partial<Selection>, by: 'host' | 'page'): void {
    const selection = { ...this.current.selection, ...change };
    const keys = Object.keys(selection) as (keyof Selection)[];
    if (keys.some((key) => selection[key] !== this.current.selection[key])) this.push({ selection }, by);
  }

  setBaseline(baseline: Baseline | null): void {
    this.push({ baseline });
  }

  /** Computes what is looked at now, live or not, also after a failure. */
  run(): void {
    for (const analysis of this.wanted) this.slots[analysis].attempted = null;
    this.abort();
    this.pump(true);
  }

  /** By the user. */
  cancel(): void {
    const run = this.running;
    this.cancelWait();
    if (!run) return;
    this.abort();
    this.slots[run.analysis].attempted = this.key(run.analysis);
    this.fail(run.analysis, new ProblemError('cancelled'));
  }

  /** The engine's news concern a session that waits for it, and one whose model was exchanged. */
  engineChanged(status: EngineStatus): void {
    const run = this.running;
    if (status.kind === 'loading' && run?.loading) {
      run.progress = status.progress;
      this.showRunning(run);
    }
    if (status.kind === 'refused' && !run) for (const analysis of this.wanted) this.fail(analysis, status.problem);
    if (status.kind !== 'ready') return;
    this.setModel(status.loaded);
    for (const analysis of ['probabilities', 'attention'] as const) {
      const state = this.current[analysis];
      const engineFailed = state.kind === 'failed' && /^(engine|model|provider|cache)/.test(state.problem.code);
      if (engineFailed) this.slots[analysis].attempted = null;
    }
    this.pump();
  }

  /** Continues the prompt that is shown. Rejects with a ProblemError. */
  async generate(
    options: GenerateOptions,
    signal: AbortSignal,
    onProgress: (step: GeneratedStep) => void,
  ): Promise<GenerateResult> {
    const prompt = await this.input('probabilities');
    return (await this.parts.engine.request('generate', { prompt, options }, { signal, onProgress })).result;
  }

  /** The prompt that the result of `analysis` on screen belongs to; the current text when there is none. */
  async input(analysis: Analysis): Promise<PromptInput> {
    const { origin } = this.slots[analysis];
    if (origin && this.originOf(analysis)) return origin.input;
    if (!this.sourceNow) throw new ProblemError('noPrompt');
    return this.sourceNow.read();
  }

  dispose(): void {
    this.abort();
    this.cancelWait();
    this.listeners.clear();
  }

  private replaced(source: PromptSource | null): void {
    this.cancelWait();
    for (const slot of Object.values(this.slots)) slot.origin = null;
    this.push({
      title: source?.title ?? null,
      probabilities: { kind: 'empty' },
      attention: { kind: 'empty' },
      selection: nothingSelected,
      // A baseline is another version of the same prompt.
      baseline: null,
    });
    this.pump(true);
  }

  private edited(source: PromptSource): void {
    if (this.options.live && this.wanted.length > 0) {
      this.cancelWait();
      this.wait = this.parts.clock.after(this.options.delayMs, () => {
        this.wait = null;
        this.pump();
      });
      return;
    }
    for (const analysis of ['probabilities', 'attention'] as const) {
      const origin = this.slots[analysis].origin;
      const changedAt = origin ? (textChange(origin.source.text, source.text)?.start ?? source.text.length) : 0;
      this.setView(
        analysis,
        outdated(this.current[analysis] as ViewState<DataOf[Analysis]>, (data) => exactTokens(data.prompt, changedAt)),
      );
    }
  }

  private key(analysis: Analysis): string {
    return `${this.revision} ${this.modelKey} ${analysis === 'attention' ? this.current.intent.sink : ''}`;
  }

  /** Starts the most urgent thing that is wanted and not there. Without live updates only a first result comes by itself. */
  private pump(asked = false): void {
    if (this.running || this.wait || !this.sourceNow) return;
    const due = this.wanted.find((analysis) => {
      const first = this.originOf(analysis) === null;
      return this.slots[analysis].attempted !== this.key(analysis) && (asked || this.options.live || first);
    });
    if (due) void this.compute(due, this.sourceNow, asked);
  }

  private async compute(analysis: Analysis, source: PromptSource, asked: boolean): Promise<void> {
    const run: Run = {
      analysis,
      abort: new AbortController(),
      startedAt: this.parts.clock.now(),
      loading: true,
      progress: null,
      quiet: null,
      lastPushAt: 0,
    };
    this.running = run;
    this.slots[analysis].attempted = this.key(analysis);
    if (shownData(this.current[analysis] as ViewState<unknown>) === null) this.showRunning(run);
    else run.quiet = this.parts.clock.after(quietMs, () => this.showRunning(run));
    try {
      const input = await source.read();
      const loaded = await this.parts.engine.load();
      if (this.running !== run) return;
      run.loading = false;
      run.progress = null;
      this.setModel(loaded);
      this.slots[analysis].attempted = this.key(analysis);
      const done = await this.ask(analysis, input, run);
      if (this.running !== run) return;
      this.end(run);
      this.slots[analysis].origin = { source, input };
      this.setView(analysis, finished(done.data, done.runMs, this.parts.clock.now()));
    } catch (error) {
      if (this.running !== run) return;
      this.end(run);
      const problem = ProblemError.wrap(error);
      // The supervisor starts it again by itself: the question waits instead of failing.
      if (problem.problem.code === 'engineGone' && this.parts.engine.status.kind === 'restarting')
        this.slots[analysis].attempted = null;
      else this.fail(analysis, problem);
    }
    this.pump(asked);
  }

  private ask(analysis: Analysis, input: PromptInput, run: Run): Promise<Finished<DataOf[Analysis]>> {
    const asked: Asked = {
      signal: run.abort.signal,
      onProgress: (progress) => {
        if (this.running !== run) return;
        run.progress = progress;
        if (this.parts.clock.now() - run.lastPushAt >= progressIntervalMs) this.showRunning(run);
      },
    };
    return analysis === 'probabilities'
      ? askProbabilities(this.parts.engine, input, asked)
      : askAttention(this.parts.engine, input, this.current.intent.sink, asked);
  }

  private showRunning(run: Run): void {
    const now = this.parts.clock.now();
    run.lastPushAt = now;
    this.setView(
      run.analysis,
      working(
        this.current[run.analysis] as ViewState<DataOf[Analysis]>,
        run.loading,
        run.progress,
        now - run.startedAt,
      ),
    );
  }

  private fail(analysis: Analysis, error: ProblemError): void {
    const problem = this.parts.translate(error.problem);
    this.setView(analysis, failed(this.current[analysis] as ViewState<DataOf[Analysis]>, problem));
  }

  private end(run: Run): void {
    run.quiet?.();
    this.running = null;
  }

  /** Gives up the current run; its answer will be dropped. What it would have replaced is what the view shows again. */
  private abort(): void {
    const run = this.running;
    if (!run) return;
    this.end(run);
    run.abort.abort();
    this.slots[run.analysis].attempted = null;
    const origin = this.slots[run.analysis].origin;
    const changedAt = origin && this.sourceNow ? textChange(origin.source.text, this.sourceNow.text)?.start : undefined;
    const state = this.current[run.analysis] as ViewState<DataOf[Analysis]>;
    if (state.kind === 'running' || state.kind === 'loadingModel')
      this.setView(
        run.analysis,
        outdated(state, (data) => exactTokens(data.prompt, changedAt ?? Number.POSITIVE_INFINITY)),
      );
  }

  private setModel(loaded: LoadedModel): void {
    const { provider, precision, threads } = loaded.runtime;
    const key = [loaded.model.sha256, provider, precision, threads].join(' ');
    if (key === this.modelKey && this.current.model) return;
    this.modelKey = key;
    this.push({ model: loaded.model, runtime: loaded.runtime });
  }

  private setView(analysis: Analysis, state: ViewState<DataOf[Analysis]>): void {
    this.push(
      analysis === 'probabilities'
        ? { probabilities: state as ViewState<ProbabilitiesData> }
        : { attention: state as ViewState<AttentionData> },
    );
  }

  private cancelWait(): void {
    this.wait?.();
    this.wait = null;
  }

  private push(changes: Partial<PanelState>, by: 'host' | 'page' = 'host'): void {
    this.current = { ...this.current, ...changes };
    for (const listener of this.listeners) listener(changes, by);
  }
}
