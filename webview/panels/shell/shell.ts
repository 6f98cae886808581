/**
 * The frame around every tab: tab bar, the line on what it shows and cannot tell, chips, states, footer, keys. It holds the
 * page's copy of the panel state, applies the user's intent at once and sends it to the host; facts only come from the host.
 */

import type { Tab } from '../../../src/analysis/contracts';
import type { Intent, PanelAction, PanelChange, PanelState } from '../../../src/analysis/panel';
import type { Prompt } from '../../../src/protocol/model';
import type { Selection, ViewState } from '../../../src/protocol/view';
import { announce } from '../../base/a11y';
import type { Host } from '../../base/api';
import { iconButton, type MenuItem, place } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { failure } from '../../base/failure';
import { glyphIndex, glyphs } from '../../base/glyphs';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';
import { onThemeChange, readTheme } from '../../base/theme';
import {
  allKeys,
  type CreateView,
  isPartial,
  type View,
  type ViewContext,
  type ViewData,
  type ViewKey,
  viewData,
  viewKeys,
  viewState,
} from '../../base/view';
import { finalSpaceText } from '../promptEndWords';
import { progressShare } from '../states/progress';
import { type Below, type StatePart, stateKey, statePart } from '../states/states';
import { shellChips } from './chips';
import { type ExportFormat, exportContent, formats } from './export';
import { fileLine } from './file';
import { footer } from './footer';
import { notices } from './notices';
import { reportRow } from './report';
import { tableScreen, tableTwins } from './table';
import { tabBar, tabTitle } from './tabs';
import { takenByTarget } from './target';
import { targetChip } from './targetChip';

export interface Shell {
  /** Applies facts from the host, of which only the changed keys are sent. */
  apply(change: PanelChange): void;
  /** Opens Probabilities and starts a continuation, as the tab's own button does. */
  generate(): void;
}

