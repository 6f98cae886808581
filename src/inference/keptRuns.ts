/**
 * The prompts and runs of one loaded model that are kept, and the requests whose runs they are, so that an edit, an attention map or a
 * continuation starts from what is known. They are dropped with the model, since they fit no other file. Engine only.
 */

import { generate } from '../analysis/generate/generate';
import { endCandidate, extendRun, type Run, toProbabilities } from '../analysis/probabilities/probabilities';
import { candidateOf } from '../analysis/shared/candidate';
import { withLikely } from '../analysis/shared/completions';
import type { Candidate } from '../analysis/shared/contract';
import { commonPrefix, type KnownPast } from '../analysis/shared/prefix';
import type { DecoderSpec } from '../checkpoint/types';
import type { Prompt } from '../protocol/model';
import { type PromptHandler, tokensDone } from './ground';

/** Number of runs kept: the prompt, its baseline, and the one before. */
const keptRuns = 3;
/** Number of tokenised prompts kept: the text on show, and the one before. */
const keptPrompts = 2;
/** Bytes that the pasts of the runs may take, 1,400 tokens of the bundled model; the last run stays however long it is. */
const keptBytes = 64e6;

export class KeptRuns {
  /** The last continuation, with the prompt before it. */
  continuation: KnownPast | null = null;
  private runs: Run[] = [];
  /** The last first. */
  private prompts: { key: string; prompt: Promise<Prompt> }[] = [];

  constructor(private readonly spec: Pick<DecoderSpec, 'layers' | 'keyValueHeads' | 'headWidth'>) {}

  /** The tokenised prompt of `key`; `read` makes it where it is not kept. One that cannot be read is not kept. */
  prompt(key: string, read: () => Promise<Prompt>): Promise<Prompt> {
    const prompt = this.prompts.find((each) => each.key === key)?.prompt ?? read();
    this.prompts = [{ key, prompt }, ...this.prompts.filter((each) => each.key !== key)].slice(0, keptPrompts);
    prompt.catch(() => {
      this.prompts = this.prompts.filter((each) => each.prompt !== prompt);
    });
    return prompt;
  }

  keep(run: Run): void {
    let room = keptBytes - this.pastBytes(run);
    const others = this.runs.filter(({ ids }) => !sameIds(ids, run.ids)).slice(0, keptRuns - 1);
    const fitting = others.filter((other) => {
      room -= this.pastBytes(other);
      return room >= 0;
    });
    this.runs = [run, ...fitting];
  }

  /**
   * A gradient of a long prompt needs the memory that its continuation holds; the prompt's own run stays, and the continuation can
   * start from it again.
   */
  makeRoom(): void {
    const [run] = this.runs;
    if (run && this.continuation && this.pastBytes(run) + this.pastBytes(this.continuation) > keptBytes) {
      this.continuation = null;
    }
  }

  /**
   * The run of exactly these ids, so that an undone edit shows the same values as before; otherwise the run that shares the longest
   * prefix.
   */
  closest(ids: readonly number[]): Run | null {
    const same = this.runs.find((run) => sameIds(run.ids, ids));
    if (same) return same;
    const shared = (run: Run) => commonPrefix(run.ids, ids);
    return this.runs.reduce<Run | null>((best, run) => (shared(run) > (best ? shared(best) : 0) ? run : best), null);
  }

  bestKnown(ids: readonly number[]): KnownPast | null {
    const run = this.closest(ids);
    const shared = (known: KnownPast | null) => (known ? commonPrefix(known.ids, ids) : 0);
    return shared(this.continuation) > shared(run) ? this.continuation : run;
  }

  private pastBytes({ ids }: Pick<Run, 'ids'>): number {
    const { layers, keyValueHeads, headWidth } = this.spec;
    return 2 * layers * keyValueHeads * headWidth * Float32Array.BYTES_PER_ELEMENT * ids.length;
  }
}

const sameIds = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && commonPrefix(a, b) === a.length;

export const scored: PromptHandler<'probabilities'> = async (ground, { top, nextTop }, { signal, progress }) => {
  const { model, ids, prompt, running } = ground;
  const before = running.kept.closest(ids);
  const onPart = (run: Run) => {
    const done = run.ids.length;
    const part = { prompt: firstTokens(prompt, done), result: toProbabilities(run, model, top) };
    progress({ stage: 'running', done, total: ids.length, unit: 'tokens', part });
  };
  const run = await extendRun(model, before, ids, { top, signal, onProgress: tokensDone(progress), onPart });
  running.kept.keep(run);
  const result = toProbabilities(run, model, top);
  if (nextTop && nextTop > top) result.next = await next(model, run, nextTop, signal);
  result.next = await withLikely(model, run, result.next, signal);
  return { result, end: endCandidate(run, model), reused: run.reused };
};

function firstTokens(prompt: Prompt, count: number): Prompt {
  const tokens = prompt.tokens.slice(0, count);
  return { ...prompt, tokens, rendered: prompt.rendered.slice(0, tokens[count - 1].end) };
}

export const continued: PromptHandler<'generate'> = async (ground, { options }, { signal, progress }) => {
  const { model, ids, running } = ground;
  const known = running.kept.bestKnown([...ids.slice(0, options.keep ?? ids.length), ...options.prefix]);
  const { result, known: grown } = await generate(model, ids, options, { known, signal, onStep: progress });
  running.kept.continuation = grown;
  return { result };
};

/** Runs the last token once more, for more candidates after it than are kept at every position. */
async function next(
  model: Parameters<typeof extendRun>[0],
  run: Run,
  top: number,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const last = run.ids.length - 1;
  const past = last > 0 ? model.truncate(run.past, last) : null;
  const k = Math.min(top, model.info.vocabulary);
  const { topIds, topLogprob } = await model.run({ ids: [[run.ids[last]]], past, rows: [0], top: k }, signal);
  return Array.from(topIds, (id, index) => candidateOf(model, id, topLogprob[index]));
}
