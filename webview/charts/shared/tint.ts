/**
 * The look of surprise: the heat behind a token and the rule under it. One scale for text, strip, continuations and legends.
 * Pure.
 */
import type { Prompt } from '../../../src/protocol/model';
import type { Glyph } from '../../base/glyphs';
import type { Theme } from '../../base/theme';

export type TintMode = 'surprisal' | 'rank';

/** Nats at which the heat begins, so that ordinary words stay untinted, and at which it is strongest; printed in every legend. */
export const HEAT_FROM_NATS = 4;
export const HEAT_NATS = 12;

/** Least rank (from 0) of each class after the first; ranks print from 1. */
export const RANK_CLASSES = [1, 10, 100, 1000] as const;

/** A change of log p below this many nats is not marked in the text. */
export const CHANGE_NATS = 0.5;

/** 0 = the model's first choice … 4 = beyond the thousand likeliest. */
export function rankClass(rank: number): number {
  return RANK_CLASSES.filter((least) => rank >= least).length;
}

/** Thickness in px of the rule under a token: 1, 2, 3 from rank 10, 100, 1,000. */
export function rankRule(rank: number): number {
  return Math.max(0, rankClass(rank) - 1);
}

export function tint(theme: Theme, mode: TintMode, logprob: number | null, rank: number | null): string {
  if (logprob === null || rank === null) return theme.background;
  if (mode === 'rank') return theme.heat(rankClass(rank) / RANK_CLASSES.length);
  return theme.heat(Math.max(0, -logprob - HEAT_FROM_NATS) / (HEAT_NATS - HEAT_FROM_NATS));
}

export interface Scores {
  logprob: readonly (number | null)[];
  rank: readonly (number | null)[];
}

/**
 * Background of a glyph: one strip in its own tint for each of its tokens, each with its own rule below (from `rules`, else
 * `rank`).
 */
export function glyphBackground(
  theme: Theme,
  mode: TintMode,
  glyph: Pick<Glyph, 'from' | 'to'>,
  scores: Scores & { rules?: Scores['rank'] },
): string {
  const tokens = Array.from({ length: glyph.to - glyph.from }, (_, i) => glyph.from + i);
  const share = (i: number) => `${(i / tokens.length) * 100}%`;
  const strips = tokens.map((token, i) => {
    const colour = tint(theme, mode, scores.logprob[token] ?? null, scores.rank[token] ?? null);
    return `${colour} ${share(i)} ${share(i + 1)}`;
  });
  const rules = tokens.flatMap((token, i) => {
    const height = rankRule((scores.rules ?? scores.rank)[token] ?? 0);
    if (!height) return [];
    const x = tokens.length === 1 ? '0' : `${(i / (tokens.length - 1)) * 100}%`;
    return [`linear-gradient(${theme.foreground}, ${theme.foreground}) ${x} 100% / ${share(1)} ${height}px no-repeat`];
  });
  return [...rules, `linear-gradient(90deg, ${strips.join(', ')})`].join(', ');
}

/** False for text that the chat template wrote. If nothing maps to a file, everything counts as the user's own text. */
export function ownText(prompt: Prompt): (glyph: Pick<Glyph, 'from' | 'to'>) => boolean {
  const mapped = prompt.tokens.some((token) => token.source !== null);
  return (glyph) => !mapped || prompt.tokens.slice(glyph.from, glyph.to).some((token) => token.source !== null);
}
