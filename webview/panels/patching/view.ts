/**
 * The Patching tab: a second prompt beside this one, and where the difference between the two is carried, by layer and position
 * or by head.
 */

import type { Tab } from '../../../src/analysis/contracts';
import type { PanelState } from '../../../src/analysis/panel';
import type { PatchingData } from '../../../src/analysis/patching/contract';
import type { TableTwin } from '../../base/a11y';
import { el } from '../../base/dom';
import { remembered } from '../../base/remembered';
import { t } from '../../base/strings';
import { type Lead, type View, type ViewContext, type ViewExports, viewData } from '../../base/view';
import { patchMapSvg } from '../../charts/patching/mapSvg';
import { svgDocument } from '../../charts/shared/svgDocument';
import { lockChip } from '../shell/chips';
import { type PatchFacts, patchFacts } from './facts';
import { MapSection } from './mapSection';
import { promptsSection } from './promptsSection';
import { headsTable, residualTable } from './tables';
import { carrierSentence, headSentence } from './words';

class PatchingView implements View {
  readonly tab: Tab = 'patching';
  readonly terms = ['patching', 'residual', 'block', 'mlp', 'head', 'gradient', 'logprob'] as const;
  readonly element = el('div', { class: 'patching' });
  readonly about = {
    shows: t('where the difference between two prompts is carried.'),
    cannotTell: t('whether a place is needed: others may carry the same.'),
  };
  private readonly prompts;
  private readonly map;
  private readonly facts = remembered((data: PatchingData) => patchFacts(data));
  private shown: { facts: PatchFacts; kind: 'residual' | 'heads' } | null = null;

  constructor(private readonly context: ViewContext) {
    this.prompts = promptsSection(context);
    this.map = new MapSection(context);
    this.element.append(this.prompts.element, this.map.element);
  }

  /** The form for the second prompt is part of the tab, with or without a result. */
  standsAlone(): boolean {
    return true;
  }

  lead(): Lead {
    const question = t('Where is the difference between the two prompts carried?');
    if (!this.shown) return { question, answer: '' };
    const { facts, kind } = this.shown;
    return { question, answer: kind === 'heads' ? headSentence(facts) : carrierSentence(facts) };
  }

  running(): string {
    return t('Patching one place at a time');
  }

  update(state: PanelState): void {
    const data = state.intent.patching.from === null ? null : viewData(state.patching);
    const facts = data && this.facts(data);
    this.shown = facts && { facts, kind: state.intent.patching.map };
    this.prompts.update({ state, data });
    this.map.element.hidden = !facts;
    if (facts) this.map.update({ state, facts, theme: this.context.theme() });
  }

  dispose(): void {
    this.prompts.destroy();
    this.map.destroy();
  }

  chips(): HTMLElement[] {
    const place = this.shown && this.map.chosen();
    return place ? [lockChip(t('Place'), t('Unlock'), () => this.unlock(), el('span', {}, place))] : [];
  }

  unlock(): void {
    this.map.unlock();
  }

  table(): TableTwin {
    if (!this.shown) return { caption: t('Patching'), columns: [], rows: [] };
    const { facts, kind } = this.shown;
    return kind === 'heads' ? headsTable(facts) : residualTable(facts);
  }

  moreTables(): TableTwin[] {
    if (!this.shown) return [];
    const { facts, kind } = this.shown;
    return [kind === 'heads' ? residualTable(facts) : headsTable(facts)];
  }

  exports(): ViewExports {
    const shown = this.shown;
    if (!shown) return {};
    const { facts } = shown;
    return {
      svg: () => {
        const theme = this.context.theme();
        const map = this.map.drawing();
        const title = t('Where the difference is carried');
        const drawing = map && patchMapSvg(map, theme, this.map.captions());
        return svgDocument(theme, t('Patching'), [{ title, drawing }]);
      },
      csv: () => this.table(),
      json: () => facts.data.result,
    };
  }
}

export function createPatchingView(context: ViewContext): View {
  return new PatchingView(context);
}
