/**
 * What the engine process does with each request: one analysis at a time, the last runs kept so that an edit, an attention map or a
 * continuation starts from what is known. Engine only; the wire is protocol/engine.ts.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { attentionBetween, attentionHeads, attentionOverview } from '../analysis/attention/attention';
import { choose } from '../analysis/choose/choose';
import type { EngineApi } from '../analysis/contracts';
import { generate } from '../analysis/generate/generate';
import { endCandidate, extendRun, type Run, toProbabilities } from '../analysis/probabilities/probabilities';
import { gradients } from '../analysis/saliency/gradients';
import type { Candidate } from '../analysis/shared/contract';
import { commonPrefix, type KnownPast } from '../analysis/shared/prefix';
import type { HandlerContext } from '../protocol/channel';
import type { EngineOptions, LoadedModel, Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Answer, Progress, PromptRequest } from '../protocol/request';
import { EmbeddingsRequests } from './embeddingsRequest';
import { explainByHeads, explainByLens, explainByOcclusion, explainByPatching } from './explanations';
import { KeptRuns } from './keptRuns';
import { fitProbe } from './layerProbeRequest';
import { explainByExamples, explainByHeadMap, explainByLensTable, explainByPatchMap } from './layersRequests';
import { loadModel, modelPath, type RunningModel } from './loadModel';
import { bundledProbe } from './probeFile';
import { explainBySaliency } from './saliencyRequest';
import { saveTensors } from './saveTensors';
import { truthDirection } from './truthDirection';
import { evaluateTruth, judge, trainTruth } from './truthRequests';
import { followingEntries, vocabularyEntries } from './vocabularyEntries';

type Requests = EngineApi['requests'];
type Params<K extends keyof Requests> = Requests[K]['params'];
type Result<K extends keyof Requests> = Promise<Requests[K]['result']>;

/** More characters a token than any real text has; beyond, tokenising alone would take seconds. */
const charactersPerToken = 40;

