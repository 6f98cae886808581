/**
 * The Probabilities tab: how likely each token was, given only the text before it; what comes next; how a draw would continue.
 * Data flows one way: panel state → charts; the user's actions go out through the context.
 */
import type { Tab } from '../../../src/analysis/contracts';
import type { Intent, PanelState } from '../../../src/analysis/panel';
import type { ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import type { TableTwin } from '../../base/a11y';
import { checkbox, each, type Field, segmented } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import { sayTerms, term } from '../../base/term';
import {
  chosen,
  exactTokens,
  type Lead,
  undrawn,
  type View,
  type ViewContext,
  type ViewExports,
  viewData,
} from '../../base/view';
import type { Chart } from '../../charts/chart';
import { type NextTokensData, type NextTokensOptions, nextTokens } from '../../charts/probabilities/nextTokens';
import type { Sampled } from '../../charts/probabilities/sampling';
import { probabilityStrip, type StripData, type StripOptions, tokensPerBar } from '../../charts/probabilities/strip';
import type { TintMode } from '../../charts/shared/tint';
import { type TokenTextData, type TokenTextOptions, tokenText } from '../../charts/shared/tokenText';
import { barsData, barsOf, barsPlace } from './bars';
import { shown } from './chartOnce';
import { type Comparison, compared, perplexityWords } from './comparison';
import { ComparisonSection } from './comparisonSection';
import { ContinuationsSection } from './continuationsSection';
import { probabilitiesExports, probabilitiesTable } from './exports';
import { cardContent, inlineContent, inspectorContent, spoken, tokenFacts } from './inspector';
import { NARROWEST, ProbabilitiesLayout } from './layout';
import { mostSurprising, probabilitiesAnswer } from './lead';
import { nextLegend, stripLegend, stripTitle, textLegend } from './legends';
import { RepeatSection } from './repeatSection';
import { drawsByChance, sampledNext, samplingSection, settingsWords } from './samplingSection';

const FEW = 6;
const MANY = 20;

class ProbabilitiesView implements View {
  readonly tab: Tab = 'probabilities';
  readonly terms = [
    'token',
    'tokenizer',
    'template',
    'logprob',
    'surprisal',
    'nat',
    'entropy',
    'perplexity',
    'logit',
    'softmax',
    'temperature',
    'topk',
    'topp',
  ] as const;
  readonly element: HTMLElement;
  readonly about = {
    shows: t('how likely each token was, given only the text before it.'),
    cannotTell: t('why, nor whether the text is true.'),
  };
  private readonly layout: ProbabilitiesLayout;
  private readonly text = el('div');
  private readonly inspector = el('aside', { class: 'inspector', 'aria-live': 'off', 'aria-label': t('The token') });
  private readonly inline = el('div', { class: 'inline-inspector narrow-only' });
  private readonly legend = el('div', { class: 'legend' });
  private readonly perplexity = el('span', { class: 'right wide-only' });
  private readonly stripBox = el('div');
  private readonly stripTitle = el('span');
  private readonly stripKey = el('div', { class: 'legend' });
  private readonly nextSmall = el('small');
  private readonly nextBox = el('div');
  private readonly nextKey = el('div', { class: 'legend' });
  private readonly more;
  private readonly back;
  private readonly tint: Field<TintMode>;
  private readonly boundaries: Field<boolean>;
  private readonly against;
  private readonly continued;
  private readonly repeated;
  private readonly sampling;
  private readonly stop: () => void;
  private data: ProbabilitiesData | null = null;
  /** The data with what the bars show: what may follow the prompt, or its continuation. */
  private bars: ProbabilitiesData | null = null;
  /** Against the baseline, where there is one. */
  private comparison: Comparison | null = null;
  private sampled: Sampled | null = null;
  private rows = FEW;
  private width = 0;
  private nextWidth = 0;
  /** As drawn: the number of tokens that still hold. */
  private exact = Number.POSITIVE_INFINITY;
  /** An unchanged data object lets the text skip its drawing. */
  private textData: TokenTextData | null = null;
  private textChart: Chart<TokenTextData, TokenTextOptions> | null = null;
  private stripChart: Chart<StripData, StripOptions> | null = null;
  private nextChart: Chart<NextTokensData, NextTokensOptions> | null = null;

  constructor(private readonly context: ViewContext) {
    const { tint, boundaries, sampling } = context.state().intent.probabilities;
    const click = () => this.showRows(this.rows === FEW ? MANY : FEW);
    this.more = el('button', { type: 'button', class: 'link s no-export', on: { click } });
    const toPrompt = () => context.channel.notify('continuation', { do: 'backToPrompt' });
    this.back = el(
      'button',
      { type: 'button', class: 'link s no-export', on: { click: toPrompt } },
      t('after the prompt'),
    );
    this.tint = segmented<TintMode>({
      label: t('Tint by'),
      options: each<Intent['probabilities']['tint']>({
        surprisal: { label: t('Surprisal') },
        rank: { label: t('Rank class') },
      }),
      value: tint,
      onChange: (value) => context.setIntent(chosen(context, 'probabilities', { tint: value })),
    });
    this.boundaries = checkbox({
      label: t('Token boundaries'),
      checked: boundaries,
      onChange: (checked) => context.setIntent(chosen(context, 'probabilities', { boundaries: checked })),
    });
    this.against = new ComparisonSection(context);
    this.continued = new ContinuationsSection(context);
    this.repeated = new RepeatSection(context);
    this.sampling = samplingSection({
      sampling,
      onChange: (change) => {
        const next = { ...context.state().intent.probabilities.sampling, ...change };
        context.setIntent(chosen(context, 'probabilities', { sampling: next }));
      },
      onGenerate: () => this.generate(),
      onFiveSeeds: () => this.continued.fiveSeeds(),
    });
    this.layout = this.layOut();
    this.element = this.layout.element;
    const stops = [
      context.onWidth(this.element, (next) => {
        this.width = next;
        this.draw(context.state());
      }),
      context.onWidth(this.nextBox, (next) => {
        this.nextWidth = next;
        this.draw(context.state());
      }),
    ];
    this.stop = () => {
      for (const stop of stops) stop();
    };
  }

  private get change(): (number | null)[] | undefined {
    return this.comparison?.change;
  }

  private get comparesBars(): boolean {
    return this.comparison !== null && this.bars === this.data;
  }

  lead(): Lead {
    if (this.comparison) return { question: t('Did the edit change the answer?'), answer: this.comparison.answer };
    const question = t('What comes next, and what surprised the model?');
    return { question, answer: this.data ? probabilitiesAnswer(this.data) : '' };
  }

  running(): string {
    return t('Scoring every token');
  }

  update(state: PanelState, changed: ReadonlySet<keyof PanelState>): void {
    const now = viewData(state.probabilities);
    if (!now) return;
    this.repeated.update(state);
    if (this.stands(state, now, changed)) return;
    if (this.data && changed.size === 1 && changed.has('repeat')) return;
    if (changed.has('probabilities') || changed.has('baseline')) {
      this.textData = null;
      this.comparison = compared(state.baseline, now);
    }
    this.data = now;
    const before = this.bars;
    if (changed.has('probabilities') || changed.has('continuations')) this.bars = barsOf(now, state.continuations);
    // A growing row changes nothing but itself.
    const growing =
      changed.size === 1 && changed.has('continuations') && before?.result.next === this.bars?.result.next;
    if (growing) {
      this.continued.update(state);
      return;
    }
    const drawn = ['probabilities', 'continuations', 'intent'].some((key) => changed.has(key as keyof PanelState));
    if (drawn) this.sampled = sampledNext(this.bars!, state);
    // Reading a width while the page is being changed would lay it out twice.
    this.width ||= this.element.clientWidth;
    this.nextWidth ||= this.nextBox.clientWidth;
    this.draw(state);
    if (drawn) this.continued.update(state);
  }

  /** Whether all that is drawn stays: a run that begins or goes on changes no number yet. */
  private stands(state: PanelState, now: ProbabilitiesData, changed: ReadonlySet<keyof PanelState>): boolean {
    const { kind } = state.probabilities;
    const exact = kind === 'running' ? this.exact : exactTokens(state.probabilities);
    const same = this.data === now && exact === this.exact;
    this.exact = exact;
    return same && [...changed].every((key) => undrawn.has(key) || key === 'probabilities');
  }

  dispose(): void {
    this.stop();
    this.continued.destroy();
    this.repeated.destroy();
    for (const chart of [this.textChart, this.stripChart, this.nextChart]) chart?.destroy();
  }

  generate(): void {
    this.continued.generate();
  }

  showFigures(): void {
    const section = this.stripBox.parentElement;
    section?.scrollIntoView?.({ block: 'center' });
    section?.classList.remove('shown-now');
    // Reading a size lets the line begin anew where it was shown a moment ago.
    void section?.clientWidth;
    section?.classList.add('shown-now');
    this.context.announce(this.perplexity.textContent ?? '');
  }

  table(): TableTwin {
    return probabilitiesTable(this.data!, this.change);
  }

  moreTables(): TableTwin[] {
    return this.repeated.tables();
  }

  exports(): ViewExports {
    const { context, text, stripBox: strip, nextBox: next, repeated } = this;
    const boxes = { text, strip, next };
    return probabilitiesExports(this.data!, this.change, context, { ...boxes, repeated });
  }

  private layOut(): ProbabilitiesLayout {
    const { text, inspector, legend, inline } = this;
    const next = el(
      'section',
      { class: 'sec' },
      el('h2', {}, t('Next token'), this.nextSmall, el('span', { class: 'right' }, this.back, this.more)),
      this.nextBox,
      this.nextKey,
    );
    const strip = el(
      'section',
      { class: 'sec' },
      el('h2', {}, this.stripTitle, el('small', {}, term('nat')), this.perplexity),
      this.stripBox,
      this.stripKey,
      inline,
    );
    return new ProbabilitiesLayout({
      text: [
        el('div', { class: 'ctl' }, this.tint.element, this.boundaries.element),
        el('div', { class: 'split' }, text, inspector),
        legend,
      ],
      against: this.against.element,
      strip,
      next,
      sampling: this.sampling.element,
      rest: [this.continued.element, this.repeated.element],
    });
  }

  private facts(position: number) {
    return tokenFacts(this.data!, position, this.context.state(), this.change);
  }

  private textOptions({ intent, selection }: PanelState): TokenTextOptions {
    const { context } = this;
    const describe = (position: number) => spoken(this.facts(position));
    return {
      theme: context.theme(),
      tint: intent.probabilities.tint,
      label: t('Prompt, tokens tinted by surprise; arrows move, Enter locks'),
      locked: selection.locked,
      hover: selection.hover,
      describe,
      announce: context.announce,
      onHover: (position, anchor) => {
        context.card(anchor, ...(position === null || !anchor ? [] : cardContent(this.facts(position))));
        if (context.state().selection.hover !== position) context.select({ hover: position });
      },
      onLock: (position) => {
        const lock = context.state().selection.locked !== position;
        context.select({ locked: lock ? position : null });
        context.reveal(position);
        if (lock) context.announce(t('Locked: {0}', describe(position)));
      },
    };
  }

  private stripArguments(state: PanelState): [StripData, StripOptions] {
    const { prompt, result } = this.data!;
    const { logprob, entropy } = result;
    const label = t('Surprisal bars and entropy line by token; arrows move, Enter locks');
    const options = { ...this.textOptions(state), width: Math.max(NARROWEST, this.width), label };
    return [{ prompt, logprob, entropy, exact: this.exact }, options];
  }

  private nextArguments({ model, intent }: PanelState): [NextTokensData, NextTokensOptions] {
    const { result } = this.bars!;
    const { next } = result;
    const options = {
      theme: this.context.theme(),
      width: Math.max(NARROWEST, this.nextWidth),
      rows: this.rows,
      label: t('Likeliest next tokens; arrows move, Enter continues from one'),
      announce: this.context.announce,
      onPick: (rank: number) => {
        const place = { rank, top: next.slice(0, 10), entropy: result.entropy.at(-1) ?? null };
        this.continued.startFrom(next[rank], place);
      },
    };
    const sampled = drawsByChance(intent.probabilities.sampling) ? this.sampled : null;
    return [barsData(this.bars!, model, sampled, this.comparesBars ? this.comparison : null), options];
  }

  private showRows(count: number): void {
    this.rows = count;
    this.draw(this.context.state());
  }

  private draw(state: PanelState): void {
    if (!this.data) return;
    const { prompt, result } = this.data;
    const { logprob, rank } = result;
    this.layout.arrange(this.width, state.file !== null && state.elsewhere === null);
    const { exact } = this;
    const { change, edited } = this.comparison ?? {};
    const text = this.textData ?? { prompt, logprob, rank, change, edited, exact };
    this.textData = text;
    this.textChart = shown(this.textChart, tokenText, this.text, text, this.textOptions(state));
    this.stripChart = shown(this.stripChart, probabilityStrip, this.stripBox, ...this.stripArguments(state));
    this.nextChart = shown(this.nextChart, nextTokens, this.nextBox, ...this.nextArguments(state));
    this.against.update({ comparison: this.comparison, prompt, perplexity: result.perplexity });
    this.drawWords(state, this.data);
    this.drawInspector(state);
  }

  private drawWords(state: PanelState, data: ProbabilitiesData): void {
    const { result, prompt } = data;
    const { tint, boundaries, sampling } = state.intent.probabilities;
    const theme = this.context.theme();
    this.tint.set(tint);
    this.boundaries.set(boundaries);
    this.text.classList.toggle('bounded', boundaries);
    fill(this.legend, ...textLegend(theme, tint, state.baseline?.name ?? null, prompt));
    const perplexity = perplexityWords(result.perplexity, this.comparison?.perplexity);
    const first = t('the first token has none: nothing comes before it');
    sayTerms(this.perplexity, (perplexity && `${perplexity} · `) + first, 'perplexity');
    const perBar = tokensPerBar(prompt.tokens.length, Math.max(NARROWEST, this.width));
    sayTerms(this.stripTitle, stripTitle(perBar), 'surprisal', 'entropy', 'token');
    // Where each bar is one token, a wide strip has its legend beside it.
    this.stripKey.classList.toggle('narrow-only', perBar === 1);
    fill(this.stripKey, ...stripLegend(theme, perBar));
    this.nextSmall.textContent = barsPlace(data, state.continuations);
    this.back.hidden = state.continuations.after === null;
    this.more.textContent = t('show {0}', this.rows === FEW ? Math.min(MANY, result.next.length) : FEW);
    fill(
      this.nextKey,
      ...nextLegend(theme, drawsByChance(sampling) ? settingsWords(sampling) : null, this.comparesBars),
    );
    this.sampling.update(this.bars!, state, this.sampled!);
  }

  private drawInspector(state: PanelState): void {
    const { locked, hover } = state.selection;
    const { prompt, result } = this.data!;
    const wanted = locked ?? hover;
    const known = wanted !== null && wanted < prompt.tokens.length;
    const position = known ? wanted : mostSurprising(result.logprob);
    const title = locked === null && hover === null ? t('most surprising') : null;
    const { tint } = state.intent.probabilities;
    fill(this.inspector, ...inspectorContent(this.facts(position), this.context.theme(), tint, title));
    fill(this.inline, ...inlineContent(this.facts(position), title));
  }
}

export function createProbabilitiesView(context: ViewContext): View {
  return new ProbabilitiesView(context);
}
