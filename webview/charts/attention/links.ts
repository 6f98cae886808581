/**
 * The two lists under the arcs: the tokens that the locked token reads and those that read it, with weight as a bar on 0 … 1.
 * Read-by bars are hatched, so that the direction does not depend on the hue.
 */
import { type Child, el, fill } from '../../base/dom';
import { grouped, probability } from '../../base/format';
import { t } from '../../base/strings';
import type { Link } from './weights';

export interface AttentionLinksData {
  /** The locked token as lists show it. */
  name: string;
  reads: readonly Link[];
  readBy: readonly Link[];
  /** The first token's weight if the view hides it; null if it is shown. */
  hidden: number | null;
  /** A character as lists show it, by its first token. */
  nameOf: (link: Link) => string;
}

export interface AttentionLinksOptions {
  onHover: (token: number | null) => void;
  onLock: (token: number) => void;
}

export interface AttentionLinks {
  update(data: AttentionLinksData, options: AttentionLinksOptions): void;
  destroy(): void;
}

function row(data: AttentionLinksData, link: Link, kind: 'reads' | 'readBy', options: AttentionLinksOptions): Child[] {
  const position = el('span', { class: 'm s attention-position' }, ` ${grouped(link.from + 1)}`);
  const on = {
    click: () => options.onLock(link.from),
    pointerenter: () => options.onHover(link.from),
    pointerleave: () => options.onHover(null),
  };
  const bar = el('i', { class: kind, style: { width: `${Math.min(1, link.weight) * 100}%` } });
  return [
    el('span', { class: 'tk', on }, data.nameOf(link), position),
    el('span', { class: 'track' }, bar),
    el('span', { class: 'num' }, probability(link.weight)),
  ];
}

function list(title: Child[], rows: Child[]): HTMLElement {
  const body = rows.length > 0 ? rows : [el('span', { class: 'm s' }, t('no weight of .01 or more'))];
  return el(
    'div',
    { class: 'attention-list' },
    el('div', { class: 'm s' }, ...title),
    el('div', { class: 'bars' }, ...body),
  );
}

/** Draws into `container`. */
export function attentionLinks(
  container: HTMLElement,
  first: AttentionLinksData,
  firstOptions: AttentionLinksOptions,
): AttentionLinks {
  const root = el('div', { class: 'attention-lists' });
  container.append(root);
  let drawn = '';
  const draw = (data: AttentionLinksData, options: AttentionLinksOptions) => {
    // The rows listen to the pointer: if they were redrawn under it, they would receive the enter event again.
    const signature = JSON.stringify([data.name, data.hidden, data.reads, data.readBy]);
    if (signature === drawn) return;
    drawn = signature;
    const hidden: Child[] =
      data.hidden === null
        ? []
        : [
            el('span', { class: 'm s' }, t('first token')),
            el('span', { class: 'm s' }, t('hidden')),
            el('span', { class: 'num m' }, probability(data.hidden)),
          ];
    const reads = data.reads.flatMap((link) => row(data, link, 'reads', options));
    const readBy = data.readBy.flatMap((link) => row(data, link, 'readBy', options));
    fill(
      root,
      list([el('span', { class: 'mono' }, data.name), ` ${t('reads from')}`], [...reads, ...hidden]),
      list([t('read by')], readBy),
    );
  };
  draw(first, firstOptions);
  return { update: draw, destroy: () => root.remove() };
}
