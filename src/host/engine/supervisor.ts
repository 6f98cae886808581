/**
 * Manages the engine process: it forks the process at the first question, loads the model once for all callers, restarts the process once
 * after a crash and gives up after a second one. Invariant: no caller waits for a dead process. Knows neither VS Code nor child_process.
 */

import type { EngineApi, HostApi } from '../../analysis/contracts';
import type { EngineProcess } from '../../client/engineProcess';
import { type CallOptions, Channel } from '../../protocol/channel';
import { type Clause, clause, wordsOf } from '../../protocol/clauses';
import type { EngineOptions, LoadedModel } from '../../protocol/model';
import { failures, ProblemError } from '../../protocol/problem';
import { entryOf } from '../../protocol/problemCatalogue';
import type { Progress } from '../../protocol/request';
import type { Clock } from './clock';

export type EngineStatus =
  | { kind: 'stopped' }
  | { kind: 'loading'; progress: Progress | null }
  | { kind: 'ready'; loaded: LoadedModel }
  /** The model could not be loaded; the process lives and can be asked again. */
  | { kind: 'refused'; problem: ProblemError }
  /** Crashed; it restarts when the back-off has passed. */
  | { kind: 'restarting'; reason: Clause }
  /** Crashed again; only the user can restart it. */
  | { kind: 'down'; reason: Clause; problem?: ProblemError };

export interface SupervisorParts {
  fork: () => EngineProcess;
  options: () => EngineOptions;
  clock: Clock;
  log: (line: string) => void;
  /** Called after every change of status. */
  onStatus: (status: EngineStatus) => void;
  /** Called once for each crash; `final` when there is no automatic restart. */
  onCrash: (reason: Clause, final: boolean, problem?: ProblemError) => void;
  /** Called when the model's file was changed under the engine and is loaded again. */
  onModelChanged: (problem: ProblemError) => void;
}

export const restartDelayMs = 1000;
/** A process that ran this long earns another automatic restart. */
export const stableAfterMs = 120_000;
export const stopGraceMs = 2000;

type EngineChannel = Channel<EngineApi, HostApi>;
type Method = keyof EngineApi['requests'];
type CompiledGraphs = EngineApi['requests']['compiledGraphs'];

interface Life {
  process: EngineProcess;
  channel: EngineChannel;
  startedAt: number;
  /** Set before this class ends the process, so that its exit does not count as a crash. */
  stopping: boolean;
  load: { key: string; done: Promise<LoadedModel> } | null;
}

export class EngineSupervisor {
  private life: Life | null = null;
  private statusNow: EngineStatus = { kind: 'stopped' };
  private restarted = false;
  private backOff: { done: Promise<void>; cancel: () => void } | null = null;
  private disposed = false;

  constructor(private readonly parts: SupervisorParts) {}

  get status(): EngineStatus {
    return this.statusNow;
  }

  /**
   * Starts the engine and loads the model of the current settings, once for all callers; resolves at once when that is already done.
   * @throws ProblemError `engineGone`, or why the model was refused.
   */
  async load(): Promise<LoadedModel> {
    const life = await this.alive();
    const options = this.parts.options();
    const key = JSON.stringify(options);
    if (life.load?.key !== key) life.load = { key, done: this.startLoad(life, options) };
    return life.load.done;
  }

  /**
   * Puts one question to a loaded engine; rejects when the process ends. If the model's file was changed meanwhile, it is loaded again and
   * the question is repeated once, so that the answer belongs to the new file.
   */
  async request<K extends Method>(
    method: K,
    params: EngineApi['requests'][K]['params'],
    options: CallOptions<EngineApi['requests'][K] extends { progress: infer P } ? P : undefined> = {},
  ): Promise<EngineApi['requests'][K]['result']> {
    const ask = async () => {
      await this.load();
      if (options.signal?.aborted) throw new ProblemError('cancelled');
      const life = await this.alive();
      const { load } = life;
      return life.channel.request(method, params, options as never).catch((error) => {
        if (isModelChanged(error)) this.forgetModel(life, load, error);
        throw error;
      });
    };
    return ask().catch((error) => (isModelChanged(error) && !options.signal?.aborted ? ask() : Promise.reject(error)));
  }

