/** What stands above the lens when a slice of it could not be had, with a way to ask again. For the lens section. */
import { button } from '../../base/controls';
import { el } from '../../base/dom';
import type { Slice } from '../../base/slices';
import { t } from '../../base/strings';

/** `[]` while nothing failed. */
export function failureParts(slices: readonly Slice<unknown>[], again: () => void): Node[] {
  const failed = slices.find((slice) => slice.kind === 'failed');
  if (failed?.kind !== 'failed' || failed.problem.code === 'cancelled') return [];
  const { message, remedy } = failed.problem;
  return [el('p', {}, `${message} ${remedy}`), button({ label: t('Try again'), icon: 'refresh', onClick: again })];
}
