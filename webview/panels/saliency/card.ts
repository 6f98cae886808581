/** One unit under every method: the hover card, the line under the text, and the spoken form. */
import { el } from '../../base/dom';
import { signed, visible } from '../../base/format';
import { inClauses, t } from '../../base/strings';
import { rankOf } from '../../charts/saliency/scores';
import type { SaliencyShown } from './shown';
import { domain, methodName, unitLabel, unitText } from './words';

interface Row {
  name: string;
  /** Null while it is not known. */
  value: string | null;
  /** Its rank, or why it has none. */
  rank: string;
}

const PENDING = '…';

/** The text shown for a unit without a score. */
export const NO_SCORE = '\u2013';

function rows({ result, methods, lanes, standIns }: SaliencyShown, unit: number): Row[] {
  const { tokens } = result.units[unit];
  const holder = standIns?.units.find((coarse) => coarse.tokens[0] <= tokens[0] && tokens[1] <= coarse.tokens[1]);
  return methods.map(({ method, scores }, i) => {
    const name = methodName(method, result.operator);
    const score = scores[unit] ?? null;
    if (lanes[i].unscored.has(unit)) return { name, value: NO_SCORE, rank: t('read inside it') };
    if (score === null) {
      const value = method === 'occlusion' && holder ? t('{0} with the parts around it', signed(holder.score)) : null;
      return { name, value, rank: '' };
    }
    if (lanes[i].unreliable) return { name, value: scoreText(score, lanes[i].signed), rank: t('not reliable') };
    const rank = rankOf(scores, unit) ?? 0;
    return { name, value: scoreText(score, lanes[i].signed), rank: t('rank {0}', rank) };
  });
}

/** Two decimals, or more for the small scores of methods without a sign. */
export function scoreText(score: number, hasSign: boolean): string {
  if (hasSign)
    return Math.abs(score) < 0.005 && score !== 0
      ? `${score < 0 ? '\u2212' : '+'}${domain(Math.abs(score))}`
      : signed(score);
  return domain(Math.abs(score));
}

function place({ result }: SaliencyShown, unit: number): string {
  const [i, j] = result.units[unit].tokens;
  return j - i === 1 ? t('token {0}', j) : t('tokens {0}–{1}', i + 1, j);
}

export function unitCard(shown: SaliencyShown, unit: number): Node[] {
  const text = unitText(shown.prompt, shown.result.units[unit]);
  const head = el(
    'div',
    { class: 'banner-row' },
    el('span', { class: 'mono strong saliency-name' }, unitLabel(text, 22)),
    el('span', { class: 'sp' }),
    el('span', { class: 'm s nw' }, place(shown, unit)),
  );
  const table = el(
    'div',
    { class: 'saliency-card s' },
    ...rows(shown, unit).flatMap(({ name, value, rank }) => [
      el('span', { class: 'm' }, name),
      el('span', { class: 'num' }, value ?? PENDING),
      el('span', { class: 'num m' }, rank),
    ]),
  );
  return [
    head,
    table,
    el('div', { class: 'm s' }, t('rank of {0}: 1 = supports the target most', shown.result.units.length)),
    ...unitNotes(shown, unit).map((note) => el('div', { class: 'm s' }, note)),
  ];
}

/** Why a score is missing, or why it is 0 regardless of the unit's text. */
function unitNotes({ result, lanes }: SaliencyShown, unit: number): string[] {
  if (lanes.some(({ unscored }) => unscored.has(unit)))
    return [t('The target is read inside it, so knock-out cannot score it.')];
  return result.units[unit].tokens[0] >= result.target.position
    ? [t('It comes after the target, which does not depend on it.')]
    : [];
}

/** One line for the locked unit. */
export function unitLine(shown: SaliencyShown, unit: number): Node[] {
  const text = unitText(shown.prompt, shown.result.units[unit]);
  return [
    el('b', { class: 'mono strong' }, unitLabel(text)),
    ...rows(shown, unit).map(({ name, value, rank }) =>
      el(
        'span',
        {},
        el('span', { class: 'm' }, name),
        ` ${value ?? PENDING}`,
        rank ? el('span', { class: 'm' }, ` ${rank}`) : null,
      ),
    ),
  ];
}

export function unitSpoken(shown: SaliencyShown, unit: number): string {
  const text = unitText(shown.prompt, shown.result.units[unit]);
  const parts = rows(shown, unit).map(({ name, value, rank }) => {
    if (value === null) return t('{0} not known yet', name);
    if (value === NO_SCORE) return t('{0} no score', name);
    return [`${name} ${value}`, rank].filter(Boolean).join(' ');
  });
  return inClauses([visible(text), place(shown, unit), ...parts, ...unitNotes(shown, unit)]);
}
