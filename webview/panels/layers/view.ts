/**
 * The Layers tab: three sections over three facts of the host, one of which is shown. The section is part of the intent, so it
 * survives a reload, and the switch stays in place when there is nothing to show.
 */

import type { Tab } from '../../../src/analysis/contracts';
import type { LayersIntent, PanelState } from '../../../src/analysis/panel';
import { each, type Field, segmented } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import type { Lead, View, ViewContext, ViewExports, ViewKey } from '../../base/view';
import type { MainSection } from '../section';
import { ExamplesSection } from './examplesSection';
import { HeadsSection } from './headsSection';
import { LensSection } from './lensSection';

type Name = LayersIntent['section'];

const facts: Record<Name, ViewKey> = { lens: 'layers', heads: 'heads', examples: 'examples' };

class LayersView implements View {
  readonly tab: Tab = 'layers';
  readonly terms = ['lens', 'logit', 'block', 'residual', 'mlp', 'head', 'induction', 'entropy'] as const;
  readonly element: HTMLElement;
  private readonly sections: Record<Name, MainSection>;
  private readonly slot = el('div', {});
  private readonly controls = el('span', { class: 'layers-controls' });
  private readonly choice: Field<Name>;

  constructor(private readonly context: ViewContext) {
    this.sections = {
      lens: new LensSection(context),
      heads: new HeadsSection(context),
      examples: new ExamplesSection(context),
    };
    this.choice = segmented<Name>({
      label: t('Look at'),
      options: each<LayersIntent['section']>({
        lens: { label: t('Lens'), title: t('The answer that each block would give') },
        heads: { label: t('Head map'), title: t('The heads that the answer depends on') },
        examples: { label: t('Examples'), title: t('How the prompt’s own examples serve the answer') },
      }),
      value: 'lens',
      onChange: (section) => this.context.setIntent({ layers: { ...this.context.state().intent.layers, section } }),
    });
    this.element = el(
      'div',
      { class: 'layers' },
      el('div', { class: 'ctl' }, this.choice.element, this.controls),
      this.slot,
    );
  }

  get about() {
    return this.current().about();
  }

  stateKey(state: PanelState): ViewKey {
    return facts[this.nameOf(state)];
  }

  /** The switch is the way out of a section that has nothing to show. */
  standsAlone(): boolean {
    return true;
  }

  lead(): Lead {
    return this.current().lead();
  }

  running(): string {
    return this.current().running();
  }

  update(state: PanelState): void {
    this.choice.set(this.nameOf(state));
    const section = this.current();
    if (this.slot.firstElementChild !== section.element) {
      this.slot.replaceChildren(section.element);
      fill(this.controls, section.controls);
    }
    section.update(state);
    // Controls that choose among data are useless without data.
    this.controls.hidden = section.element.hidden || !section.controls;
  }

  dispose(): void {
    for (const section of Object.values(this.sections)) section.destroy();
  }

  chips(): HTMLElement[] {
    return this.current().chips();
  }

  unlock(): void {
    if (this.context.state().selection.layer !== null) this.context.select({ layer: null, head: null });
  }

  key(event: KeyboardEvent): boolean {
    return this.current().key(event);
  }

  table() {
    return this.current().tables()[0];
  }

  moreTables() {
    return this.current().tables().slice(1);
  }

  exports(): ViewExports {
    return this.current().exports();
  }

  private nameOf(state: PanelState): Name {
    const { section } = state.intent.layers;
    return section in facts ? section : 'lens';
  }

  private current(): MainSection {
    return this.sections[this.nameOf(this.context.state())];
  }
}

export function createLayersView(context: ViewContext): View {
  return new LayersView(context);
}
