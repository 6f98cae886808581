/** The views of all tabs: which of them is in front, which facts it draws, and whether it, its table or neither is shown. */
import type { Tab } from '../../../src/analysis/contracts';
import type { PanelState } from '../../../src/analysis/panel';
import type { Prompt } from '../../../src/protocol/model';
import type { ViewState } from '../../../src/protocol/view';
import { el, fill } from '../../base/dom';
import {
  allKeys,
  type CreateView,
  type View,
  type ViewContext,
  type ViewData,
  type ViewKey,
  viewData,
  viewKeys,
  viewState,
} from '../../base/view';
import { tableScreen, tableTwins } from './table';

export class ShownView {
  readonly slot = el('div', { class: 'view', id: 'view', role: 'tabpanel' });
  readonly tableSlot = el('div', { hidden: true });
  /** True while the table stands in place of the view. */
  table = false;
  private readonly views = new Map<Tab, View>();
  private drawn: ViewKey | null = null;

  constructor(
    private readonly context: ViewContext,
    private readonly creators: Record<Tab, CreateView>,
  ) {}

  /** The view of the tab in front; created when it is first needed. */
  get view(): View {
    const { tab } = this.context.state().intent;
    const known = this.views.get(tab);
    if (known) return known;
    const created = this.creators[tab](this.context);
    this.views.set(tab, created);
    return created;
  }

  /** Takes the tab's view down; the next one is made anew. */
  discard(): void {
    this.views.delete(this.context.state().intent.tab);
    this.drawn = null;
  }

  /** The facts that the tab draws. */
  get key(): ViewKey {
    const { view } = this;
    return view.stateKey?.(this.context.state()) ?? viewKeys.find((key) => key === view.tab) ?? 'probabilities';
  }

  get state(): ViewState<ViewData> {
    return viewState(this.context.state(), this.key);
  }

  /** The prompt that belongs to the data the view has to draw; null without data. */
  get prompt(): Prompt | null {
    return viewData(this.state)?.prompt ?? null;
  }

  /** True if there are no data, but the view has something to show without them. */
  get alone(): boolean {
    const state = this.context.state();
    return this.prompt === null && state.title !== null && (this.view.standsAlone?.(state) ?? false);
  }

  /** Draws the view for the changed keys of the state. */
  draw(changed: ReadonlySet<keyof PanelState>): void {
    const { slot, view, key } = this;
    const hasData = this.prompt !== null;
    const shown = hasData || this.alone;
    slot.setAttribute('aria-labelledby', `tab-${view.tab}`);
    // A hidden element has no width, so the slot is shown before the view draws into it.
    slot.hidden = !shown || (this.table && hasData);
    if (!shown) return;
    const known = slot.firstElementChild === view.element && this.drawn === key;
    if (!known) slot.replaceChildren(view.element);
    this.drawn = key;
    view.update(this.context.state(), known ? changed : allKeys);
  }

  drawTable(): void {
    const { view, tableSlot } = this;
    const shown = this.table && this.prompt !== null && view.table !== undefined;
    tableSlot.hidden = !shown;
    fill(tableSlot, ...(shown ? tableTwins(view).map(tableScreen) : []));
  }
}
