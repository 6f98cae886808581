/**
 * A bar from a middle line: to the right and solid for support of the target, to the left and hatched for work against it, hollow
 * for an estimate.
 */
import { el } from '../../base/dom';

/** `largest`: the value that fills one half. The number stands beside the bar, so the bar itself is hidden from the screen reader. */
export function signedBar(value: number | null, largest: number, estimate = false): HTMLElement {
  const share = value === null || largest <= 0 ? 0 : Math.min(1, Math.abs(value) / largest);
  const against = value !== null && value < 0;
  const kind = ['signed-fill', against && 'against', estimate && 'estimate'].filter(Boolean).join(' ');
  const fill = el('i', {
    class: kind,
    style: { left: `${against ? 50 - share * 50 : 50}%`, width: `${share * 50}%` },
  });
  return el(
    'span',
    { class: value === null ? 'signed-bar unknown' : 'signed-bar', 'aria-hidden': 'true' },
    fill,
    el('u'),
  );
}
