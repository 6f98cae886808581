/**
 * The Probabilities tab: how likely each token was, given only the text before it; what comes next; how a draw would continue.
 * Data flows one way: panel state → charts; the user's actions go out through the context.
 */
import type { Intent, PanelState } from '../../../src/analysis/panel';
import type { ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import { changes, counterparts } from '../../../src/analysis/shared/alignment';
import { each, segmented } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { fixed, grouped } from '../../base/format';
import { t } from '../../base/strings';
import { chosen, exactTokens, type View, type ViewContext, viewData } from '../../base/view';
import { nextTokens } from '../../charts/probabilities/nextTokens';
import type { Sampled } from '../../charts/probabilities/sampling';
import { probabilityStrip } from '../../charts/probabilities/strip';
import type { TintMode } from '../../charts/shared/tint';
import { tokenText } from '../../charts/shared/tokenText';
import { continuationsSection } from './continuationsSection';
import { probabilitiesCsv, probabilitiesSvg, probabilitiesTable } from './exports';
import { cardContent, inlineContent, inspectorContent, spoken, tokenFacts } from './inspector';
import { nextLegend, stripLegend, textLegend } from './legends';
import { repeatSection } from './repeatSection';
import { isNeutral, sampledNext, samplingSection, settingsWords } from './samplingSection';

const FEW = 6;
const MANY = 20;

export function createProbabilitiesView(context: ViewContext): View {
  const text = el('div');
  const inspector = el('aside', { class: 'inspector', 'aria-live': 'off', 'aria-label': t('The token') });
  const inline = el('div', { class: 'inline-inspector narrow-only' });
  const legend = el('div', { class: 'legend' });
  const perplexity = el('span', { class: 'right wide-only' });
  const stripBox = el('div');
  const stripKey = el('div', { class: 'legend narrow-only' });
  const nextSmall = el('small');
  const nextBox = el('div');
  const nextKey = el('div', { class: 'legend' });
  const more = el('button', {
    type: 'button',
    class: 'link s no-export',
    on: { click: () => showRows(rows === FEW ? MANY : FEW) },
  });
  const tint = segmented<TintMode>({
    label: t('Tint by'),
    options: each<Intent['probabilities']['tint']>({
      surprisal: { label: t('Surprisal') },
      rank: { label: t('Rank class') },
    }),
    value: context.state().intent.probabilities.tint,
    onChange: (value) => context.setIntent(chosen(context, 'probabilities', { tint: value })),
  });
  const continued = continuationsSection(context);
  const repeated = repeatSection(context);
  const sampling = samplingSection({
    sampling: context.state().intent.probabilities.sampling,
    onChange: (change) =>
      context.setIntent(
        chosen(context, 'probabilities', { sampling: { ...context.state().intent.probabilities.sampling, ...change } }),
      ),
    onGenerate: () => continued.generate(),
    onFiveSeeds: () => continued.fiveSeeds(),
  });
  const nextSection = el(
    'section',
    { class: 'sec' },
    el('h2', {}, t('Next token'), nextSmall, el('span', { class: 'right' }, more)),
    nextBox,
    nextKey,
  );
  const element = el(
    'div',
    { class: 'probabilities' },
    el('div', { class: 'ctl' }, tint.element),
    el('section', { class: 'sec' }, el('div', { class: 'split' }, text, inspector), legend, inline),
    el(
      'section',
      { class: 'sec' },
      el('h2', {}, t('Surprisal and entropy by token'), el('small', {}, t('nats')), perplexity),
      stripBox,
      stripKey,
    ),
    el('div', { class: 'cols side' }, nextSection, sampling.element),
    continued.element,
    repeated.element,
  );

  let data: ProbabilitiesData | null = null;
  let change: (number | null)[] | undefined;
  let sampled: Sampled | null = null;
  let rows = FEW;
  let width = 0;

  const facts = (position: number) => tokenFacts(data!, position, context.state(), change);
  const describe = (position: number) => spoken(facts(position));
  const onHover = (position: number | null, anchor: Element | null) => {
    context.card(anchor, ...(position === null || !anchor ? [] : cardContent(facts(position))));
    if (context.state().selection.hover !== position) context.select({ hover: position });
  };
  const onLock = (position: number) => {
    context.select({ locked: context.state().selection.locked === position ? null : position });
    context.reveal(position);
    context.announce(describe(position));
  };

  const textArguments = (state: PanelState) =>
    [
      {
        prompt: data!.prompt,
        logprob: data!.result.logprob,
        rank: data!.result.rank,
        exact: exactTokens(state.probabilities),
        change,
      },
      {
        theme: context.theme(),
        tint: state.intent.probabilities.tint,
        label: t('Prompt, tokens tinted by surprise; arrows move, Enter locks'),
        locked: state.selection.locked,
        hover: state.selection.hover,
        describe,
        announce: context.announce,
        onHover,
        onLock,
      },
    ] as const;
  const stripArguments = (state: PanelState) =>
    [
      {
        prompt: data!.prompt,
        logprob: data!.result.logprob,
        entropy: data!.result.entropy,
        exact: exactTokens(state.probabilities),
      },
      {
        ...textArguments(state)[1],
        width: Math.max(320, width),
        label: t('Surprisal bars and entropy line by token; arrows move, Enter locks'),
      },
    ] as const;
  const nextArguments = (state: PanelState) =>
    [
      {
        next: data!.result.next,
        vocabulary: state.model?.vocabulary ?? data!.result.next.length,
        end: data!.end,
        sampled: isNeutral(state.intent.probabilities.sampling) ? null : sampled!.probabilities,
      },
      {
        theme: context.theme(),
        width: Math.max(300, nextBox.clientWidth),
        rows,
        label: t('Likeliest next tokens; arrows move, Enter continues from one'),
        announce: context.announce,
        onPick: startFrom,
      },
    ] as const;

  function startFrom(index: number): void {
    const { next } = data!.result;
    const place = { rank: index, top: next.slice(0, 10), entropy: data!.result.entropy.at(-1) ?? null };
    continued.startFrom(next[index], place);
  }

  function showRows(count: number): void {
    rows = count;
    draw(context.state());
  }

  /** Charts are created once and updated; an unchanged data object lets them skip unchanged parts. */
  let textData: ReturnType<typeof textArguments>[0] | null = null;
  let textChart: ReturnType<typeof tokenText> | null = null;
  let stripChart: ReturnType<typeof probabilityStrip> | null = null;
  let nextChart: ReturnType<typeof nextTokens> | null = null;

  function draw(state: PanelState): void {
    if (!data) return;
    const [freshText, textOptions] = textArguments(state);
    textData ??= freshText;
    textChart ??= tokenText(text, textData, textOptions);
    textChart.update(textData, textOptions);
    stripChart ??= probabilityStrip(stripBox, ...stripArguments(state));
    stripChart.update(...stripArguments(state));
    nextChart ??= nextTokens(nextBox, ...nextArguments(state));
    nextChart.update(...nextArguments(state));
    drawWords(state);
  }

  function drawWords(state: PanelState): void {
    const { result, prompt } = data!;
    drawInspector(state);
    tint.set(state.intent.probabilities.tint);
    fill(legend, ...textLegend(context.theme(), state.intent.probabilities.tint, state.baseline?.name ?? null, prompt));
    const perplexityText = result.perplexity === null ? '' : `${t('perplexity {0}', fixed(result.perplexity))} · `;
    perplexity.textContent = perplexityText + t('the first token has none: nothing comes before it');
    fill(stripKey, ...stripLegend(context.theme()));
    nextSmall.textContent = t('after the last token, position {0}', grouped(prompt.tokens.length));
    more.textContent = rows === FEW ? t('show {0}', Math.min(MANY, result.next.length)) : t('show {0}', FEW);
    fill(nextKey, ...nextLegend(context.theme(), settingsWords(state.intent.probabilities.sampling)));
    sampling.update(data!, state, sampled!);
  }

  function drawInspector(state: PanelState): void {
    const { locked, hover } = state.selection;
    const last = data!.prompt.tokens.length - 1;
    const chosen = locked ?? hover;
    const position = chosen !== null && chosen <= last ? chosen : mostSurprising();
    const title = locked === null && hover === null ? t('most surprising; click a token to lock it') : null;
    fill(inspector, ...inspectorContent(facts(position), context.theme(), state.intent.probabilities.tint, title));
    fill(inline, ...inlineContent(facts(position)));
  }

  function mostSurprising(): number {
    const { logprob } = data!.result;
    return logprob.reduce((best: number, value, i) => ((value ?? 0) < (logprob[best] ?? 0) ? i : best), 0);
  }

  const stopWidth = context.onWidth(element, (next) => {
    width = next;
    draw(context.state());
  });

  return {
    tab: 'probabilities',
    element,
    about: {
      shows: t('how likely each token was, given only the text before it.'),
      cannotTell: t('why, nor whether the text is true.'),
    },
    update(state, changed) {
      const now = viewData(state.probabilities);
      if (!now) return;
      repeated.update(state);
      if (data && changed.size === 1 && changed.has('repeat')) return;
      if (data && data.prompt !== now.prompt) continued.generation.clear();
      if (changed.has('probabilities') || changed.has('baseline')) {
        textData = null;
        const other = state.baseline;
        change = other
          ? changes(
              now.result.logprob,
              other.result.logprob,
              counterparts(
                now.prompt.tokens.map((x) => x.text),
                other.prompt.tokens.map((x) => x.text),
              ),
            )
          : undefined;
      }
      data = now;
      if (changed.has('probabilities') || changed.has('intent')) sampled = sampledNext(now, state);
      width = element.clientWidth || width;
      draw(state);
      if (changed.has('intent') || changed.has('probabilities')) continued.update();
    },
    dispose() {
      stopWidth();
      continued.dispose();
      repeated.dispose();
      for (const chart of [textChart, stripChart, nextChart]) chart?.destroy();
    },
    generate: () => continued.generate(),
    table: () => probabilitiesTable(data!, change),
    moreTables: () => repeated.tables(),
    exports: () => ({
      svg: () =>
        probabilitiesSvg({
          theme: context.theme(),
          text,
          strip: stripBox,
          next: nextBox,
          more: repeated.drawings(),
          title: context.state().title ?? '',
        }),
      csv: () => probabilitiesCsv(data!, change),
      json: () => ({
        ...data!.result,
        end: data!.end,
        repeat: repeated.result(),
        continuations: continued.generation.rows.map(({ kind, steps }) => ({ kind, tokens: steps })),
      }),
    }),
  };
}