  /** Requests the folder of compiled graphs, which needs a process but no model. */
  async compiledGraphs(params: CompiledGraphs['params']): Promise<CompiledGraphs['result']> {
    return (await this.alive()).channel.request('compiledGraphs', params);
  }

  /** Called at the user's request: forgets the crashes, ends the running process and starts a new one. */
  async restart(): Promise<LoadedModel> {
    this.restarted = false;
    this.end();
    this.setStatus({ kind: 'stopped' });
    return this.load();
  }

  dispose(): void {
    this.disposed = true;
    this.end();
  }

  private async alive(): Promise<Life> {
    if (this.backOff) await this.backOff.done;
    if (this.disposed) throw new ProblemError('engineGone', [clause('windowClosed')]);
    const { statusNow } = this;
    if (statusNow.kind === 'down') throw statusNow.problem ?? new ProblemError('engineGone', [statusNow.reason]);
    this.life ??= this.start();
    return this.life;
  }

  private start(): Life {
    const process = this.parts.fork();
    const channel: EngineChannel = new Channel(process.port, failures);
    const life: Life = { process, channel, startedAt: this.parts.clock.now(), stopping: false, load: null };
    channel.on('didLog', (line) => this.parts.log(line));
    process.onExit((reason, problem) => this.exited(life, reason, problem));
    return life;
  }

  /** Several questions may meet the change; only the first one reports it. */
  private forgetModel(life: Life, load: Life['load'], problem: ProblemError): void {
    if (!load || life.load !== load) return;
    life.load = null;
    this.parts.onModelChanged(problem);
  }

  private async startLoad(life: Life, options: EngineOptions): Promise<LoadedModel> {
    this.setStatus({ kind: 'loading', progress: null });
    const current = () => this.life === life && life.load?.key === JSON.stringify(options);
    try {
      const loaded = await life.channel.request('load', options, {
        onProgress: (progress) => current() && this.setStatus({ kind: 'loading', progress }),
      });
      if (current()) this.setStatus({ kind: 'ready', loaded });
      return loaded;
    } catch (error) {
      const problem = ProblemError.wrap(error);
      if (current()) {
        // The next caller tries again, since the user may have corrected the path meanwhile.
        life.load = null;
        if (entryOf(problem.problem.code).kind !== 'engine') this.setStatus({ kind: 'refused', problem });
      }
      throw problem;
    }
  }

  private exited(life: Life, reason: Clause, problem?: ProblemError): void {
    if (this.life !== life) return;
    this.life = null;
    if (life.stopping || this.disposed) return;
    this.parts.log(`The engine stopped: ${wordsOf(reason)}`);
    if (this.parts.clock.now() - life.startedAt >= stableAfterMs) this.restarted = false;
    // An engine that could not start once cannot start the next time.
    const final = this.restarted || problem?.problem.code === 'engineCannotStart';
    if (final) this.setStatus({ kind: 'down', reason, problem });
    else this.restartLater(reason);
    this.parts.onCrash(reason, final, problem);
  }

  private restartLater(reason: Clause): void {
    this.restarted = true;
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = () => {
        this.backOff = null;
        resolve();
      };
    });
    const takeBack = this.parts.clock.after(restartDelayMs, () => {
      finish();
      // The next caller receives the rejection; here it only must not go unhandled.
      this.load().catch(() => {});
    });
    this.backOff = {
      done,
      cancel: () => {
        takeBack();
        finish();
      },
    };
    this.setStatus({ kind: 'restarting', reason });
  }

  private end(): void {
    this.backOff?.cancel();
    const life = this.life;
    this.life = null;
    if (!life) return;
    life.stopping = true;
    void life.process.stop(stopGraceMs);
  }

  private setStatus(status: EngineStatus): void {
    this.statusNow = status;
    if (!this.disposed) this.parts.onStatus(status);
  }
}

const isModelChanged = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && error.problem.code === 'modelChanged';
