/**
 * The Lie Detector tab: the text's statements, the model's own answer, or a layer probe on the user's table; one of them is
 * shown. The tab has the name that people look for, but it reads no intent, and it says so first.
 */

import type { Tab } from '../../../src/analysis/contracts';
import type { LieIntent, PanelState } from '../../../src/analysis/panel';
import type { TableTwin } from '../../base/a11y';
import { each, type Field, linkButton, segmented } from '../../base/controls';
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import type { Lead, View, ViewContext, ViewExports, ViewKey } from '../../base/view';
import type { MainSection } from '../section';
import { JudgedSection } from './judgedSection';
import { probeSection } from './probeSection';

type Name = LieIntent['section'];

const facts: Record<Name, ViewKey> = { statements: 'lie', answer: 'answer', probe: 'probe' };

class LieView implements View {
  readonly tab: Tab = 'lie';
  readonly terms = ['probe', 'heldout', 'auroc', 'calibration', 'logodds', 'logprob', 'residual'] as const;
  readonly element: HTMLElement;
  private readonly sections: Record<Name, MainSection>;
  private readonly slot = el('div', {});
  private readonly choice: Field<Name>;
  private readonly bundled: HTMLElement;
  private readonly train: HTMLElement;

  constructor(private readonly context: ViewContext) {
    this.sections = {
      statements: new JudgedSection(context, 'lie'),
      answer: new JudgedSection(context, 'answer'),
      probe: probeSection(context),
    };
    this.choice = segmented<Name>({
      label: t('Look at'),
      hideLabel: true,
      options: each<LieIntent['section']>({
        statements: { label: t('Statements'), title: t('The sentences of the text, or the rows of the table') },
        answer: {
          label: t('Own answer'),
          title: t('The model’s own answer, and whether it looks true to the model'),
        },
        probe: { label: t('Layer probe'), title: t('How well each layer knows the labels of your table') },
      }),
      value: 'statements',
      onChange: (section) => this.intend({ section }),
    });
    this.train = linkButton(t('Train on This Table…'), () => context.action('trainProbe'));
    this.bundled = linkButton(t('Back to the Model’s Own Probe'), () => this.intend({ probe: null }));
    this.element = el(
      'div',
      { class: 'lie' },
      el('div', { class: 'ctl' }, this.choice.element, this.train, this.bundled),
      this.slot,
    );
  }

  get about() {
    return this.current().about();
  }

  stateKey(state: PanelState): ViewKey {
    return facts[state.intent.lie.section];
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
    const { section, probe } = state.intent.lie;
    this.choice.set(section);
    this.train.hidden = !/\.(?:csv|tsv|tab)$/i.test(state.title ?? '');
    this.bundled.hidden = probe === null;
    const shown = this.current();
    if (this.slot.firstElementChild !== shown.element) this.slot.replaceChildren(shown.element);
    shown.update(state);
  }

  dispose(): void {
    for (const section of Object.values(this.sections)) section.destroy();
  }

  chips(): HTMLElement[] {
    return this.current().chips();
  }

  unlock(): void {
    this.current().unlock?.();
  }

  key(event: KeyboardEvent): boolean {
    return this.current().key(event);
  }

  table(): TableTwin {
    return this.current().tables()[0] ?? { caption: t('Lie Detector'), columns: [], rows: [] };
  }

  moreTables(): TableTwin[] {
    return this.current().tables().slice(1);
  }

  exports(): ViewExports {
    return this.current().exports();
  }

  private intend(change: Partial<LieIntent>): void {
    this.context.setIntent({ lie: { ...this.context.state().intent.lie, ...change } });
  }

  private current(): MainSection {
    return this.sections[this.context.state().intent.lie.section];
  }
}

export function createLieView(context: ViewContext): View {
  return new LieView(context);
}
