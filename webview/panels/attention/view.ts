/**
 * The Attention tab: which heads look where. It ranks and shows all heads, one head's matrix (or the maximum of several), and one
 * token's strongest links in the text. State comes from the host, slices are requested when shown, and charts only draw.
 */
import type { AttentionData } from '../../../src/analysis/attention/contract';
import type { Tab } from '../../../src/analysis/contracts';
import type { PanelState } from '../../../src/analysis/panel';
import type { TableTwin } from '../../base/a11y';
import { el } from '../../base/dom';
import { remembered } from '../../base/remembered';
import { LatestSlice } from '../../base/slices';
import { inList, inProse, t } from '../../base/strings';
import {
  chosen,
  exactTokens,
  type Lead,
  type View,
  type ViewContext,
  type ViewExports,
  viewData,
} from '../../base/view';
import { headLetters, mostHeads } from '../../charts/attention/matrixLayout';
import { attentionMatrixSvg } from '../../charts/attention/matrixSvg';
import { evenSpread, type HeadRef } from '../../charts/attention/ranking';
import { strongestLinks } from '../../charts/attention/weights';
import { lockChip } from '../shell/chips';
import { afterChoosing, chosenHeads, headAfterKey, headName, measureFor, targetTokens } from './choice';
import { attentionControls } from './controls';
import { type PromptFacts, promptFacts, rankHeads } from './facts';
import { attentionGridSection } from './gridSection';
import { type HeadsValue, headsKey, headsSize, loadHeads, shownWeights } from './heads';
import { attentionAnswer } from './lead';
import { attentionMatrixSection } from './matrixSection';
import { sinkLines } from './note';
import type { AttentionShown } from './shown';
import { headsTable, weightsTable } from './tables';
import { attentionTextSection } from './textSection';
import { headTitle, sinkWords } from './words';

/** A longer text is folded, and a hover that moved the arcs would fold it differently under the pointer. */
const previewedTokens = 600;

class AttentionView implements View {
  readonly tab: Tab = 'attention';
  readonly terms = ['attention', 'head', 'block', 'softmax', 'bos', 'induction', 'entropy'] as const;
  readonly element = el('div', { class: 'attention' });
  readonly about = {
    shows: t('how much each token attends to each earlier one, head by head.'),
    cannotTell: t('what the model used: attention is not explanation.'),
  };
  private state: PanelState;
  private shown: AttentionShown | null = null;
  private readonly heads = new LatestSlice<HeadsValue>(headsSize, () => this.refresh());
  private readonly between = new LatestSlice<Float32Array>(
    (value) => value.length,
    () => this.refresh(),
  );
  private readonly facts = remembered((data: AttentionData, model: string) => promptFacts(data, model));
  private readonly ranking = remembered(rankHeads);
  private readonly weights = remembered(shownWeights);
  private readonly controls;
  private readonly sections;

  constructor(private readonly context: ViewContext) {
    this.state = context.state();
    this.controls = attentionControls(context);
    const actions = {
      choose: (ref: HeadRef, add: boolean) => this.choose(ref, add),
      retry: () => this.retry(),
    };
    const grid = attentionGridSection(context, actions);
    const matrix = attentionMatrixSection(context, actions);
    const text = attentionTextSection(context);
    this.sections = [grid, matrix, text];
    const columns = el('div', { class: 'cols wide-l' }, matrix.element, text.element);
    this.element.append(this.controls.element, grid.element, columns);
  }

  lead(): Lead {
    const question = t('Which earlier tokens does each token read?');
    return { question, answer: this.shown ? attentionAnswer(this.shown) : '' };
  }

  running(): string {
    return t('Reading the attention');
  }

  update(state: PanelState, changed: ReadonlySet<keyof PanelState>): void {
    this.state = state;
    // A new result may come from a restarted engine, so failed requests are repeated.
    if (changed.has('attention') && this.heads.state.kind === 'failed') this.heads.retry();
    if (changed.has('attention') && this.between.state.kind === 'failed') this.between.retry();
    this.refresh();
  }

  dispose(): void {
    this.heads.clear();
    this.between.clear();
    for (const section of this.sections) section.destroy();
  }

