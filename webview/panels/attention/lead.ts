/** The answer of the Attention tab in one sentence: what the drawn token reads most in the drawn head, and what all heads read. Pure. */
import { probability } from '../../base/format';
import { inProse, t } from '../../base/strings';
import type { AttentionShown } from './shown';
import { headTitle } from './words';

type Known = Pick<AttentionShown, 'chosen' | 'data' | 'facts' | 'loading' | 'origin' | 'reads'>;

export function attentionAnswer({ chosen, data, facts, loading, origin, reads }: Known): string {
  // The first token takes what no other deserves, so what is read besides it is the answer.
  const link = reads.find(({ to }) => to !== 0 && to !== origin);
  const name = (token: number) => t('“{0}”', facts.names[token]);
  const one =
    link && origin !== null && !loading && chosen.length > 0
      ? t(
          '{0}: {1} reads {2} most, with weight {3}.',
          headTitle(chosen),
          name(origin),
          name(link.to),
          probability(link.weight),
        )
      : '';
  const { sinkMass } = data.overview;
  const all =
    sinkMass === null ? '' : t('All heads together put {0} of their weight on the first token.', probability(sinkMass));
  return inProse([one, all]);
}
