/**
 * One prompt under the lens: it follows a text, computes the analyses on view, and keeps the state that a panel and the editor draw. Newer
 * text aborts older runs, and late answers are dropped. Knows neither VS Code nor the process: text, engine and time are passed in.
 */
import { type Analysis, analysisNames } from '../../analysis/contracts';
import type { ContinuationAction } from '../../analysis/generate/contract';
import type { Intent, PanelState } from '../../analysis/panel';
import type { Baseline } from '../../analysis/probabilities/contract';
import type { TargetSpec } from '../../analysis/shared/contract';
import type { Prompt, PromptInput, Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Selection } from '../../protocol/view';
import type { EngineStatus } from '../engine/supervisor';
import { opened } from './analyses';
import { Continuations } from './continuations';
import { Following } from './following';
import { filledKey } from './givenValues';
import { KeptForPrompt } from './keptForPrompt';
import { initialState } from './panelDefaults';
import { choicesOf, noChoices, withChoices } from './promptChoices';
import type { PromptSource } from './promptSource';
import { ReaderReport } from './readerReport';
import { Runs } from './runs';
import { Schedule } from './schedule';
import type { SessionListener, SessionOptions, SessionParts } from './sessionParts';
import { ShownState } from './shownState';
import { Target } from './target';
import { TypedScores } from './typedScores';

export class LensSession {
  private readonly shown: ShownState;
  private readonly target: Target;
  private readonly schedule: Schedule;
  private readonly report: ReaderReport;
  private readonly runs: Runs;
  private readonly kept: KeptForPrompt;
  private readonly continued: Continuations;
  private readonly typed: TypedScores;
  private readonly following: Following;
  private readonly switches = () => ({ intent: this.state.intent, units: this.target.units });

  constructor(parts: SessionParts) {
    const { intent, options, clock } = parts;
    const source = () => this.following.source;
    const text = () => source()?.text ?? null;
    const filled = () => filledKey(source() ?? {});
    this.shown = new ShownState(initialState(intent, options.live), () => this.schedule.outdated(text()));
    this.target = new Target(this.shown, () => parts.onTargetLost?.());
    this.report = new ReaderReport(this.shown, clock, parts.say);
    this.schedule = new Schedule(this.shown, this.switches, filled, () => clock.now(), options);
    this.runs = new Runs(parts, this.shown, this.schedule, this.target, source, this.switches);
    this.kept = new KeptForPrompt(parts.memory, this.shown, source);
    const model = () => this.schedule.model;
    this.typed = new TypedScores(parts, this.shown, model, () => this.input('probabilities'));
    this.continued = new Continuations(parts, this.shown, source, () => this.input('probabilities'));
    const { shown, target, schedule, report, runs, kept, continued } = this;
    this.following = new Following({ shown, target, schedule, report, runs, kept, continued });
  }

  get state(): PanelState {
    return this.shown.now;
  }

  get source(): PromptSource | null {
    return this.following.source;
  }

  get busy(): boolean {
    return this.runs.busy;
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
    this.following.take(source);
  }

  /** Sets the name of the active editor, if it is not the shown text's own; null where it is, or where there is none. */
  setElsewhere(elsewhere: PanelState['elsewhere']): void {
    if (JSON.stringify(elsewhere) !== JSON.stringify(this.state.elsewhere)) this.shown.push({ elsewhere });
  }

  /** The prompt went away while it was shown: the problem is reported, and nothing keeps waiting. */
  lose(problem: ProblemError): void {
    this.setSource(null);
    for (const analysis of analysisNames) this.runs.fail(analysis, problem);
  }

  /** Sets the analyses on view, the most urgent first. Only these are computed. */
  setWanted(wanted: readonly Analysis[]): void {
    this.runs.want(wanted);
  }

  setOptions(options: SessionOptions): void {
    const live = options.live !== this.schedule.options.live;
    this.schedule.options = options;
    if (live) this.shown.push({ live: options.live });
    this.runs.pump();
  }

  /** `units`: the selection in the file, when this intent chooses the unit "selection". */
  setIntent(intent: Intent, by: 'host' | 'page', units?: readonly Range[]): void {
    const before = this.state.intent.target;
    if (units) this.target.units = units;
    this.shown.push({ intent }, by);
    this.target.changed(before, this.runs.onView, this.source);
    this.runs.switched();
  }

  /** Takes over the choices that a page saved before a reload; those that belong to a prompt are remembered with the prompt. */
  adopt(saved: Intent): void {
    this.setIntent(withChoices(saved, this.source ? choicesOf(this.state.intent) : noChoices), 'page');
  }

  /** Sets the target. A span counts in the tokens of `prompt`, which is the current text's. */
  setTarget(target: TargetSpec, prompt?: Prompt): void {
    this.target.set(target, prompt);
    this.runs.switched();
  }

  /** Sets the ranges of the file that count as units when the unit is "selection". */
  setUnits(units: readonly Range[]): void {
    this.target.units = units;
    this.runs.switched();
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
    this.kept.pinned(baseline);
  }

  /** Computes the analyses on view immediately, with or without live updates, and also after a failure. */
  run(): void {
    this.runs.again();
  }

  /** Called at the user's request. Waiting analyses are cancelled too; partial results stay. */
  cancel(): void {
    this.runs.cancel();
  }

  /** A change of the engine matters to a session that waits for it, and to one whose model was replaced. */
  engineChanged(status: EngineStatus): void {
    this.runs.engineChanged(status);
  }

  /** Continues the shown prompt as the user asks; the rows are part of the state. */
  continue(action: ContinuationAction): void {
    this.continued.act(action);
  }

  /** The prompt behind the shown result of `analysis`; the current text when there is no result. */
  async input(analysis: Analysis): Promise<PromptInput> {
    const origin = this.shown.origin(analysis);
    if (origin) return origin.input;
    if (!this.source) throw new ProblemError('noPrompt');
    return opened(await this.source.read(), this.state.intent);
  }

  dispose(): void {
    this.runs.stop();
    this.continued.stop();
    this.typed.stop();
    this.report.stop();
    this.shown.silence();
  }
}
