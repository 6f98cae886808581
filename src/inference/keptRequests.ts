/**
 * The requests whose runs are kept: the next edit, an attention map or a branch of a continuation starts from what they found.
 * Engine only.
 */
import { generate } from '../analysis/generate/generate';
import { endCandidate, extendRun, type Run, toProbabilities } from '../analysis/probabilities/probabilities';
import type { Candidate } from '../analysis/shared/contract';
import { type PromptHandler, tokensDone } from './ground';

export const scored: PromptHandler<'probabilities'> = async (ground, { top, nextTop }, { signal, progress }) => {
  const { model, ids, running } = ground;
  const before = running.kept.closest(ids);
  const run = await extendRun(model, before, ids, { top, signal, onProgress: tokensDone(progress) });
  running.kept.keep(run);
  const result = toProbabilities(run, model, top);
  if (nextTop && nextTop > top) result.next = await next(model, run, nextTop, signal);
  return { result, end: endCandidate(run, model), reused: run.reused };
};

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
  return Array.from(topIds, (id, index) => ({ id, text: model.text(id), logprob: topLogprob[index] }));
}
