/**
 * Answers each request in the engine process: one analysis at a time. The last runs are kept, so that an edit, an attention map or
 * a continuation starts from what is known. Engine only; the wire is analysis/contracts.ts.
 */
import { existsSync } from 'node:fs';
import type { AnalysisRequests, EngineApi } from '../analysis/contracts';
import { commonPrefix } from '../analysis/shared/prefix';
import type { HandlerContext, Handlers } from '../protocol/channel';
import { clause } from '../protocol/clauses';
import type { EngineOptions, LoadedModel, Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { ModelRequests, Progress, PromptRequest } from '../protocol/request';
import { checkLength } from '../protocol/textLength';
import { lookUps, promptAnalyses, textAnalyses } from './analyses';
import { EmbeddingsRequests } from './embeddingsRequest';
import { type Ground, type Kept, type TextsGround, tokensDone } from './ground';
import { KeptRuns } from './keptRuns';
import { loadModel, modelPath, type RunningModel } from './loadModel';
import { saveTensors } from './saveTensors';
import { vocabularyEntries } from './vocabularyEntries';

type Requests = EngineApi['requests'];
type AnyPrompt = (ground: Ground, params: never, context: HandlerContext<never>) => Promise<object>;
type AnyTexts = (ground: TextsGround, params: never, context: HandlerContext<never>) => Promise<unknown>;

/** No real text has this many characters a token; beyond it, tokenising alone would take seconds. */
const charactersPerToken = 40;

export class Engine {
  private running: (RunningModel & Kept) | null = null;
  private options: string | null = null;
  private queue: Promise<unknown> = Promise.resolve();

  load(options: EngineOptions, context: HandlerContext<Progress>): Promise<LoadedModel> {
    return this.alone(context.signal, async () => {
      const key = JSON.stringify(options);
      if (!this.running || this.options !== key || !(await isAsNamed(this.running, options))) {
        await this.running?.release();
        this.running = null;
        const running = await loadModel(options, context);
        const kept = new KeptRuns(running.checkpoint.spec);
        this.running = { ...running, kept, points: new EmbeddingsRequests() };
        this.options = key;
      }
      const { model, runtime, compiled, loadMs } = this.running;
      return { model, runtime, compiled, loadMs };
    });
  }

  async tokenize({ prompt }: PromptRequest): Promise<Prompt> {
    await this.assureCurrent();
    return this.prompt(prompt);
  }

  vocabulary(params: ModelRequests['vocabulary']['params']): ModelRequests['vocabulary']['result'] {
    return vocabularyEntries(this.loaded().checkpoint.tokenizer, params);
  }

  async save(
    { prompt, path, tensors }: ModelRequests['save']['params'],
    { signal, progress }: HandlerContext<Progress>,
  ): Promise<ModelRequests['save']['result']> {
    const saved = await this.onPrompt(prompt, signal, async ({ ids, model }) => ({
      result: await saveTensors(model, ids, path, tensors, { signal, onProgress: tokensDone(progress) }),
    }));
    return saved.result;
  }

  /** The handlers of every analysis. */
  analyses(): Handlers<{ requests: Pick<Requests, keyof AnalysisRequests>; notifications: Record<never, never> }> {
    const each = <H extends object>(handlers: H, make: (handler: never) => unknown) =>
      Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, make(handler as never)]));
    return {
      ...each(promptAnalyses, (handler: AnyPrompt) => this.ofPrompt(handler)),
      ...each(
        textAnalyses,
        (handler: AnyTexts) => (params: never, context: HandlerContext<never>) =>
          this.current(context.signal, () => handler(this.textsGround(), params, context)),
      ),
      ...each(
        lookUps,
        (handler: AnyTexts) => (params: never, context: HandlerContext<never>) =>
          handler({ ...this.textsGround(), read: (input) => this.prompt(input) }, params, context),
      ),
    } as ReturnType<Engine['analyses']>;
  }

  private loaded(): RunningModel & Kept {
    if (!this.running) throw new ProblemError('internal', [clause('noModelLoaded')]);
    return this.running;
  }

  /** As `read`; the last prompts are kept, since every analysis of a text asks for it again. */
  private prompt(input: PromptInput): Promise<Prompt> {
    return this.loaded().kept.prompt(JSON.stringify(input), () => this.read(input));
  }

  private async shown(input: PromptInput | null): Promise<Prompt | null> {
    try {
      return input && (await this.prompt(input));
    } catch (error) {
      if (['promptTooLong', 'textTooLarge'].includes(ProblemError.wrap(error).problem.code)) return null;
      throw error;
    }
  }

  /** The tokenised prompt, which is neither empty nor longer than the model reads. */
  private async read(input: PromptInput): Promise<Prompt> {
    const { checkpoint, model } = this.loaded();
    const size =
      input.kind === 'raw' ? input.text.length : input.messages.reduce((sum, one) => sum + one.content.length, 0);
    if (size === 0) throw new ProblemError('emptyPrompt', [input.file ?? clause('text')]);
    checkLength(size, model.context * charactersPerToken);
    const prompt = await checkpoint.prompt(input);
    const count = prompt.tokens.length;
    if (count === 0) throw new ProblemError('emptyPrompt', [input.file ?? clause('text')]);
    if (count > model.context) {
      const fitting = Math.floor((size * model.context) / count / 100) * 100;
      throw new ProblemError(
        'promptTooLong',
        [count, model.context, fitting].map((n) => n.toLocaleString('en')),
      );
    }
    return prompt;
  }

  private textsGround(): TextsGround {
    const running = this.loaded();
    return {
      ...{ running, model: running.decoder },
      read: (input) => this.read(input),
      shown: (input) => this.shown(input),
    };
  }

  private ofPrompt(handler: AnyPrompt) {
    return (params: PromptRequest, context: HandlerContext<never>) =>
      this.onPrompt(params.prompt, context.signal, (ground) => handler(ground, params as never, context));
  }

  private onPrompt<R extends object>(
    input: PromptInput,
    signal: AbortSignal,
    analyse: (ground: Ground) => Promise<R>,
  ): Promise<R & { prompt: Prompt; runMs: number; reused: number }> {
    return this.current(signal, async () => {
      const prompt = await this.prompt(input);
      const ids = prompt.tokens.map((token) => token.id);
      const started = performance.now();
      const texts = this.textsGround();
      const { kept, gradients: differentiable } = texts.running;
      const reused = commonPrefix(kept.bestKnown(ids)?.ids ?? [], ids);
      const ground = {
        ...{ ...texts, prompt, ids, differentiable },
        // A getter, because an analysis may make room before it uses this.
        get known() {
          return kept.bestKnown(ids);
        },
      };
      const analysed = await analyse(ground);
      return { prompt, reused, ...analysed, runMs: performance.now() - started };
    });
  }

  /** Runs `work` in its turn, on a model whose file is still the one that was opened. */
  private current<R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> {
    return this.alone(signal, async () => {
      await this.assureCurrent();
      return work();
    });
  }

  /** Rejects with modelChanged until the model is loaded again or the file holds its old bytes again. */
  private async assureCurrent(): Promise<void> {
    const { checkpoint } = this.loaded();
    if (!(await checkpoint.isCurrent())) throw new ProblemError('modelChanged', [checkpoint.path]);
  }

  /**
   * Requests run one after another, since two at once would only share the cores. A cancelled request leaves the queue when its
   * turn comes.
   */
  private alone<R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> {
    const turn = this.queue.then(() => {
      if (signal.aborted) throw new ProblemError('cancelled');
      return work();
    });
    this.queue = turn.catch(() => {});
    return turn;
  }
}

/** Whether the model file is still the one that was opened, and the options still name it. */
async function isAsNamed({ checkpoint }: RunningModel, { model }: EngineOptions): Promise<boolean> {
  const path = await modelPath(model);
  return path === checkpoint.path && existsSync(path) && (await checkpoint.isCurrent());
}
