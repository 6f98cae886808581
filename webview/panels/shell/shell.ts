/**
 * The frame around every tab: tab bar, the line on what it shows and cannot tell, chips, states, footer, keys. It holds the
 * page's copy of the panel state, applies the user's intent at once and sends it to the host; facts only come from the host.
 */

import type { Tab } from '../../../src/analysis/contracts';
import type { Intent, PanelAction, PanelState, SentChange } from '../../../src/analysis/panel';
import type { Selection } from '../../../src/protocol/view';
import { announce, nameHeadings } from '../../base/a11y';
import type { Host } from '../../base/api';
import { type MenuItem, place } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { unreadable } from '../../base/failure';
import { t } from '../../base/strings';
import { keepTermsMarked } from '../../base/termMarks';
import { onThemeChange, readTheme } from '../../base/theme';
import {
  allKeys,
  type CreateView,
  type View,
  type ViewContext,
  type ViewKey,
  viewData,
  viewKeys,
} from '../../base/view';
import { finalSpaceText } from '../promptEndWords';
import { shellChips } from './chips';
import { ExportMenu } from './exportMenu';
import { fileLine } from './file';
import { footer } from './footer';
import { listenToKeys } from './keys';
import { LeadLine } from './lead';
import { headLockWords, lockWords } from './lockWords';
import { notices } from './notices';
import { reportRow } from './report';
import { ShownView } from './shownView';
import { StageStrip } from './stages';
import { StateBar } from './stateBar';
import { tabBar, tabTitle } from './tabs';
import { takenByTarget } from './target';
import { targetChip } from './targetChip';
import { Trouble } from './trouble';
import { WordsLine } from './words';

export class Shell {
  private theme = readTheme();
  private readonly card = el('div', { class: 'hover', role: 'tooltip', hidden: true });
  private readonly lead = new LeadLine();
  private readonly words = new WordsLine();
  private readonly about = el('div', { class: 'about' });
  private said = '';
  private readonly chips = el('div', { class: 'chips' });
  private readonly trouble = new Trouble();
  private readonly context: ViewContext;
  private readonly shown: ShownView;
  private readonly states: StateBar;
  private readonly target;
  private readonly ending;
  private readonly stages = new StageStrip((tab) => this.openTab(tab));
  private readonly file = fileLine((action) => this.run(action));
  private readonly report = reportRow((uri, name, value) =>
    this.host.channel.notify('setVariable', { uri, name, value }),
  );
  private readonly bar;
  private readonly foot;
  private readonly scroll: HTMLElement;
  /** How often a saved run's file was given up on, by tab. */
  private readonly refusals = new Map<Tab, number>();

  constructor(
    root: HTMLElement,
    private readonly host: Host,
    private state: PanelState,
    creators: Record<Tab, CreateView>,
  ) {
    const context = this.makeContext();
    this.context = context;
    this.target = targetChip(context);
    this.ending = notices(context);
    this.shown = new ShownView(context, creators);
    this.states = new StateBar(context, this.shown);
    const saving = new ExportMenu(context, this.shown, () => this.showPicture(), this.trouble.report);
    const exports = () => saving.items();
    this.bar = tabBar({
      onChoose: (tab) => this.openTab(tab),
      onTearOff: () => this.run('tearOff'),
      exports,
      more: () => this.moreItems(),
    });
    this.foot = footer({
      onTable: () => this.toggleTable(),
      onCommandLine: () => this.copyCommandLine(),
      exports,
    });
    const { slot, tableSlot } = this.shown;
    // Below the picture, at the panel's lower edge, so that nothing moves when a banner comes or goes.
    const parts = [el('div', {}, this.ending.element), this.trouble.element, slot, tableSlot, this.states.slot];
    parts.push(this.words.element);
    this.scroll = el(
      'main',
      { class: 'scroll', tabindex: -1 },
      this.report.element,
      this.lead.element,
      this.about,
      this.chips,
      ...parts,
    );
    // It lies on the bar's lower edge, so that nothing moves when it comes.
    this.bar.element.append(this.states.progress);
    const row = el('div', { class: 'file-row' }, this.file.element, this.stages.element);
    fill(root, el('div', { class: 'lens' }, this.bar.element, row, this.scroll, this.foot.element));
    document.body.append(this.card);
    keepTermsMarked(this.scroll);
    listenToKeys(context, this.shown);
    onThemeChange((next) => {
      this.theme = next;
      this.draw(allKeys);
    });
    this.scroll.addEventListener('scroll', () => context.card(null), { passive: true });
    // Charts draw when they know their width, and after what the pointer does.
    if (state.recorded)
      addEventListener('error', (event) => {
        if (event.error instanceof Error) this.refuse();
      });
    document.title = tabTitle(state.intent.tab);
    this.draw(allKeys);
  }

