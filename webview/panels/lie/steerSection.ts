/**
 * A text continued twice, once unchanged and once pushed along the direction of the probe shown: does the model use what can be
 * read in its states?
 */

import type { GenerateOptions, GenerateResult, Steering } from '../../../src/analysis/generate/contract';
import type { Candidate } from '../../../src/analysis/shared/contract';
import type { SteerIntent } from '../../../src/analysis/truth/contract';
import type { TableTwin } from '../../base/a11y';
import { button, slider, textField } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { failure } from '../../base/failure';
import { probability, signed, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';

/** A probe's direction and its meaning. */
export interface SteerSource {
  /** A different key means a different direction: results computed with the earlier one are discarded. */
  key: unknown;
  /** The text that the model continues until the user types another. */
  beginning: string;
  /** Layers 0 … L. */
  layers: number;
  /** The layer at which the probe reads best. */
  best: number;
  /** [D] direction at a layer. */
  direction(layer: number): Promise<number[]>;
  /** The meanings of values below and above 0. */
  toward: readonly [below: string, above: string];
}

export interface SteerSection {
  element: HTMLElement;
  /** Null hides the section. */
  show(source: SteerSource | null): void;
  table(): TableTwin[];
  destroy(): void;
}

/** How many of the likeliest next tokens are named. */
const NAMED = 4;
/** Largest strength in lengths of the state; beyond it, nothing is left of the text. */
const STRONGEST = 1;
/** Pause after which a moving slider sends one request. */
const PAUSE_MS = 200;

interface Continued {
  text: string;
  alone: GenerateResult;
  steered: GenerateResult;
  /** Pushed equally far along a meaningless direction; null if nothing was pushed. */
  control: GenerateResult | null;
  layer: number;
  strength: number;
}

export function steerSection(context: ViewContext): SteerSection {
  let source: SteerSource | null = null;
  let typed = '';
  let result: Continued | null = null;
  let abort: AbortController | null = null;
  let wait: ReturnType<typeof setTimeout> | null = null;
  const intent = () => context.state().intent.lie.steer;
  const text = () => typed || source?.beginning || '';
  const layer = () => Math.min(intent().layer ?? source?.best ?? 0, source?.layers ?? 0);
  const intend = (change: Partial<SteerIntent>) => {
    const { lie } = context.state().intent;
    context.setIntent({ lie: { ...lie, steer: { ...lie.steer, ...change } } });
  };
  const field = textField({
    label: t('Text to go on with'),
    onInput: (value) => (typed = value),
    onCommit: () => void run(),
  });
  const strength = slider({
    ...{ label: t('Strength'), min: -STRONGEST, max: STRONGEST, step: 0.05, value: intent().strength },
    format: (value) => strengthWords(value, source?.toward ?? ['', '']),
    onInput: (value) => changed({ strength: value }),
  });
  let depth: ReturnType<typeof slider> | null = null;
  const sliders = el('div', { class: 'steer-sliders no-export' });
  const go = button({ label: t('Continue'), icon: 'play', onClick: () => void run() });
  const small = el('small', {});
  const shown = el('div', { class: 'steer-pair' });
  const problem = el('p', { class: 's error', role: 'alert', hidden: true });
  const element = el(
    'section',
    { class: 'sec steer' },
    el('h2', {}, t('Steer with this direction'), small),
    el('div', { class: 'ctl no-export' }, field.element, go),
    sliders,
    shown,
    problem,
    el(
      'p',
      { class: 's m' },
      t(
        'A direction that goes with the labels need not be the one the model uses: compare with the control, which means nothing. Large strengths break any text.',
      ),
    ),
  );

  /** After the user's first request, the sliders repeat it by themselves. */
  function changed(change: Partial<SteerIntent>): void {
    intend(change);
    if (wait) clearTimeout(wait);
    wait = result || abort ? setTimeout(() => void run(), PAUSE_MS) : null;
  }

  async function run(): Promise<void> {
    if (!source) return;
    abort?.abort();
    const own = new AbortController();
    abort = own;
    problem.hidden = true;
    intend({ text: text() });
    const asked = { text: text(), layer: layer(), strength: intent().strength };
    shown.setAttribute('aria-busy', 'true');
    try {
      const known = result?.text === asked.text ? result.alone : null;
      const alone = known ?? (await generated(asked.text, undefined, own.signal));
      const direction = asked.strength === 0 ? null : await source.direction(asked.layer);
      const along = (numbers: number[]) =>
        generated(asked.text, { layer: asked.layer, direction: numbers, strength: asked.strength }, own.signal);
      const steered = direction ? await along(direction) : alone;
      const control = direction ? await along([...direction].reverse()) : null;
      if (abort !== own) return;
      result = { ...asked, alone, steered, control };
      context.announce(t('Steered: {0}', steered.text.trim()));
    } catch (error) {
      if (abort !== own) return;
      const refusal = failure(error);
      if (refusal.problem.code !== 'cancelled') problem.textContent = refusal.message;
      problem.hidden = refusal.problem.code === 'cancelled';
    }
    abort = null;
    draw();
  }

  function generated(from: string, steer: Steering | undefined, signal: AbortSignal): Promise<GenerateResult> {
    const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1, prefix: [] };
    const options: GenerateOptions = { maxTokens: intent().tokens, top: NAMED, ...greedy, ...(steer ? { steer } : {}) };
    return context.channel.request('generate', { options, text: from }, { signal });
  }

  function draw(): void {
    element.hidden = source === null;
    if (!source) return;
    small.textContent = t('added to the state of each new token where layer {0} is read', layer());
    if (depth?.input.max !== String(source.layers)) {
      depth = slider({
        ...{ label: t('Layer'), min: 0, max: source.layers, step: 1, value: layer() },
        format: String,
        onInput: (value) => changed({ layer: value }),
      });
      fill(sliders, strength.element, depth.element);
    }
    depth.set(layer());
    strength.set(intent().strength);
    shown.removeAttribute('aria-busy');
    shown.hidden = result === null;
    if (!result) return;
    const { alone, steered, control, text: from } = result;
    const how = strengthWords(result.strength, source.toward);
    fill(
      shown,
      side(t('Left alone'), from, alone),
      side(result.strength === 0 ? t('Not steered: the strength is 0') : t('Steered: {0}', how), from, steered),
      control && side(t('Control: as far, its numbers in reverse order'), from, control),
    );
  }

  return {
    element,
    show(next) {
      if (next?.key !== source?.key) {
        abort?.abort();
        abort = null;
        result = null;
        typed = intent().text || next?.beginning || '';
        field.set(typed);
      }
      source = next;
      draw();
    },
    table: () => (result && source ? [steerTable(result, source.toward)] : []),
    destroy() {
      abort?.abort();
      if (wait) clearTimeout(wait);
    },
  };
}

