/** The sentences of the lens, and the card of one cell. */
import type { LensCell } from '../../../src/analysis/logitLens/contract';
import { readable } from '../../../src/protocol/pieces';
import { el } from '../../base/dom';
import { fixed, probability, rank, visible } from '../../base/format';
import { inClauses, t } from '../../base/strings';
import type { Followed } from './lensColumns';
import { firstPlace, type LensFacts, type Line, type Role, verdictLine } from './lensFacts';
import type { LensShown } from './lensShown';

export function rowWords(row: number): string {
  if (row === 0) return t('embeddings, before any block');
  return row === 1 ? t('after 1 block') : t('after {0} blocks', row);
}

/** The heading over the origin's column, which counts from 1 like those beside it. */
export function originWords(origin: number, locked: boolean, tokens: number): string {
  if (locked) return t('{0} · locked', origin + 1);
  return origin === tokens - 1 ? t('{0} · last', tokens) : t('{0} · before target', origin + 1);
}

/** The heading over the candidates at the origin. */
export function positionTitle(origin: number, locked: boolean, { names }: Pick<LensFacts, 'names'>): string {
  const name = names[origin];
  if (locked) return t('At the locked position {0}, {1}', origin + 1, name);
  return origin === names.length - 1
    ? t('At the last position {0}, {1}', origin + 1, name)
    : t('Before the target, at position {0}, {1}', origin + 1, name);
}

export function roleWords(role: Role): string {
  return { target: t('target'), contrast: t('contrast'), follows: t('actually follows'), pin: '' }[role];
}

/** One line for the screen reader. */
export function describeSpot(name: string, position: number, row: number, cell: LensCell | undefined): string {
  const top = cell?.top[0];
  const place = t('{0} {1}, {2}', name, position + 1, rowWords(row));
  if (!cell || !top) return place;
  const likeliest = t('{0} with {1}', visible(readable(top)), probability(Math.exp(top.logprob)));
  return t('{0}: {1}', place, inClauses([likeliest, t('entropy {0} nats', fixed(cell.entropy))]));
}

export function describeRanks(row: number, lines: readonly Line[], ranks: readonly (Followed | undefined)[]): string {
  const each = lines.flatMap((line, index) => {
    const at = ranks[index];
    return at ? [t('{0} rank {1}', visible(line.text), rank(at.rank))] : [];
  });
  return t('{0}: {1}', rowWords(row), inClauses(each));
}

const pair = (name: string, value: string, mono: boolean): Node[] => [
  el('dt', { class: mono ? 'mono lens-name' : undefined }, name),
  el('dd', {}, value),
];

/** The details of a cell besides its token. */
export function cellCard(title: string, cell: LensCell): Node[] {
  const five = cell.top
    .slice(0, 5)
    .flatMap((candidate) => pair(visible(readable(candidate)), probability(Math.exp(candidate.logprob)), true));
  return [
    el('div', { class: 'strong s' }, title),
    el('dl', { class: 'kv' }, ...five),
    el(
      'dl',
      { class: 'kv lens-numbers' },
      ...pair(t('entropy'), t('{0} nats', fixed(cell.entropy)), false),
      ...(cell.change === null ? [] : pair(t('change from the block before'), probability(cell.change), false)),
    ),
  ];
}

export function ranksCard(row: number, lines: readonly Line[], ranks: readonly (Followed | undefined)[]): Node[] {
  const each = lines.flatMap((line, index) => {
    const at = ranks[index];
    if (!at) return [];
    const words = t('rank {0}, {1}', rank(at.rank), probability(Math.exp(at.logprob)));
    return pair(visible(line.text), words, true);
  });
  return [el('div', { class: 'strong s' }, rowWords(row)), el('dl', { class: 'kv' }, ...each)];
}

/** One sentence on when the target comes first at the origin; null while its ranks are loading. */
export function verdict(line: Line, follow: readonly Followed[] | null): string | null {
  if (!follow || follow.length === 0) return null;
  const ranks = follow.map((at) => at.rank);
  const { first, stays } = firstPlace(ranks);
  const name = t('“{0}”', visible(line.text));
  const end = rank(ranks[ranks.length - 1]);
  if (first === null) return t('{0} leads after no block; at the end its rank is {1}.', name, end);
  if (stays === null)
    return t('{0} first leads {1}, but not at the end, where its rank is {2}.', name, rowWords(first), end);
  if (first === stays) return t('{0} first leads {1} and keeps the lead to the end.', name, rowWords(first));
  return t('{0} first leads {1}, and for good {2}.', name, rowWords(first), rowWords(stays));
}

/** When the answer first leads at the origin, and when for good; '' while its ranks are loading. */
export function verdictOf({ facts, origin, lines, follow }: LensShown): string {
  const subject = verdictLine(facts, origin, lines);
  return (lines[subject] && verdict(lines[subject], follow[subject] ?? null)) ?? '';
}