  /** Applies facts from the host, of which only the changed keys are sent. */
  readonly apply = ({ intent, kept = [], ...facts }: SentChange): void => {
    const change: Partial<PanelState> = intent ? { ...facts, intent: { ...this.state.intent, ...intent } } : facts;
    this.state = { ...this.state, ...change, ...withKeptData(this.state, change, kept) };
    if (intent) this.host.saveIntent(this.state.intent);
    const changed = new Set(Object.keys(change) as (keyof PanelState)[]);
    // While the user types nothing else comes, and only this line says it.
    if (changed.size === 1 && changed.has('outdated')) {
      this.file.update(this.state, this.shown.key);
      return;
    }
    // The token that a card points at may be gone.
    if (viewKeys.some((key) => changed.has(key))) this.context.card(null);
    this.draw(changed);
  };

  /** Opens Probabilities and starts a continuation, as the tab's own button does. */
  readonly generate = (): void => {
    if (this.state.intent.tab !== 'probabilities') this.openTab('probabilities');
    this.shown.view.generate?.();
  };

  /** Brings the figures that the code lens sums up to where the user sees them, and says them. */
  readonly showFigures = (): void => this.shown.view.showFigures?.();

  /** Moves the keyboard into the page: to the tab in front. */
  readonly focus = (): void => this.bar.focus();

  private makeContext(): ViewContext {
    const { card } = this;
    return {
      channel: this.host.channel,
      theme: () => this.theme,
      state: () => this.state,
      select: (change) => this.select(change),
      setIntent: (change) => this.setIntent(change),
      action: (action) => this.run(action),
      reveal: (position) => this.host.channel.notify('revealToken', { position }),
      announce,
      answered: () => this.drawLead(),
      onWidth,
      card(anchor, ...content) {
        card.hidden = anchor === null;
        if (!anchor) return;
        fill(card, ...content);
        place(card, anchor);
      },
    };
  }

  /** A saved run comes from a file, so that a result may be other than a view can draw. It is then told in place of the view. */
  private draw(changed: ReadonlySet<keyof PanelState>): void {
    try {
      this.drawAll(changed);
    } catch (error) {
      if (!this.state.recorded) throw error;
      this.refuse();
    }
  }

  /** Gives up the result in front, or what else the file holds where that does not help. */
  private refuse(): void {
    const { tab } = this.state.intent;
    for (const give of [() => ({ [this.shown.key]: refused() }), nothingOfTheFile].slice(this.refusals.get(tab) ?? 0)) {
      this.refusals.set(tab, (this.refusals.get(tab) ?? 0) + 1);
      try {
        this.state = { ...this.state, ...give() };
        this.shown.discard();
        this.drawAll(allKeys);
        return;
      } catch {
        // The next one gives up more.
      }
    }
  }

  private drawAll(changed: ReadonlySet<keyof PanelState>): void {
    const { state, shown, context } = this;
    const { view, state: now, prompt } = shown;
    this.bar.show(view.tab);
    this.stages.show(view.tab);
    this.file.update(state, shown.key);
    this.sayAbout(view);
    this.words.update(view.terms);
    this.states.draw();
    shown.draw(changed);
    this.drawLead();
    const own = (prompt && view.chips?.()) || [];
    replaceChanged(this.chips, shellChips(state, now, context, own, this.target.update(state, now)));
    this.chips.hidden = !this.chips.childElementCount;
    const ended = view.tab === 'embeddings' || view.tab === 'lie' ? null : prompt;
    this.ending.update(state, ended, takenByTarget(state, now));
    this.report.update(state.report, ended && finalSpaceText(ended));
    shown.drawTable();
    this.foot.update(state, now, prompt, shown.table);
    nameHeadings(this.scroll);
  }

