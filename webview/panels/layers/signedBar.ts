/** A bar from a middle line: to the right and solid for what supports the target, to the left and hatched for what works against it,
 *  hollow for an estimate. For the heads and examples sections. */
import { el } from '../../base/dom';

/** `largest`: what fills a half. The number stands beside it, so the bar itself says nothing aloud. */
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
