/** The row of chips: the locked token, the target, and its contrast. */
import type { PanelState } from '../../../src/analysis/panel';
import { type Begun, readable } from '../../../src/protocol/pieces';
import type { ViewState } from '../../../src/protocol/view';
import { silentDots } from '../../base/a11y';
import { linkButton } from '../../base/controls';
import { type Child, el } from '../../base/dom';
import { grouped, visible } from '../../base/format';
import { glyphIndex, glyphs } from '../../base/glyphs';
import { icon } from '../../base/icons';
import { likelyTitle, likelyWords } from '../../base/likely';
import { t } from '../../base/strings';
import { type ViewContext, type ViewData, viewData } from '../../base/view';

/** A chip with the padlock and the focus border, and a × that unlocks it. */
export function lockChip(label: string, unlock: string, onUnlock: () => void, ...content: Child[]): HTMLElement {
  return el(
    'span',
    { class: 'chip lock' },
    icon('lock'),
    el('span', { class: 'k' }, label),
    ...content,
    chipClose(unlock, onUnlock),
  );
}

/** A piece of a character shows its bytes, and after them in grey the character that it most likely begins. */
export function tokenValue(token: Begun): HTMLElement[] {
  const value = el('span', { class: 'val' }, ...silentDots(visible(readable(token))));
  const guess = likelyWords(token);
  return guess === null ? [value] : [value, el('span', { class: 'val m', title: likelyTitle(token) }, guess)];
}

/** The × of a chip. */
export function chipClose(label: string, onClick: () => void): HTMLElement {
  return el(
    'button',
    { type: 'button', class: 'x', title: label, 'aria-label': label, on: { click: onClick } },
    icon('close'),
  );
}

/** The chips that every view shares, around the view's own. */
export function shellChips(
  state: PanelState,
  now: ViewState<ViewData> | null,
  context: ViewContext,
  own: readonly HTMLElement[],
  target: HTMLElement | null,
): HTMLElement[] {
  const data = (now && viewData(now)) ?? viewData(state.probabilities) ?? viewData(state.attention);
  if (!data) return [];
  const { prompt } = data;
  const { locked } = state.selection;
  const chips: HTMLElement[] = [];
  if (locked !== null && locked < prompt.tokens.length) {
    const all = glyphs(prompt);
    const unlock = () => context.select({ locked: null });
    chips.push(
      lockChip(
        t('Locked'),
        t('Unlock'),
        unlock,
        ...tokenValue(all[glyphIndex(all, locked)]),
        el('span', { class: 'k' }, grouped(locked + 1)),
      ),
    );
  }
  chips.push(...own);
  if (target) chips.push(target);
  if (state.intent.tab !== 'probabilities') return chips;
  const template =
    prompt.tokens.some((token) => token.source === null) && prompt.tokens.some((token) => token.source !== null);
  if (template)
    chips.push(
      el('span', { class: 'chip' }, el('span', { class: 'k' }, t('Scope')), t('your text; template shown grey')),
    );
  chips.push(baselineChip(state, context));
  return chips;
}

function baselineChip({ baseline }: PanelState, context: ViewContext): HTMLElement {
  const label = el('span', { class: 'k' }, t('Baseline'));
  if (!baseline)
    return el(
      'span',
      { class: 'chip' },
      label,
      t('none'),
      linkButton(t('Pin'), () => context.action('pinBaseline')),
      linkButton(t('Compare with…'), () => context.action('compareWithFile')),
    );
  return el(
    'span',
    { class: 'chip', title: t('Every token is compared with this run') },
    label,
    el('span', { class: 'chip-name' }, baseline.name),
    chipClose(t('Remove the baseline'), () => context.action('clearBaseline')),
  );
}
