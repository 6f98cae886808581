/** The choice that helps where the units of a prompt give nothing. Pure. */
import type { SaliencyIntent } from '../../../src/analysis/saliency/contract';
import type { Problem } from '../../../src/protocol/problem';
import { t } from '../../base/strings';

/**
 * The remedy for a problem with the prompt's units: words always yield units, and replacing helps if the only word cannot be
 * removed.
 */
export function unitRemedy(
  { code, panel }: Pick<Problem, 'code' | 'panel'>,
  { by }: Pick<SaliencyIntent, 'by'>,
): { label: string; change: Partial<SaliencyIntent> } | null {
  if (!panel?.ofUnits) return null;
  if (by !== 'word') return { label: t('Explain by Word'), change: { by: 'word' } };
  return code === 'nothingLeft' ? { label: t('Replace Instead'), change: { operator: 'replace' } } : null;
}
