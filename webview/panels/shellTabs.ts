/** The tab bar: seven tabs in one tab stop (arrows, Home, End), and the panel's own actions at its end. For the shell. */
import type { Tab } from '../../src/protocol/panel';
import { iconButton, type MenuItem, menu } from '../base/controls';
import { el } from '../base/dom';
import { t } from '../base/strings';

export const tabs: readonly Tab[] = [
  'probabilities',
  'attention',
  'saliency',
  'layers',
  'patching',
  'embeddings',
  'lie',
];

export function tabTitle(tab: Tab): string {
  return {
    probabilities: t('Probabilities'),
    attention: t('Attention'),
    saliency: t('Saliency'),
    layers: t('Layers'),
    patching: t('Patching'),
    embeddings: t('Embeddings'),
    lie: t('Lie Detector'),
  }[tab];
}

export interface TabBar {
  element: HTMLElement;
  show(tab: Tab): void;
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
  const exporter = iconButton('export', t('Export'), () => {});
  menu(exporter, t('Export'), exportItems);
  const tearOff = iconButton('external', t('Open in its own panel'), onTearOff);
  const moreButton = iconButton('more', t('More'), () => {});
  menu(moreButton, t('More'), more);
  for (const optional of [exporter, tearOff]) optional.classList.add('opt');
  return {
    element: el('div', { class: 'tabs' }, list, el('span', { class: 'acts' }, tearOff, exporter, moreButton)),
    show(current) {
      for (const [tab, button] of buttons) {
        button.setAttribute('aria-selected', String(tab === current));
        button.tabIndex = tab === current ? 0 : -1;
      }
    },
  };
}