  chips(): HTMLElement[] {
    const shown = this.shown;
    if (!shown?.headLocked) return [];
    const several = shown.chosen.length > 1;
    return shown.chosen.map((ref, index) => {
      const label = several ? t('Head {0}', headLetters[index]) : t('Head');
      const unlock = () => (several ? this.choose(ref, true) : this.unlock());
      return lockChip(label, t('Unlock'), unlock, el('span', {}, headName(ref)));
    });
  }

  unlock(): void {
    if (this.state.intent.attention.heads.length > 0) {
      this.context.setIntent(chosen(this.context, 'attention', { heads: [] }));
      this.context.announce(t('Unlocked'));
    }
    if (this.state.selection.layer !== null) this.context.select({ layer: null, head: null });
  }

  key(event: KeyboardEvent): boolean {
    const shown = this.shown;
    const at = shown?.chosen[0];
    if (!shown || !at || event.ctrlKey || event.metaKey || event.altKey) return false;
    const next = headAfterKey(event.key, at, shown.facts);
    if (next) this.choose(next, false);
    return next !== null;
  }

  table(): TableTwin {
    const shown = this.shown;
    return shown
      ? headsTable(shown.data.overview.summaries, shown.ranking.best, shown.ranking.measure)
      : { caption: t('Attention'), columns: [], rows: [] };
  }

  moreTables(): TableTwin[] {
    const shown = this.shown;
    // While others are loading, the available weights are not those of the chosen heads.
    if (!shown?.weights || shown.loading || shown.facts.tokens < 2) return [];
    return [weightsTable(shown.weights, shown.facts.names, shown.chosen)];
  }

  exports(): ViewExports {
    const shown = this.shown;
    const weights = shown?.weights;
    if (!shown || !weights || shown.loading) return {};
    const { facts, chosen } = shown;
    const captions = [
      inList(
        shown.chosen.map((ref, index) =>
          chosen.length > 1 ? `${headLetters[index]} ${headName(ref)}` : headTitle(chosen),
        ),
      ),
      t('weight 0 … {0}, gamma {1}', weights.largest.toFixed(2), shown.gamma),
      t('{0}; now {1}', inProse(sinkLines(shown.note(1))), sinkWords(shown.sink)),
    ];
    return {
      svg: () =>
        attentionMatrixSvg(shown.matrix(weights), {
          theme: shown.theme,
          gamma: shown.gamma,
          width: 640,
          heads: chosen.length,
          captions,
        }),
      csv: () => weightsTable(weights, facts.names, chosen),
      json: () => ({
        firstToken: shown.sink,
        heads: chosen,
        weights: Array.from({ length: facts.tokens }, (_, query) =>
          Array.from(weights.weights.subarray(query * facts.tokens, (query + 1) * facts.tokens)),
        ),
        winner: weights.winner && Array.from(weights.winner),
        measure: shown.ranking.measure,
        ranking: shown.ranking.best,
        summaries: shown.data.overview.summaries,
      }),
    };
  }

  private retry(): void {
    this.heads.retry();
    this.between.retry();
    this.refresh();
  }

  private choose(ref: HeadRef, add: boolean): void {
    const now = afterChoosing(this.shown?.chosen ?? [], ref, add);
    if (!now) {
      this.context.announce(t('At most {0} heads can be chosen: remove one first', mostHeads));
      return;
    }
    const [main, ...joined] = now;
    if (joined.length > 0 || this.state.intent.attention.heads.length > 0)
      this.context.setIntent(chosen(this.context, 'attention', { heads: joined }));
    this.context.select({ layer: main.layer, head: main.head });
    const names = now.map(({ layer, head }) => t('block {0}, head {1}', layer, head));
    if (joined.length > 0 || add) this.context.announce(t('Locked: {0}', inList(names)));
  }

  private refresh(): void {
    const shown = this.compute();
    this.shown = shown;
    if (!shown) return;
    this.controls.update(shown);
    for (const section of this.sections) section.update(shown);
    this.context.answered();
  }

