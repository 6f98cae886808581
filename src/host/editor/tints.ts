/**
 * How strongly a token is tinted in the text, and a rule under it for readers who cannot tell the tints apart. Pure. The thresholds are the
 * panel's: surprisal from 4 to 12 nats, ranks 10, 100, 1,000.
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

/** Nats from which each heat begins. Below 4 nats, where the model gave the token 1 in 55 or more, a page would be tinted all over. */
const surprisalSteps = [4, 5.6, 7.2, 8.8, 10.4];
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
 * The tinted ranges of the file, ascending and without overlap. Where several tokens stand in one place (bytes of one character, the turns
 * of a template's loop), it is tinted as strongly as the strongest of them. Tokens from `exactTokens` on belong to older text and are left
 * out, as are template tokens and the first token.
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
    const rule = ruleOf(rank);
    if (end > start) {
      spans.push({ range: [start, end], heat: heatOf(kind, logprob, rank), rule, striking: rule >= 2 });
    }
  });
  return withoutOverlap(spans);
}

/** Cuts the spans at one another's ends; linear but for the sorting. */
function withoutOverlap(spans: readonly TintedSpan[]): TintedSpan[] {
  const ends = spans.flatMap((span) => [
    { at: span.range[0], span, opens: true },
    { at: span.range[1], span, opens: false },
  ]);
  ends.sort((a, b) => a.at - b.at);
  const open = { heat: Array<number>(6).fill(0), rule: Array<number>(4).fill(0) };
  const cut: TintedSpan[] = [];
  let before = 0;
  for (const { at, span, opens } of ends) {
    const heat = strongest(open.heat);
    if (heat >= 0 && at > before) {
      const rule = strongest(open.rule) as Rule;
      cut.push({ range: [before, at], heat: heat as Heat, rule, striking: rule >= 2 });
    }
    before = at;
    open.heat[span.heat] += opens ? 1 : -1;
    open.rule[span.rule] += opens ? 1 : -1;
  }
  return cut;
}

/** The highest index with a count; -1 for none. */
function strongest(counts: readonly number[]): number {
  let at = counts.length - 1;
  while (at >= 0 && counts[at] === 0) at--;
  return at;
}
