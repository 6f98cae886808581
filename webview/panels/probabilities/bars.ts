/** What the bars of likely tokens follow: the prompt, or the continuation that the user steps through. Pure. */
import type { Continuations } from '../../../src/analysis/generate/contract';
import type { ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import type { ModelInfo } from '../../../src/protocol/model';
import { readable } from '../../../src/protocol/pieces';
import { grouped, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { NextTokensData } from '../../charts/probabilities/nextTokens';
import type { Sampled } from '../../charts/probabilities/sampling';
import type { Comparison } from './comparison';

/** The result with what may follow its end, or the continuation's. */
export function barsOf(data: ProbabilitiesData, { after }: Continuations): ProbabilitiesData {
  if (!after) return data;
  const entropy = [...data.result.entropy, after.entropy];
  return { prompt: data.prompt, end: after.end, result: { ...data.result, next: after.next, entropy } };
}

/** The place after which the tokens of the bars would stand. */
export function barsPlace({ prompt, part }: ProbabilitiesData, { after, rows, current }: Continuations): string {
  const last = after && rows[current]?.steps[after.steps - 1];
  if (part) return t('so far only after the first {0} tokens', grouped(prompt.tokens.length));
  if (!last) return t('after the last token, position {0}', grouped(prompt.tokens.length));
  return t('after {0}, step {1} of the continuation', visible(readable(last)), grouped(after.steps));
}

/** `sampled`: null while sampling changes nothing. `comparison`: null where the bars show what no baseline knows. */
export function barsData(
  { result: { next }, end }: ProbabilitiesData,
  model: Pick<ModelInfo, 'vocabulary'> | null,
  sampled: Sampled | null,
  comparison: Comparison | null,
): NextTokensData {
  return {
    ...{ next, end, vocabulary: model?.vocabulary ?? next.length },
    sampled: sampled?.probabilities ?? null,
    before: comparison && { of: next.map(comparison.before), end: comparison.end },
  };
}