  /** Requests missing data and combines the available data. Null without data. */
  private compute(): AttentionShown | null {
    const { attention, intent, selection, model } = this.state;
    const data = viewData(attention);
    if (!data) return null;
    const facts = this.facts(data, model?.sha256 ?? '');
    const live = attention.kind !== 'stale';
    const locked = selection.locked !== null && selection.locked < facts.tokens ? selection.locked : null;
    const measure = measureFor(intent.attention.headSort, facts.answers, locked);
    const targets = targetTokens(measure, facts.answers, locked, facts.all);
    if (targets.length > 0)
      this.between.ask(JSON.stringify([facts.identity, targets]), live ? this.loadBetween(targets, facts) : null);
    const between = this.between.state.kind === 'ready' ? this.between.state.value : null;
    const ranking = this.ranking(data, facts, measure, between, intent.attention.headOrder);
    const { heads: chosen, locked: headLocked } = chosenHeads(
      selection,
      intent.attention.heads,
      ranking.best[0],
      facts,
    );
    this.tellDrawn(chosen[0]);
    if (chosen.length > 0)
      this.heads.ask(
        headsKey(facts.identity, chosen, intent.attention.sink),
        live ? this.loadChosen(chosen, facts) : null,
      );
    return this.assemble({
      data,
      facts,
      locked,
      ranking,
      chosen,
      headLocked,
      even: evenSpread(measure, facts.ids, targets.length),
    });
  }

  /** Tells the host the drawn head, so that a copied command line shows the same one. */
  private tellDrawn(main: HeadRef | undefined): void {
    const { drawnLayer, drawnHead } = this.state.selection;
    if (!main || (main.layer === drawnLayer && main.head === drawnHead)) return;
    queueMicrotask(() => this.context.select({ drawnLayer: main.layer, drawnHead: main.head }));
  }

  private loadBetween(targets: number[], { tokens }: PromptFacts) {
    return async (signal: AbortSignal): Promise<Float32Array> => {
      const params = { from: tokens - 1, to: targets };
      const answer = await this.context.channel.request('attentionBetween', params, { signal });
      return new Float32Array(answer.weights);
    };
  }

  private loadChosen(chosen: readonly HeadRef[], { identity, tokens }: PromptFacts) {
    const { sink } = this.state.intent.attention;
    return (signal: AbortSignal) => loadHeads(this.context.channel, identity, tokens, chosen, sink, signal);
  }

  private assemble(
    known: Pick<AttentionShown, 'data' | 'facts' | 'locked' | 'ranking' | 'chosen' | 'headLocked' | 'even'>,
  ): AttentionShown {
    const { intent, selection, attention } = this.state;
    const { facts, locked, chosen, data } = known;
    const slice = this.heads.state;
    const value = slice.kind === 'ready' ? slice.value : slice.kind === 'loading' ? slice.previous : null;
    const weights = value?.identity === facts.identity ? this.weights(value, intent.attention.sink) : null;
    const hover = selection.hover !== null && selection.hover < facts.tokens ? selection.hover : null;
    const origin =
      locked ?? (facts.tokens <= previewedTokens ? hover : null) ?? (facts.tokens > 0 ? facts.tokens - 1 : null);
    const links =
      weights && origin !== null
        ? strongestLinks(weights.weights, facts.tokens, origin, facts.all)
        : { reads: [], readBy: [] };
    const theme = this.context.theme();
    const { gamma, sink } = intent.attention;
    return {
      ...known,
      ...links,
      theme,
      gamma,
      sink,
      order: intent.attention.headOrder,
      hover,
      origin,
      weights,
      loading: slice.kind === 'loading',
      stale: attention.kind === 'stale',
      problem: slice.kind === 'failed' ? slice.problem : null,
      rankingProblem: this.between.state.kind === 'failed' ? this.between.state.problem : null,
      exact: exactTokens(attention),
      note: (span) => ({
        theme,
        sink,
        gamma,
        span,
        heads: chosen,
        several: chosen.length > 1,
        largest: weights?.largest ?? 0,
        overview: data.overview,
      }),
      matrix: (drawn) => ({ ...drawn, tokens: facts.tokens, lines: facts.lines, names: facts.names, origin, hover }),
    };
  }
}

export function createAttentionView(context: ViewContext): View {
  return new AttentionView(context);
}
