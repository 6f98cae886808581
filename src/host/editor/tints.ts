/**
 * How strongly a token is tinted in the text, and a rule under it for readers who cannot tell the tints apart. Pure. The thresholds are the
 * panel's: surprisal to 12 nats, ranks 10, 100, 1,000.
 */

import type { ProbabilitiesResult } from '../../analysis/probabilities/contract';
import type { Prompt, Range } from '../../protocol/model';

export type TintKind = 'surprisal' | 'rank';

/** 0 = no tint … 5 = strongest. */
export type Heat = 0 | 1 | 2 | 3 | 4 | 5;
/** Thickness in pixels of the rule under the token. */
export type Rule = 0 | 1 | 2 | 3;

export interface TintedSpan {
  range: Range;
  heat: Heat;
  rule: Rule;
  /** Whether the token is marked in the overview ruler. */
  striking: boolean;
}

/** Nats from which each heat begins. At 0.7 nats, the model gave the token less than an even chance. */
const surprisalSteps = [0.7, 2, 4.5, 7.5, 10.5];
/** Ranks (from 0) from which each heat begins: not the first choice, not among the first 5, 10, 100, 1,000. */
const rankSteps = [1, 5, 10, 100, 1000];
const ruleSteps = [10, 100, 1000];

function steps(value: number, thresholds: readonly number[]): number {
  return thresholds.filter((threshold) => value >= threshold).length;
}

export function heatOf(kind: TintKind, logprob: number, rank: number): Heat {
  return (kind === 'rank' ? steps(rank, rankSteps) : steps(-logprob, surprisalSteps)) as Heat;
}

export function ruleOf(rank: number): Rule {
  return steps(rank, ruleSteps) as Rule;
}

/**
 * The tinted ranges of the file, ascending and without overlap. Byte tokens that share a character become one range as strong as the
 * strongest of them. Tokens from `exactTokens` on belong to older text and are left out, as are template tokens and the first token.
 */
export function tintedSpans(
  prompt: Prompt,
  result: ProbabilitiesResult,
  kind: TintKind,
  exactTokens = Number.POSITIVE_INFINITY,
): TintedSpan[] {
  const spans: TintedSpan[] = [];
  prompt.tokens.forEach((token, position) => {
    const logprob = result.logprob[position];
    const rank = result.rank[position];
    if (position >= exactTokens || token.source === null || logprob === null || rank === null) return;
    const [start, end] = token.source;
    const heat = heatOf(kind, logprob, rank);
    const rule = ruleOf(rank);
    const last = spans.at(-1);
    if (last && start < last.range[1]) {
      last.range[1] = Math.max(last.range[1], end);
      last.heat = Math.max(last.heat, heat) as Heat;
      last.rule = Math.max(last.rule, rule) as Rule;
      last.striking ||= rule >= 2;
    } else if (end > start) spans.push({ range: [start, end], heat, rule, striking: rule >= 2 });
  });
  return spans;
}
