/** The message above the lens when a slice of it failed to load, with a button to ask again. */
import { button } from '../../base/controls';
import { el } from '../../base/dom';
import type { Slice } from '../../base/slices';
import { inProse, t } from '../../base/strings';

/** `[]` if nothing failed. */
export function failureParts(slices: readonly Slice<unknown>[], again: () => void): Node[] {
  const failed = slices.find((slice) => slice.kind === 'failed');
  if (failed?.kind !== 'failed' || failed.problem.code === 'cancelled') return [];
  const { message, remedy } = failed.problem;
  return [el('p', {}, inProse([message, remedy])), button({ label: t('Try again'), icon: 'refresh', onClick: again })];
}
