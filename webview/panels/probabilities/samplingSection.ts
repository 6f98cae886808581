/** Sliders that change only the draw, and their effect on the distribution after the last token. */
import type { Intent, PanelState } from '../../../src/analysis/panel';
import type { ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import { readableWithLikely } from '../../../src/protocol/pieces';
import { button, linkButton, slider } from '../../base/controls';
import { type Child, el, fill } from '../../base/dom';
import { fixed, grouped, probability, visible } from '../../base/format';
import { inClauses, t } from '../../base/strings';
import { type Sampled, sample } from '../../charts/probabilities/sampling';

export type SamplingIntent = Intent['probabilities']['sampling'];

/** Neutral settings leave the raw distribution as it is. */
export function isNeutral({ temperature, topK, topP }: SamplingIntent): boolean {
  return temperature === 1 && topK === 0 && topP === 1;
}

/** True if the settings change the probabilities that tokens are drawn with; at temperature 0 nothing is drawn. */
export function drawsByChance(sampling: SamplingIntent): boolean {
  return sampling.temperature > 0 && !isNeutral(sampling);
}

/** The settings in a few words; null while they are neutral. */
export function settingsWords(sampling: SamplingIntent): string | null {
  if (isNeutral(sampling)) return null;
  const { temperature, topK, topP } = sampling;
  if (temperature === 0) return t('greedy');
  const parts = [t('temperature {0}', temperature)];
  if (topK > 0) parts.push(t('top-k {0}', topK));
  if (topP < 1) parts.push(t('top-p {0}', topP));
  return inClauses(parts);
}

export function sampledNext(data: ProbabilitiesData, state: PanelState): Sampled {
  const { next } = data.result;
  const vocabulary = state.model?.vocabulary ?? next.length;
  return sample(
    next.map((c) => c.logprob),
    vocabulary,
    state.intent.probabilities.sampling,
  );
}

/** The position of 0 (all) on the top-k slider: at the right end, after 100. */
const ALL_K = 101;

export interface SamplingSection {
  element: HTMLElement;
  update(data: ProbabilitiesData, state: PanelState, sampled: Sampled): void;
}

export function samplingSection(options: {
  sampling: SamplingIntent;
  onChange: (change: Partial<SamplingIntent>) => void;
  onGenerate: () => void;
  onFiveSeeds: () => void;
}): SamplingSection {
  const { sampling, onChange } = options;
  const temperature = slider({
    label: t('Temperature'),
    min: 0,
    max: 2,
    step: 0.1,
    value: sampling.temperature,
    format: (v) => String(Math.round(v * 100) / 100),
    onInput: (value) => onChange({ temperature: Math.round(value * 10) / 10 }),
  });
  const topK = slider({
    label: t('Top-k'),
    min: 1,
    max: ALL_K,
    step: 1,
    value: sampling.topK || ALL_K,
    format: (v) => (v >= ALL_K ? t('all') : String(v)),
    onInput: (value) => onChange({ topK: value >= ALL_K ? 0 : value }),
  });
  const topP = slider({
    label: t('Top-p'),
    min: 0.01,
    max: 1,
    step: 0.01,
    value: sampling.topP,
    format: (v) => (v >= 1 ? '1' : v.toFixed(2).slice(1)),
    onInput: (value) => onChange({ topP: Math.round(value * 100) / 100 }),
  });
  const seed = slider({
    label: t('Seed'),
    min: 0,
    max: 99,
    step: 1,
    value: sampling.seed,
    format: String,
    onInput: (value) => onChange({ seed: value }),
  });
  const figures = el('dl', { class: 'kv' });
  const note = el('p', { class: 'note s m' });
  const generate = button({ label: t('Generate'), kind: 'primary', icon: 'play', onClick: options.onGenerate });
  const five = button({ label: t('Five seeds'), onClick: options.onFiveSeeds });
  const reset = linkButton(t('no sampling settings'), () => onChange({ temperature: 1, topK: 0, topP: 1 }));
  reset.title = t('Temperature 1, nothing excluded');
  const element = el(
    'section',
    { class: 'sec sampling' },
    el(
      'h2',
      {},
      t('Sampling'),
      el('small', {}, t('affects generation only; the bars stay the model’s own')),
      el('span', { class: 'right no-export' }, reset),
    ),
    el('div', { class: 'sliders no-export' }, temperature.element, topK.element, topP.element, seed.element),
    figures,
    note,
    el('div', { class: 'actions' }, generate, five),
  );
  return {
    element,
    update(data, state, sampled) {
      const now = state.intent.probabilities.sampling;
      temperature.set(now.temperature);
      topK.set(now.topK || ALL_K);
      topP.set(now.topP);
      seed.set(now.seed);
      five.disabled = now.temperature === 0;
      reset.hidden = isNeutral(now);
      fill(figures, ...(now.temperature === 0 ? [] : figureRows(data, state, sampled)));
      note.textContent = honestNote(data, state, sampled);
      note.hidden = note.textContent === '';
    },
  };
}

function figureRows(data: ProbabilitiesData, state: PanelState, sampled: Sampled): Child[] {
  const vocabulary = state.model?.vocabulary ?? data.result.next.length;
  const neutral = isNeutral(state.intent.probabilities.sampling);
  const about = (exact: boolean) => (exact || neutral ? '' : '≈ ');
  const kept =
    sampled.keptBeyond && sampled.kept < vocabulary ? `> ${grouped(data.result.next.length)}` : grouped(sampled.kept);
  const row = (label: Child[], value: string) => [el('dt', {}, ...label), el('dd', {}, value)];
  return [
    ...row([t('kept tokens')], t('{0} of {1}', kept, grouped(vocabulary))),
    ...row([t('probability kept')], probability(sampled.massKept)),
    ...row(
      ['P(', el('span', { class: 'mono' }, visible(readableWithLikely(data.result.next[0]))), ') ', t('when sampled')],
      about(sampled.exact) + probability(sampled.probabilities[0]),
    ),
    ...row(
      [t('entropy when sampled')],
      t('{0} nats', about(sampled.entropyExact) + fixed(entropyOf(data, state, sampled))),
    ),
  ];
}

/** With neutral settings, the engine's own figure over the whole vocabulary is exact. */
function entropyOf(data: ProbabilitiesData, state: PanelState, sampled: Sampled): number {
  return isNeutral(state.intent.probabilities.sampling) ? data.result.entropy.at(-1)! : sampled.entropy;
}

/** What temperature 0 does, or which values the page knows only in part; empty if everything shown is exact. */
function honestNote(data: ProbabilitiesData, state: PanelState, sampled: Sampled): string {
  const { temperature } = state.intent.probabilities.sampling;
  if (temperature === 0) return t('Temperature 0 always takes the likeliest token, so every seed gives the same.');
  if ((sampled.exact && sampled.entropyExact) || isNeutral(state.intent.probabilities.sampling)) return '';
  return t(
    '≈ only the {0} likeliest tokens are known here; the others together hold {1} and are estimated between their bounds.',
    data.result.next.length,
    probability(sampled.tailMass),
  );
}
