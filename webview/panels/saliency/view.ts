/**
 * The Saliency tab: which units of the prompt move the target, by several methods in the text itself; beside it, whether the
 * ranking beats chance and whether the methods agree.
 */

import type { Tab } from '../../../src/analysis/contracts';
import type { PanelState } from '../../../src/analysis/panel';
import type { Problem } from '../../../src/protocol/problem';
import type { TableTwin } from '../../base/a11y';
import { el } from '../../base/dom';
import { remembered } from '../../base/remembered';
import { t } from '../../base/strings';
import type { Lead, View, ViewContext, ViewExports, ViewRemedy } from '../../base/view';
import { agreementSection } from './agreementSection';
import { barsSection } from './barsSection';
import { changeSaliency, saliencyControls } from './controls';
import { agreementTable, curvesTable, saliencyCsv, saliencySvg, unitsTable } from './exports';
import { judgeSection } from './judgeSection';
import { saliencyAnswer } from './lead';
import { notices } from './notices';
import { rankingSection } from './rankingSection';
import { orderedUnits, type SaliencyShown, shownFacts, shownState } from './shown';
import { saliencyTextSection } from './textSection';
import { unitRemedy } from './unitRemedy';

/** Staves up to this height leave room for the list under them; otherwise the list stands under the judge. */
const SHORT_TEXT_PX = 440;

class SaliencyView implements View {
  readonly tab: Tab = 'saliency';
  readonly terms = [
    'saliency',
    'occlusion',
    'knockout',
    'gradient',
    'integrated',
    'attention',
    'logprob',
    'nat',
  ] as const;
  readonly element = el('div', { class: 'saliency' });
  readonly about = {
    shows: t('which words move the target, by several methods.'),
    cannotTell: t('how they do so; a method no better than random order tells nothing.'),
  };
  private shown: SaliencyShown | null = null;
  private readonly facts = remembered(shownFacts);
  private readonly controls;
  private readonly notices;
  private readonly text;
  private readonly judge;
  private readonly agreement;
  private readonly bars;
  private readonly ranking;
  private readonly left = el('div', { class: 'saliency-column' });
  private readonly right = el('div', { class: 'saliency-column' });
  private readonly columns = el('div', { class: 'cols wide-l' }, this.left, this.right);
  private readonly textFold = fold(t('The scores in the text'));
  private readonly judgeFold = fold(t('How far to believe this'));

  constructor(private readonly context: ViewContext) {
    this.controls = saliencyControls(context);
    this.notices = notices(context);
    this.text = saliencyTextSection(context, (height) => this.placeBars(height));
    this.judge = judgeSection(context);
    this.agreement = agreementSection(context);
    this.bars = barsSection(context);
    this.ranking = rankingSection(context);
    const parts = [this.ranking.element, this.columns, this.textFold, this.judgeFold];
    this.element.append(this.controls.element, this.notices.element, ...parts);
  }

  /** The controls are the way out of a unit or an operator that this prompt does not allow. */
  standsAlone({ saliency }: PanelState): boolean {
    return saliency.kind === 'running' || saliency.kind === 'failed';
  }

  lead(): Lead {
    const question = t('Which words does this answer hang on?');
    return { question, answer: this.shown ? saliencyAnswer(this.shown) : '' };
  }

  running(): string {
    return t('Leaving out one part at a time');
  }

  remedies(problem: Problem): ViewRemedy[] {
    const remedy = unitRemedy(problem, this.context.state().intent.saliency);
    return remedy ? [{ label: remedy.label, onChoose: () => changeSaliency(this.context, remedy.change) }] : [];
  }

  update(state: PanelState): void {
    this.shown = shownState(state, this.context.theme(), this.facts);
    const { shown } = this;
    const long = shown?.long ?? false;
    this.controls.update(state.intent.saliency, { long, by: shown?.result.by ?? null });
    this.notices.element.hidden = !shown;
    this.columns.hidden = !shown || long;
    this.ranking.element.hidden = this.textFold.hidden = !shown || !long;
    this.judgeFold.hidden = !shown || !long || shown.methods.length < 2;
    if (!shown) return;
    this.place(long);
    for (const section of this.sections(long)) section.update(shown);
    // A single unit has no rank.
    this.judge.element.hidden = this.agreement.element.hidden = orderedUnits(shown.result) < 2;
  }

  /** A long prompt's ranking comes first, and the rest is folded; a chart in a closed fold has no width and is not drawn. */
  private place(long: boolean): void {
    const { text, judge, agreement, bars } = this;
    const [texts, judges] = long ? [this.textFold, this.judgeFold] : [this.left, this.right];
    if (text.element.parentElement === texts) return;
    texts.append(text.element);
    judges.append(judge.element, agreement.element);
    if (long) bars.element.remove();
    else judges.append(bars.element);
  }

  dispose(): void {
    for (const section of [this.bars, ...this.sections(true)]) section.destroy();
  }

  table(): TableTwin {
    return this.shown ? unitsTable(this.shown) : { caption: t('Saliency'), columns: [], rows: [] };
  }

  moreTables(): TableTwin[] {
    const shown = this.shown;
    return shown ? [curvesTable(shown), agreementTable(shown)].filter((table) => table !== null) : [];
  }

  exports(): ViewExports {
    const shown = this.shown;
    if (!shown) return {};
    const sources = {
      text: this.text.element,
      judge: this.judge.element,
      agreement: this.agreement.element,
      bars: this.bars.element,
      ranking: this.ranking.element,
    };
    return {
      svg: () => saliencySvg(shown, sources),
      csv: () => saliencyCsv(shown),
      json: () => shown.result,
    };
  }

  private placeBars(textHeight: number): void {
    if (this.shown?.long) return;
    const column = textHeight <= SHORT_TEXT_PX ? this.left : this.right;
    if (this.bars.element.parentElement !== column) column.append(this.bars.element);
  }

  private sections(long: boolean) {
    const { notices, text, judge, agreement } = this;
    return [notices, text, judge, agreement, long ? this.ranking : this.bars];
  }
}

/** A part that is closed until it is asked for. */
function fold(title: string): HTMLDetailsElement {
  return el('details', { class: 'saliency-fold' }, el('summary', {}, title)) as HTMLDetailsElement;
}

export function createSaliencyView(context: ViewContext): View {
  return new SaliencyView(context);
}
