/**
 * The way of a text through the model, as a strip: the stages that the tab in front looks into are marked, and a stage opens the first tab
 * that is about it.
 */
import type { Tab } from '../../../src/analysis/contracts';
import { type Child, el } from '../../base/dom';
import { inList, t } from '../../base/strings';
import { type Stage, stages, stagesOf, tabsAt, tabTitle } from './tabs';

function stageName(stage: Stage): string {
  return {
    tokenizer: t('tokenizer'),
    embedding: t('embedding'),
    blocks: t('blocks, in turn'),
    probabilities: t('probabilities of the next token'),
  }[stage];
}

export class StageStrip {
  readonly element: HTMLElement;
  private readonly buttons: ReadonlyMap<Stage, HTMLElement>;

  constructor(onOpen: (tab: Tab) => void) {
    this.buttons = new Map(
      stages.map((stage) => {
        const seen = tabsAt(stage);
        const title = t('Seen in: {0}', inList(seen.map(tabTitle)));
        const click = () => onOpen(seen[0]);
        return [stage, el('button', { type: 'button', class: 'stage', title, on: { click } }, stageName(stage))];
      }),
    );
    const arrow = () => el('span', { class: 'm', 'aria-hidden': 'true' }, '→');
    const parts = [...this.buttons.values()].flatMap((button, i): Child[] => [i > 0 && arrow(), button]);
    this.element = el('nav', { class: 'stages', 'aria-label': t('Stages of the model') }, ...parts);
  }

  show(tab: Tab): void {
    for (const [stage, button] of this.buttons)
      if (stagesOf(tab).includes(stage)) button.setAttribute('aria-current', 'step');
      else button.removeAttribute('aria-current');
  }
}
