/** A run as a baseline: what a later comparison needs of it. Pure. */
import type { Baseline, ProbabilitiesData } from '../../analysis/probabilities/contract';

/** More candidates than a panel lists, so that one that has fallen far still has its earlier probability. */
const keptCandidates = 50;

/** `model`: hex digest of its file. */
export function baselineOf(name: string, model: string, { prompt, result, end }: ProbabilitiesData): Baseline {
  return {
    name,
    model,
    rendered: prompt.rendered,
    bytes: prompt.tokens.map(({ bytes }) => bytes),
    places: prompt.tokens.map(({ start, end }) => [start, end]),
    logprob: result.logprob,
    next: result.next.slice(0, keptCandidates),
    end,
    perplexity: result.perplexity,
  };
}