  private sayAbout({ about }: View): void {
    const said = about.shows + about.cannotTell;
    if (said === this.said) return;
    this.said = said;
    fill(
      this.about,
      el('span', {}, el('b', {}, t('Shows')), about.shows),
      el('span', {}, el('b', {}, t('Cannot tell')), about.cannotTell),
    );
  }

  private drawLead(): void {
    this.lead.update(this.shown.view.lead(), this.shown.state.kind === 'stale');
  }

  private select(change: Partial<Selection>): void {
    const before = this.state.selection;
    const selection = { ...before, ...change };
    const words =
      selection.locked === before.locked
        ? headLockWords(selection, before)
        : lockWords(selection.locked, this.shown.prompt);
    if (words !== '') announce(words);
    this.host.channel.notify('select', selection);
    this.apply({ selection });
  }

  private setIntent(change: Partial<Intent>): void {
    this.host.channel.notify('setIntent', change);
    this.apply({ intent: change });
  }

  private openTab(tab: Tab): void {
    this.card.hidden = true;
    this.target.close();
    // What was said last belongs to the tab before.
    announce('');
    this.shown.table = false;
    this.setIntent({ tab });
  }

  private toggleTable(): void {
    const { shown } = this;
    shown.table = !shown.table;
    this.draw(new Set());
    this.scroll.scrollTop = 0;
    if (shown.table) (shown.tableSlot.firstElementChild as HTMLElement | null)?.focus({ preventScroll: true });
  }

  private showPicture(): void {
    if (this.shown.table) this.toggleTable();
  }

  private run(action: PanelAction): void {
    this.host.channel.request('action', { action }).catch(this.trouble.report);
  }

  private copyCommandLine(): void {
    const done = () => {
      this.foot.copied();
      announce(t('Copied'));
    };
    this.host.channel.request('action', { action: 'copyCommandLine' }).then(done, this.trouble.report);
  }

  private moreItems(): MenuItem[] {
    const item = (label: string, action: PanelAction) => ({ label, onChoose: () => this.run(action) });
    const pinned = this.state.baseline !== null;
    return [
      item(t('Run Again'), 'run'),
      item(t('Compare with Another Text…'), 'compareWithFile'),
      pinned ? item(t('Remove the Baseline'), 'clearBaseline') : item(t('Pin as Baseline'), 'pinBaseline'),
      item(t('Open in Its Own Panel'), 'tearOff'),
      item(t('Choose a Model'), 'chooseModel'),
      item(t('Restart the Engine'), 'restartEngine'),
      item(t('Show Log'), 'showLog'),
      item(t('Open Settings'), 'openSettings'),
    ];
  }
}

const refused = () => ({ kind: 'failed' as const, problem: unreadable(), previous: null });

const nothingOfTheFile = (): Partial<PanelState> => ({
  ...Object.fromEntries(viewKeys.map((key) => [key, refused()])),
  baseline: null,
  continuations: { rows: [], current: 0, running: false, problem: null, after: null },
});

/** The states whose data were not sent again, with the data that this page has. */
function withKeptData(before: PanelState, change: Partial<PanelState>, kept: readonly ViewKey[]): Partial<PanelState> {
  const states = kept.map((key) => {
    const state = change[key];
    const data = viewData<unknown>(before[key]);
    const place = state?.kind === 'running' || state?.kind === 'failed' ? 'previous' : 'data';
    return [key, { ...state, [place]: data }];
  });
  return Object.fromEntries(states);
}

/** Calls back with the element's content width in whole pixels; the result ends it. */
function onWidth(element: HTMLElement, listener: (width: number) => void): () => void {
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
}

/** Replaces the children by these; an equal child is kept, so that it does not lose the focus. */
function replaceChanged(parent: HTMLElement, next: readonly HTMLElement[]): void {
  const before = [...parent.children];
  const kept = next.map((child) => before.find((old) => old === child || old.isEqualNode(child)) ?? child);
  if (kept.length !== before.length || kept.some((child, i) => child !== before[i])) parent.replaceChildren(...kept);
}