/** What was computed with a model and may be used again. It goes with the model. */
interface Kept {
  kept: KeptRuns;
  points: EmbeddingsRequests;
}

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
        const kept = new KeptRuns(running.checkpoint.hyper);
        this.running = { ...running, kept, points: new EmbeddingsRequests() };
        this.options = key;
      }
      const { model, runtime, compiled, loadMs } = this.running;
      return { model, runtime, compiled, loadMs };
    });
  }

  async tokenize({ prompt }: Params<'tokenize'>): Result<'tokenize'> {
    await this.assureCurrent();
    return this.prompt(prompt);
  }

  probabilities(
    params: Params<'probabilities'>,
    { signal, progress }: HandlerContext<Progress>,
  ): Result<'probabilities'> {
    return this.answer(params, signal, async (ids, { decoder }) => {
      const run = await this.extended(ids, params.top, signal, progress);
      const result = toProbabilities(run, decoder, params.top);
      if (params.nextTop && params.nextTop > params.top) result.next = await this.next(run, params.nextTop, signal);
      const end = endCandidate(run, decoder);
      return { result, end, reused: run.reused };
    }).then(({ result: { result, end, reused }, ...answer }) => ({ ...answer, reused, result, end }));
  }

  generate(
    params: Params<'generate'>,
    { signal, progress }: HandlerContext<Requests['generate']['progress']>,
  ): Result<'generate'> {
    return this.answer(params, signal, async (ids, { decoder }) => {
      const known = this.bestKnown([...ids.slice(0, params.options.keep ?? ids.length), ...params.options.prefix]);
      const { result, known: grown } = await generate(decoder, ids, params.options, {
        known,
        signal,
        onStep: progress,
      });
      // The next step, and a branch, start from here.
      this.loaded().kept.continuation = grown;
      return result;
    });
  }

  choose(params: Params<'choose'>, { signal, progress }: HandlerContext<Progress>): Result<'choose'> {
    return this.answer(params, signal, (ids, { decoder }, prompt) =>
      choose(decoder, prompt, params.choices, {
        threshold: params.threshold,
        known: this.bestKnown(ids),
        signal,
        onProgress: steps(progress),
      }),
    );
  }

  attentionOverview(
    params: Params<'attentionOverview'>,
    { signal, progress }: HandlerContext<Progress>,
  ): Result<'attentionOverview'> {
    return this.answer(params, signal, (ids, { decoder }) =>
      attentionOverview(decoder, ids, {
        size: params.size,
        sink: params.sink,
        known: this.bestKnown(ids),
        signal,
        onProgress: tokens(progress),
      }),
    );
  }

  attentionHeads(params: Params<'attentionHeads'>, { signal }: HandlerContext<unknown>): Result<'attentionHeads'> {
    return this.answer(params, signal, (ids, { decoder }) =>
      attentionHeads(decoder, ids, params.heads, { known: this.bestKnown(ids), signal }),
    );
  }

  attentionBetween(
    params: Params<'attentionBetween'>,
    { signal }: HandlerContext<unknown>,
  ): Result<'attentionBetween'> {
    return this.answer(params, signal, async (ids, { decoder }) => ({
      weights: await attentionBetween(decoder, ids, params.from, params.to, { known: this.bestKnown(ids), signal }),
    }));
  }

  occlusion(
    params: Params<'occlusion'>,
    context: HandlerContext<Requests['occlusion']['progress']>,
  ): Result<'occlusion'> {
    return this.answer(params, context.signal, (ids, { decoder }, prompt) =>
      explainByOcclusion({ model: decoder, prompt, ids, known: this.bestKnown(ids) }, params, context),
    );
  }

  gradients(params: Params<'gradients'>, { signal, progress }: HandlerContext<Progress>): Result<'gradients'> {
    const { method, steps: points, target } = params;
    return this.answer(params, signal, (ids, { decoder, gradients: differentiable }, prompt) => {
      this.makeRoom();
      const known = this.bestKnown(ids);
      const options = { method, steps: points, target, known, signal, onProgress: steps(progress) };
      return gradients(decoder, differentiable, prompt, options);
    });
  }

  lens(params: Params<'lens'>, context: HandlerContext<unknown>): Result<'lens'> {
    return this.answer(params, context.signal, (ids, { decoder }, prompt) =>
      explainByLens({ model: decoder, prompt, ids, known: this.bestKnown(ids) }, params, context),
    );
  }

  heads(params: Params<'heads'>, context: HandlerContext<Requests['heads']['progress']>): Result<'heads'> {
    return this.answer(params, context.signal, (ids, { decoder }, prompt) =>
      explainByHeads({ model: decoder, prompt, ids, known: this.bestKnown(ids) }, params, context),
    );
  }

  patch(params: Params<'patch'>, context: HandlerContext<Requests['patch']['progress']>): Result<'patch'> {
    return this.answer(params, context.signal, async (ids, { decoder }, prompt) => {
      const from = (await this.prompt(params.from)).tokens.map((token) => token.id);
      const ground = { model: decoder, prompt, ids, known: this.bestKnown(ids) };
      return explainByPatching(ground, from, params, context);
    });
  }

  saliency(params: Params<'saliency'>, context: HandlerContext<Requests['saliency']['progress']>): Result<'saliency'> {
    return this.answer(params, context.signal, (ids, { decoder, gradients: differentiable }, prompt) => {
      this.makeRoom();
      const ground = { model: decoder, differentiable, prompt, ids, known: this.bestKnown(ids) };
      return explainBySaliency(ground, params, context);
    });
  }

  lensTable(params: Params<'lensTable'>, context: HandlerContext<Progress>): Result<'lensTable'> {
    return this.answer(params, context.signal, (ids, { decoder }, prompt) =>
      explainByLensTable({ model: decoder, prompt, ids, known: this.bestKnown(ids) }, params, context),
    );
  }

  headMap(params: Params<'headMap'>, context: HandlerContext<Requests['headMap']['progress']>): Result<'headMap'> {
    return this.answer(params, context.signal, (ids, { decoder, gradients: differentiable }, prompt) => {
      this.makeRoom();
      const ground = { model: decoder, differentiable, prompt, ids, known: this.bestKnown(ids) };
      return explainByHeadMap(ground, params, context);
    });
  }

  examples(params: Params<'examples'>, context: HandlerContext<Requests['examples']['progress']>): Result<'examples'> {
    return this.answer(params, context.signal, (ids, { decoder }, prompt) =>
      explainByExamples({ model: decoder, prompt, ids, known: this.bestKnown(ids) }, params, context),
    );
  }

  patching(params: Params<'patching'>, context: HandlerContext<Requests['patching']['progress']>): Result<'patching'> {
    return this.answer(params, context.signal, async (ids, { decoder, gradients: differentiable }, prompt) => {
      this.makeRoom();
      const ground = { model: decoder, differentiable, prompt, ids, known: this.bestKnown(ids) };
      return explainByPatchMap(ground, await this.prompt(params.from), params, context);
    });
  }

  embeddings(params: Params<'embeddings'>, context: HandlerContext<Progress>): Result<'embeddings'> {
    return this.timed(context.signal, async () => ({
      result: await this.loaded().points.embeddings(this.embeddingsGround(), params, context),
    }));
  }

  neighbours(params: Params<'neighbours'>, context: HandlerContext<Progress>): Result<'neighbours'> {
    return this.current(context.signal, () =>
      this.loaded().points.neighbours(this.embeddingsGround(), params, context),
    );
  }

  probe(params: Params<'probe'>, context: HandlerContext<Progress>): Result<'probe'> {
    return this.timed(context.signal, async () => ({ result: await fitProbe(this.truthGround(), params, context) }));
  }

  truth(params: Params<'truth'>, context: HandlerContext<Requests['truth']['progress']>): Result<'truth'> {
    return this.timed(context.signal, async () => ({ result: await judge(this.truthGround(), params, context) }));
  }

  trainTruth(params: Params<'trainTruth'>, context: HandlerContext<Progress>): Result<'trainTruth'> {
    return this.timed(context.signal, async () => ({ probe: await trainTruth(this.truthGround(), params, context) }));
  }

  truthDirection(params: Params<'truthDirection'>): Promise<Requests['truthDirection']['result']> {
    const { decoder: model, model: info } = this.loaded();
    return truthDirection({ model, bundledProbe: bundledProbe(dirname(info.path)) }, params);
  }

  evaluateTruth(params: Params<'evaluateTruth'>, context: HandlerContext<Progress>): Result<'evaluateTruth'> {
    return this.timed(context.signal, () => evaluateTruth(this.truthGround(), params, context));
  }

  async follow({ prompt, ...params }: Params<'follow'>): Result<'follow'> {
    const { decoder, checkpoint } = this.loaded();
    return followingEntries(decoder, checkpoint.tokenizer, await this.prompt(prompt), params);
  }

  vocabulary(params: Params<'vocabulary'>): Requests['vocabulary']['result'] {
    return vocabularyEntries(this.loaded().checkpoint.tokenizer, params);
  }

  save(params: Params<'save'>, { signal, progress }: HandlerContext<Progress>): Result<'save'> {
    return this.answer(params, signal, (ids, { decoder }) =>
      saveTensors(decoder, ids, params.path, params.tensors, { signal, onProgress: tokens(progress) }),
    ).then(({ result }) => result);
  }

  private truthGround() {
    const { decoder: model, runtime, model: info } = this.loaded();
    const prompt = (input: PromptInput) => this.prompt(input);
    return { model, prompt, threads: runtime.threads, bundledProbe: bundledProbe(dirname(info.path)) };
  }

  private embeddingsGround() {
    const { decoder: model, table } = this.loaded();
    return { model, table, prompt: (input: PromptInput) => this.prompt(input) };
  }

  private loaded(): RunningModel & Kept {
    if (!this.running) throw new ProblemError('internal', ['no model is loaded']);
    return this.running;
  }

  /** Tokenised, and neither empty nor longer than the model reads. */
  private async prompt(input: PromptInput): Promise<Prompt> {
    const { checkpoint, model } = this.loaded();
    const size =
      input.kind === 'raw' ? input.text.length : input.messages.reduce((sum, one) => sum + one.content.length, 0);
    if (size === 0) throw new ProblemError('emptyPrompt', [input.file ?? 'The text']);
    const limit = model.context * charactersPerToken;
    if (size > limit) throw new ProblemError('textTooLarge', [size.toLocaleString('en'), limit.toLocaleString('en')]);
    const prompt = await checkpoint.prompt(input);
    const count = prompt.tokens.length;
    if (count === 0) throw new ProblemError('emptyPrompt', [input.file ?? 'The text']);
    if (count > model.context) {
      const fitting = Math.floor((size * model.context) / count / 100) * 100;
      throw new ProblemError(
        'promptTooLong',
        [count, model.context, fitting].map((n) => n.toLocaleString('en')),
      );
    }
    return prompt;
  }

  private answer<R>(
    { prompt: input }: PromptRequest,
    signal: AbortSignal,
    analyse: (ids: number[], running: RunningModel, prompt: Prompt) => Promise<R>,
  ): Promise<Answer<R>> {
    return this.current(signal, async () => {
      const prompt = await this.prompt(input);
      const ids = prompt.tokens.map((token) => token.id);
      const started = performance.now();
      const known = this.bestKnown(ids);
      const result = await analyse(ids, this.loaded(), prompt);
      const reused = known ? commonPrefix(known.ids, ids) : 0;
      return { prompt, runMs: performance.now() - started, reused, result };
    });
  }

  private timed<R extends object>(signal: AbortSignal, work: () => Promise<R>): Promise<R & { runMs: number }> {
    return this.current(signal, async () => {
      const started = performance.now();
      const result = await work();
      return { ...result, runMs: performance.now() - started };
    });
  }

  /** In its turn, on a model whose file is still the one that was opened. */
  private current<R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> {
    return this.alone(signal, async () => {
      await this.assureCurrent();
      return work();
    });
  }

  /** Rejects with modelChanged until the model is loaded again, or the bytes are back. */
  private async assureCurrent(): Promise<void> {
    const { checkpoint } = this.loaded();
    if (!(await checkpoint.isCurrent())) throw new ProblemError('modelChanged', [checkpoint.path]);
  }

  /** One request after another: two at once would only share the cores. A cancelled one leaves the queue when its turn comes. */
  private alone<R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> {
    const turn = this.queue.then(() => {
      if (signal.aborted) throw new ProblemError('cancelled');
      return work();
    });
    this.queue = turn.catch(() => {});
    return turn;
  }

  private async extended(
    ids: number[],
    top: number,
    signal: AbortSignal,
    progress: (p: Progress) => void,
  ): Promise<Run> {
    const { decoder, kept } = this.loaded();
    const run = await extendRun(decoder, kept.closest(ids), ids, { top, signal, onProgress: tokens(progress) });
    kept.keep(run);
    return run;
  }

  private makeRoom(): void {
    this.loaded().kept.makeRoom();
  }

  /** The last token once more, for more candidates after it than every position keeps. */
  private async next(run: Run, top: number, signal: AbortSignal): Promise<Candidate[]> {
    const { decoder } = this.loaded();
    const last = run.ids.length - 1;
    const past = last > 0 ? decoder.truncate(run.past, last) : null;
    const k = Math.min(top, decoder.info.vocabulary);
    const { topIds, topLogprob } = await decoder.run({ ids: [[run.ids[last]]], past, rows: [0], top: k }, signal);
    return Array.from(topIds, (id, index) => ({ id, text: decoder.text(id), logprob: topLogprob[index] }));
  }

  private bestKnown(ids: readonly number[]): KnownPast | null {
    return this.loaded().kept.bestKnown(ids);
  }
}

/** The model file still is what was opened, and the options still name it. */
async function isAsNamed({ checkpoint }: RunningModel, { model }: EngineOptions): Promise<boolean> {
  const path = await modelPath(model);
  return path === checkpoint.path && existsSync(path) && (await checkpoint.isCurrent());
}

const tokens = (progress: (p: Progress) => void) => (done: number, total: number) =>
  progress({ stage: 'running', done, total, unit: 'tokens' });

const steps = (progress: (p: Progress) => void) => (done: number, total: number) =>
  progress({ stage: 'running', done, total, unit: 'steps' });
