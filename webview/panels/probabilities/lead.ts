/** The answer of the Probabilities tab in one sentence: what comes next, and which token surprised most. Pure. */
import type { ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import { readableWithLikely } from '../../../src/protocol/pieces';
import { fixed, grouped, probability, visible } from '../../base/format';
import { glyphIndex, glyphs } from '../../base/glyphs';
import { inProse, t } from '../../base/strings';

/** Position of the token with the highest surprisal; the first token has none. */
export function mostSurprising(logprob: readonly (number | null)[]): number {
  return logprob.reduce((best: number, value, i) => ((value ?? 0) < (logprob[best] ?? 0) ? i : best), 0);
}

export function probabilitiesAnswer({ prompt, result, part }: ProbabilitiesData): string {
  const name = (text: string) => t('“{0}”', visible(text));
  const [first, second] = result.next.map((candidate) => [
    name(readableWithLikely(candidate)),
    probability(Math.exp(candidate.logprob)),
  ]);
  const next = second
    ? t('The next token is {0} with probability {1}, or {2} with {3}.', ...first, ...second)
    : t('The next token is {0} with probability {1}.', ...first);
  const at = mostSurprising(result.logprob);
  const nats = result.logprob[at] ?? null;
  // A token that holds only some of a character's bytes is named by the whole character.
  const all = glyphs(prompt);
  const surprise =
    nats === null
      ? ''
      : t('The most surprising one is {0}, with {1} nats.', name(all[glyphIndex(all, at)].text), fixed(-nats, 1));
  return inProse([part ? t('So far, the first {0} tokens:', grouped(prompt.tokens.length)) : next, surprise]);
}