function side(title: string, from: string, { text, tokens }: GenerateResult): HTMLElement {
  return el(
    'div',
    {},
    el('h3', { class: 's' }, title),
    el('p', { class: 'lie-said' }, el('span', { class: 'm' }, from), text),
    el('p', { class: 's m' }, t('next token:'), ' ', ...(tokens[0]?.top ?? []).slice(0, NAMED).map(named)),
  );
}

function named({ text, logprob }: Candidate): HTMLElement {
  return el(
    'span',
    { class: 'steer-next' },
    el('span', { class: 'mono' }, visible(text)),
    ' ',
    probability(Math.exp(logprob)),
  );
}

/** `−.30 toward plural`; `0` means off. */
export function strengthWords(strength: number, [below, above]: SteerSource['toward']): string {
  if (strength === 0) return t('0, off');
  return t('{0} toward {1}', signed(strength), strength < 0 ? below : above);
}

/** The likeliest next tokens of both continuations, and the texts. */
function steerTable({ alone, steered, control, ...asked }: Continued, toward: SteerSource['toward']): TableTwin {
  const texts = [
    [t('Left alone'), alone] as const,
    [strengthWords(asked.strength, toward), steered] as const,
    ...(control ? [[t('Control: as far, its numbers in reverse order'), control] as const] : []),
  ];
  const rows = texts.map(([name, { text, tokens }]) => [
    name,
    `${asked.text}${text}`,
    ...(tokens[0]?.top ?? []).slice(0, NAMED).flatMap((each) => [visible(each.text), Math.exp(each.logprob)]),
  ]);
  const next = Array.from({ length: NAMED }, (_, k) => [t('next token {0}', k + 1), t('its probability')]).flat();
  return { caption: t('Steered at layer {0}', asked.layer), columns: ['', t('text'), ...next], rows };
}
