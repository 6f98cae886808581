/** The progress line under the tab bar, and the screen or banner for any state but a result. */
import type { ViewState } from '../../../src/protocol/view';
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import { isPartial, type ViewContext, type ViewData, viewData } from '../../base/view';
import { progressShare } from '../states/progress';
import { type Below, type StatePart, stateKey, statePart } from '../states/states';
import type { ShownView } from './shownView';

export class StateBar {
  private readonly done = el('i');
  readonly progress = el(
    'div',
    { class: 'prog', role: 'progressbar', 'aria-label': t('Progress'), hidden: true },
    this.done,
  );
  readonly slot = el('div', { class: 'states' });
  private part: StatePart | null = null;

  constructor(
    private readonly context: ViewContext,
    private readonly shown: ShownView,
  ) {}

  draw(): void {
    const { view, state, alone, key: facts } = this.shown;
    const below = whatIsBelow(state, alone);
    const key = `${facts} ${this.context.theme().kind} ${stateKey(state, below)}`;
    if (this.part?.key === key) this.part.update(state);
    else {
      const next = statePart(view, state, below, this.context);
      this.part = { key, element: next?.element ?? el('div'), update: next?.update ?? (() => {}) };
      this.slot.replaceChildren(this.part.element);
    }
    this.drawProgress(state);
  }

  private drawProgress(state: ViewState<ViewData>): void {
    const { progress } = this;
    const share = progressShare(state);
    progress.hidden = state.kind !== 'loadingModel' && state.kind !== 'running';
    progress.classList.toggle('unknown', share === null);
    this.done.style.width = share === null ? '' : `${share * 100}%`;
    if (share === null) progress.removeAttribute('aria-valuenow');
    else progress.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  }
}

function whatIsBelow(state: ViewState<ViewData>, alone: boolean): Below {
  const data = viewData(state);
  if (!data) return alone ? 'form' : 'nothing';
  return isPartial(data) ? 'partial' : 'data';
}