export function createShell(
  root: HTMLElement,
  host: Host,
  first: PanelState,
  creators: Record<Tab, CreateView>,
): Shell {
  let state = first;
  let theme = readTheme();
  let table = false;
  let part: StatePart | null = null;
  let drawn: ViewKey | null = null;
  const views = new Map<Tab, View>();
  const { channel } = host;

  const bar = tabBar({ onChoose: openTab, onTearOff: () => run('tearOff'), exports: exportItems, more: moreItems });
  const progress = el(
    'div',
    { class: 'prog', role: 'progressbar', 'aria-label': t('Progress'), hidden: true },
    el('i'),
  );
  const file = fileLine(run);
  const readerReport = reportRow((uri, name, value) => channel.notify('setVariable', { uri, name, value }));
  const about = el('div', { class: 'about' });
  const chips = el('div', { class: 'chips' });
  const noticeSlot = el('div');
  const trouble = el('div', { hidden: true });
  const stateSlot = el('div');
  const viewSlot = el('div', { class: 'view', id: 'view', role: 'tabpanel' });
  const tableSlot = el('div', { hidden: true });
  const scroll = el(
    'div',
    { class: 'scroll', tabindex: -1 },
    readerReport.element,
    about,
    chips,
    noticeSlot,
    trouble,
    stateSlot,
    viewSlot,
    tableSlot,
  );
  const foot = footer({ onTable: toggleTable, onCommandLine: copyCommandLine, exports: exportItems });
  const card = el('div', { class: 'hover', role: 'tooltip', hidden: true });
  fill(root, el('div', { class: 'lens' }, bar.element, progress, file.element, scroll, foot.element));
  document.body.append(card);

  const context: ViewContext = {
    channel,
    theme: () => theme,
    state: () => state,
    select,
    setIntent,
    action: run,
    reveal: (position) => channel.notify('revealToken', { position }),
    announce,
    onWidth(element, listener) {
      let last = -1;
      const observer = new ResizeObserver(() => {
        const width = Math.floor(element.clientWidth);
        // A width of zero means hidden, so there is nothing to lay out.
        if (width === 0 || width === last) return;
        last = width;
        listener(width);
      });
      observer.observe(element);
      return () => observer.disconnect();
    },
    card(anchor, ...content) {
      card.hidden = anchor === null;
      if (!anchor) return;
      fill(card, ...content);
      place(card, anchor);
    },
  };

  const target = targetChip(context);
  const ending = notices(context);
  noticeSlot.append(ending.element);

  /** The facts that the tab draws. */
  function currentKey(): ViewKey {
    const view = currentView();
    return view.stateKey?.(state) ?? viewKeys.find((key) => key === view.tab) ?? 'probabilities';
  }

  function currentState(): ViewState<ViewData> {
    return viewState(state, currentKey());
  }

  function currentView(): View {
    const { tab } = state.intent;
    const known = views.get(tab);
    if (known) return known;
    const created = creators[tab](context);
    views.set(tab, created);
    return created;
  }

  function draw(changed: ReadonlySet<keyof PanelState>): void {
    const { tab } = state.intent;
    const view = currentView();
    const key = currentKey();
    const now = viewState(state, key);
    const hasData = promptOf(now) !== null;
    const alone = !hasData && state.title !== null && (view.standsAlone?.(state) ?? false);
    bar.show(tab);
    file.update(state, key);
    viewSlot.setAttribute('aria-labelledby', `tab-${tab}`);
    drawAbout(view);
    drawState(key, now, alone);
    // A hidden element has no width, so the slot is shown before the view draws into it.
    viewSlot.hidden = !(hasData || alone) || (table && hasData);
    if (hasData || alone) {
      const known = viewSlot.firstElementChild === view.element && drawn === key;
      if (!known) viewSlot.replaceChildren(view.element);
      drawn = key;
      view.update(state, known ? changed : allKeys);
    }
    const own = (hasData && view.chips?.()) || [];
    replaceChanged(chips, shellChips(state, now, context, own, target.update(state, now)));
    chips.hidden = !chips.childElementCount;
    const prompt = tab === 'embeddings' || tab === 'lie' ? null : promptOf(now);
    ending.update(state, prompt, takenByTarget(state, now));
    readerReport.update(state.report, prompt && finalSpaceText(prompt));
    drawTable(view, hasData);
    foot.update(state, now, promptOf(now), table);
  }

  function drawAbout(view: View): void {
    fill(
      about,
      el('span', {}, el('b', {}, t('Shows')), view.about.shows),
      el('span', {}, el('b', {}, t('Cannot tell')), view.about.cannotTell),
    );
  }

  function drawState(shown: ViewKey, now: ViewState<ViewData>, alone: boolean): void {
    const below = whatIsBelow(now, alone);
    const key = `${shown} ${theme.kind} ${stateKey(now, below)}`;
    if (part?.key !== key) {
      const next = statePart(shown, now, below, context);
      part = { key, element: next?.element ?? el('div'), update: next?.update ?? (() => {}) };
      stateSlot.replaceChildren(part.element);
    } else part.update(now);
    const busy = now.kind === 'loadingModel' || now.kind === 'running';
    const share = progressShare(now);
    progress.hidden = !busy;
    progress.classList.toggle('unknown', share === null);
    (progress.firstElementChild as HTMLElement).style.width = share === null ? '' : `${share * 100}%`;
    if (share === null) progress.removeAttribute('aria-valuenow');
    else progress.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  }

  function drawTable(view: View, hasData: boolean): void {
    const shown = table && hasData && view.table !== undefined;
    tableSlot.hidden = !shown;
    if (shown) fill(tableSlot, ...tableTwins(view).map(tableScreen));
    else fill(tableSlot);
  }

  function apply({ intent, ...facts }: PanelChange): void {
    const change: Partial<PanelState> = intent ? { ...facts, intent: { ...state.intent, ...intent } } : facts;
    state = { ...state, ...change };
    if (intent) host.saveIntent(state.intent);
    const changed = new Set(Object.keys(change) as (keyof PanelState)[]);
    // The token that a card points at may be gone.
    if (viewKeys.some((key) => changed.has(key))) context.card(null);
    draw(changed);
  }

  function select(change: Partial<Selection>): void {
    const selection = { ...state.selection, ...change };
    channel.notify('select', selection);
    apply({ selection });
  }

  function setIntent(change: Partial<Intent>): void {
    channel.notify('setIntent', change);
    apply({ intent: change });
  }

  function openTab(tab: Tab): void {
    card.hidden = true;
    target.close();
    table = false;
    setIntent({ tab });
  }

  function toggleTable(): void {
    table = !table;
    draw(new Set());
    scroll.scrollTop = 0;
    if (table) (tableSlot.firstElementChild as HTMLElement | null)?.focus({ preventScroll: true });
  }

  function run(action: PanelAction): void {
    channel.request('action', { action }).catch(report);
  }

  function copyCommandLine(): void {
    const done = () => {
      foot.copied();
      announce(t('Copied'));
    };
    channel.request('action', { action: 'copyCommandLine' }).then(done, report);
  }

  /** Shows a refused command where the user looks; × removes it. */
  function report(error: unknown): void {
    const { problem } = failure(error);
    if (problem.code === 'cancelled') return;
    const close = iconButton('close', t('Dismiss'), () => (trouble.hidden = true));
    fill(
      trouble,
      el(
        'section',
        { class: 'banner', role: 'alert' },
        el(
          'div',
          { class: 'banner-row' },
          el('span', { class: 'error' }, icon('error')),
          el('span', {}, problem.message, ' ', el('span', { class: 'm' }, problem.remedy)),
          el('span', { class: 'sp' }),
          close,
        ),
      ),
    );
    trouble.hidden = false;
  }

  function exportItems(): MenuItem[] {
    const view = currentView();
    const now = currentState();
    if (!promptOf(now)) return [{ label: t('Nothing to export yet'), onChoose() {} }];
    const labels: Record<ExportFormat, string> = {
      svg: t('SVG'),
      png: t('PNG'),
      csv: t('CSV'),
      json: t('JSON'),
      html: t('HTML, self-contained'),
    };
    return formats(view).map((format) => ({
      label: labels[format],
      onChoose: () => void save(view, format).catch(report),
    }));
  }

  async function save(view: View, format: ExportFormat): Promise<void> {
    const now = currentState();
    const prompt = promptOf(now);
    if (!prompt) return;
    // Behind an open table the picture has no size.
    if (table) toggleTable();
    const runMs = now.kind === 'ready' ? now.runMs : null;
    const content = await exportContent(format, { view, state, prompt, runMs, theme });
    const base = (state.title ?? 'prompt').replace(/\.[^.]+$/, '');
    const { saved } = await channel.request('export', {
      suggestedName: `${base}-${view.tab}.${format}`,
      format,
      content,
    });
    if (saved) announce(t('Saved'));
  }

  function moreItems(): MenuItem[] {
    const item = (label: string, action: PanelAction) => ({ label, onChoose: () => run(action) });
    return [
      item(t('Run Again'), 'run'),
      state.baseline ? item(t('Remove the Baseline'), 'clearBaseline') : item(t('Pin as Baseline'), 'pinBaseline'),
      item(t('Open in Its Own Panel'), 'tearOff'),
      item(t('Choose a Model'), 'chooseModel'),
      item(t('Restart the Engine'), 'restartEngine'),
      item(t('Show Log'), 'showLog'),
      item(t('Open Settings'), 'openSettings'),
    ];
  }

  /** J and K lock the next and the previous token; Esc unlocks. */
  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const prompt = promptOf(currentState());
    if (!prompt) return;
    const view = currentView();
    if (view.key?.(event)) {
      event.preventDefault();
      return;
    }
    const step = prompt.tokens.length > 0 && { j: 1, J: 1, k: -1, K: -1 }[event.key];
    if (event.key === 'Escape') {
      context.card(null);
      if (state.selection.locked !== null) select({ locked: null });
      else view.unlock?.();
    } else if (step) {
      const all = glyphs(prompt);
      const at =
        state.selection.locked === null ? (step > 0 ? -1 : all.length) : glyphIndex(all, state.selection.locked);
      const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
      select({ locked: next.from });
      context.reveal(next.from);
    } else return;
    event.preventDefault();
  }

  document.addEventListener('keydown', onKey);
  onThemeChange((next) => {
    theme = next;
    draw(allKeys);
  });
  scroll.addEventListener('scroll', () => context.card(null), { passive: true });
  document.title = tabTitle(state.intent.tab);
  draw(allKeys);
  return {
    apply,
    generate() {
      if (state.intent.tab !== 'probabilities') openTab('probabilities');
      currentView().generate?.();
    },
  };
}

/** The prompt that belongs to the data a view has to draw. */
function promptOf(state: ViewState<ViewData>): Prompt | null {
  return viewData(state)?.prompt ?? null;
}

function whatIsBelow(now: ViewState<ViewData>, alone: boolean): Below {
  const data = viewData(now);
  if (!data) return alone ? 'form' : 'nothing';
  return isPartial(data) ? 'partial' : 'data';
}

/** Replaces the children by these; an equal child is kept, so that it does not lose the focus. */
function replaceChanged(parent: HTMLElement, next: readonly HTMLElement[]): void {
  const before = [...parent.children];
  const kept = next.map((child) => before.find((old) => old === child || old.isEqualNode(child)) ?? child);
  if (kept.length !== before.length || kept.some((child, i) => child !== before[i])) parent.replaceChildren(...kept);
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
