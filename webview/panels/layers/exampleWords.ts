/** The answer of the Examples section in one sentence. Pure. */
import type { ExamplesResult } from '../../../src/analysis/examples/contract';
import { fixed, visible } from '../../base/format';
import { t } from '../../base/strings';

/** The example that the answer loses most without; '' while some are not left out yet. */
export function examplesAnswer({ complete, examples }: Pick<ExamplesResult, 'complete' | 'examples'>): string {
  if (!complete || examples.length === 0) return '';
  const scores = examples.map(({ score }) => score ?? 0);
  const best = scores.indexOf(Math.max(...scores));
  if (scores[best] <= 0)
    return t('The answer needs none of its examples: without any one of them it is as likely or likelier.');
  return t(
    'Example {0} ({1}) matters most: without it the answer loses {2} nats.',
    best + 1,
    visible(examples[best].label.text.trim()),
    fixed(scores[best]),
  );
}
