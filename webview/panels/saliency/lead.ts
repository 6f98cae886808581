/** The answer of the Saliency tab in one sentence: the unit that the target depends on most, and whether that can be believed. Pure. */
import { signedMethods } from '../../../src/analysis/saliency/contract';
import { type Begun, readableWithLikely } from '../../../src/protocol/pieces';
import { signed, visible } from '../../base/format';
import { inProse, t } from '../../base/strings';
import { strongest } from '../../charts/saliency/scores';
import type { SaliencyShown } from './shown';
import { verdict } from './verdict';
import { methodName, midSentence, unitLabel, unitText } from './words';

/** '' while nothing is scored. */
export function saliencyAnswer({
  prompt,
  readable,
  result,
}: Pick<SaliencyShown, 'prompt' | 'readable' | 'result'>): string {
  const [first] = readable;
  const unit = first && strongest(first.scores, 1)[0];
  if (unit === undefined) return '';
  const score = first.scores[unit] ?? 0;
  if (score === 0) return '';
  const quote = (name: string) => t('“{0}”', name);
  const own = quote(unitLabel(unitText(prompt, result.units[unit])));
  const method = midSentence(methodName(first.method, result.operator));
  const found = verdict(readable);
  return inProse([
    ownWords([own, targetWords(result.target)], method, {
      score,
      hasSign: signedMethods[first.method],
      measured: first.method === 'occlusion',
    }),
    found && !found.beats ? t('No ranking here is clearly better than a random order.') : '',
  ]);
}

function targetWords({ contrast, ...own }: SaliencyShown['result']['target']): string {
  const name = (token: Begun) => t('“{0}”', visible(readableWithLikely(token)));
  return contrast ? t('{0} against {1}', name(own), name(contrast)) : name(own);
}

interface Found {
  score: number;
  hasSign: boolean;
  /** True for a loss in nats that was measured, not estimated. */
  measured: boolean;
}

function ownWords([unit, target]: string[], method: string, { score, hasSign, measured }: Found): string {
  if (!hasSign) return t('{0} matters most for {1}, by {2}.', unit, target, method);
  if (!measured)
    return score > 0
      ? t('{0} supports {1} most, by {2}.', unit, target, method)
      : t('{0} works against {1} most, by {2}.', unit, target, method);
  return score > 0
    ? t(
        '{0} supports {1} most: without it, the target loses {2} nats ({3}).',
        unit,
        target,
        signed(score).slice(1),
        method,
      )
    : t(
        '{0} works against {1} most: without it, the target gains {2} nats ({3}).',
        unit,
        target,
        signed(-score).slice(1),
        method,
      );
}
