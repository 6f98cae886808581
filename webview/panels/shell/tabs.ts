/**
 * The tab bar: seven tabs in one tab stop (arrows, Home, End), and the panel's own actions at its end. Where the panel is too
 * narrow for all of them, the last tabs that are not chosen move into a menu beside them, whose button says how many they are.
 */
import type { Tab } from '../../../src/analysis/contracts';
import { iconButton, type MenuItem, menu } from '../../base/controls';
import { el } from '../../base/dom';
import { inList, t } from '../../base/strings';

/** The stages that a text passes in the model, in their order. */
export const stages = ['tokenizer', 'embedding', 'blocks', 'probabilities'] as const;
export type Stage = (typeof stages)[number];

interface TabEntry {
  title: () => string;
  /** The stages that the tab looks into, the one it is mainly about first. */
  stages: readonly Stage[];
}

const entries: Record<Tab, TabEntry> = {
  probabilities: { title: () => t('Probabilities'), stages: ['probabilities', 'tokenizer'] },
  attention: { title: () => t('Attention'), stages: ['blocks'] },
  saliency: { title: () => t('Saliency'), stages: ['probabilities', 'tokenizer', 'embedding', 'blocks'] },
  layers: { title: () => t('Layers'), stages: ['blocks', 'probabilities'] },
  patching: { title: () => t('Patching'), stages: ['blocks'] },
  embeddings: { title: () => t('Embeddings'), stages: ['embedding', 'blocks'] },
  lie: { title: () => t('Lie Detector'), stages: ['blocks'] },
};
const tabs = Object.keys(entries) as Tab[];

export function tabTitle(tab: Tab): string {
  return entries[tab].title();
}

export function stagesOf(tab: Tab): readonly Stage[] {
  return entries[tab].stages;
}

/** The tabs that look into a stage; those that are mainly about it come first. */
export function tabsAt(stage: Stage): Tab[] {
  const some = tabs.filter((tab) => stagesOf(tab).includes(stage));
  const isMain = (tab: Tab) => stagesOf(tab)[0] === stage;
  return [...some.filter(isMain), ...some.filter((tab) => !isMain(tab))];
}

export interface TabBar {
  element: HTMLElement;
  show(tab: Tab): void;
  /** Focuses the tab in front. */
  focus(): void;
}

export interface TabBarOptions {
  onChoose: (tab: Tab) => void;
  onTearOff: () => void;
  exports: () => readonly MenuItem[];
  more: () => readonly MenuItem[];
}

export function tabBar({ onChoose, onTearOff, exports: exportItems, more }: TabBarOptions): TabBar {
  const buttons = new Map(
    tabs.map((tab) => [
      tab,
      el(
        'button',
        { type: 'button', role: 'tab', id: `tab-${tab}`, 'aria-controls': 'view', on: { click: () => onChoose(tab) } },
        tabTitle(tab),
      ),
    ]),
  );
  let current: Tab | null = null;
  let away: readonly Tab[] = [];
  const list = el('div', { class: 'tablist', role: 'tablist', 'aria-label': t('Views') }, ...buttons.values());
  list.addEventListener('keydown', (event) => {
    const at = tabs.findIndex((tab) => buttons.get(tab) === document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length];
    onChoose(tab);
    buttons.get(tab)?.focus();
  });
  const rest = el('button', { type: 'button', class: 'tabs-away', hidden: true });
  menu(rest, t('More tabs'), () => away.map((tab) => ({ label: tabTitle(tab), onChoose: () => onChoose(tab) })));
  const sayAway = () => {
    rest.hidden = away.length === 0;
    const names = t('More tabs: {0}', inList(away.map(tabTitle)));
    rest.textContent = `+${away.length}`;
    rest.title = names;
    rest.setAttribute('aria-label', `${rest.textContent} ${names}`);
  };
  const makeRoom = () => {
    for (const button of buttons.values()) button.hidden = false;
    const gap = Number.parseFloat(getComputedStyle(list).columnGap) || 0;
    const widths = tabs.map((tab) => (buttons.get(tab)?.offsetWidth ?? 0) + gap);
    const chosen = current ? tabs.indexOf(current) : 0;
    // Its button takes room itself, so the room is measured without it first.
    rest.hidden = true;
    away = tabsAway(widths, chosen, list.clientWidth + gap).map((i) => tabs[i]);
    sayAway();
    if (away.length > 0) away = tabsAway(widths, chosen, list.clientWidth + gap).map((i) => tabs[i]);
    sayAway();
    for (const tab of away) buttons.get(tab)?.toggleAttribute('hidden', true);
  };
  new ResizeObserver(makeRoom).observe(list);
  const exporter = iconButton('export', t('Export'), () => {});
  menu(exporter, t('Export'), exportItems);
  const tearOff = iconButton('external', t('Open in its own panel'), onTearOff);
  const moreButton = iconButton('more', t('More'), () => {});
  menu(moreButton, t('More'), more);
  for (const optional of [exporter, tearOff]) optional.classList.add('opt');
  return {
    element: el('header', { class: 'tabs' }, list, rest, el('span', { class: 'acts' }, tearOff, exporter, moreButton)),
    focus: () => current && buttons.get(current)?.focus(),
    show(tab) {
      if (tab === current) return;
      current = tab;
      for (const [each, button] of buttons) {
        button.setAttribute('aria-selected', String(each === current));
        button.tabIndex = each === current ? 0 : -1;
      }
      makeRoom();
    },
  };
}

/**
 * The indices of tabs that do not fit: `widths` in pixels, in order. The chosen one always stays; the last of the others go
 * first.
 */
export function tabsAway(widths: readonly number[], chosen: number, room: number): number[] {
  const away: number[] = [];
  let used = widths.reduce((sum, width) => sum + width, 0);
  for (let i = widths.length - 1; i >= 0 && used > room; i--) {
    if (i === chosen) continue;
    away.unshift(i);
    used -= widths[i];
  }
  return away;
}
