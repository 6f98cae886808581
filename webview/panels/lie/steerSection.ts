/**
 * A text continued twice, once unchanged and once pushed along the direction of the probe shown: does the model use what can be
 * read in its states?
 */

import type { GenerateOptions, GenerateResult, Steering } from '../../../src/analysis/generate/contract';
import type { Candidate } from '../../../src/analysis/shared/contract';
import type { SteerIntent } from '../../../src/analysis/truth/contract';
import { readable } from '../../../src/protocol/pieces';
import type { TableTwin } from '../../base/a11y';
import { button, slider, textField } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { failure } from '../../base/failure';
import { probability, signed, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import type { Section } from '../section';

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

/** Null hides the section. */
export class SteerSection implements Section<SteerSource | null> {
  readonly element: HTMLElement;
  private source: SteerSource | null = null;
  private typed = '';
  private result: Continued | null = null;
  private abort: AbortController | null = null;
  private wait: ReturnType<typeof setTimeout> | null = null;
  private readonly field = textField({
    label: t('Text to continue'),
    onInput: (value) => (this.typed = value),
    onCommit: () => void this.run(),
  });
  private readonly strength;
  private depth: ReturnType<typeof slider> | null = null;
  private readonly sliders = el('div', { class: 'steer-sliders no-export' });
  private readonly small = el('small', {});
  private readonly shown = el('div', { class: 'steer-pair' });
  private readonly problem = el('p', { class: 's error', role: 'alert', hidden: true });

  constructor(private readonly context: ViewContext) {
    this.strength = slider({
      ...{ label: t('Strength'), min: -STRONGEST, max: STRONGEST, step: 0.05, value: this.intent().strength },
      format: (value) => strengthWords(value, this.source?.toward ?? ['', '']),
      onInput: (value) => this.changed({ strength: value }),
    });
    const go = button({ label: t('Continue'), icon: 'play', onClick: () => void this.run() });
    const advice = t(
      'A direction that goes with the labels need not be the one that the model uses: compare it with the control, which means nothing. Large strengths break any text.',
    );
    this.element = el(
      'section',
      { class: 'sec steer' },
      el('h2', {}, t('Steer with this direction'), this.small),
      el('div', { class: 'ctl no-export' }, this.field.element, go),
      this.sliders,
      this.shown,
      this.problem,
      el('p', { class: 's m' }, advice),
    );
  }

  update(next: SteerSource | null): void {
    if (next?.key !== this.source?.key) {
      this.abort?.abort();
      this.abort = null;
      this.result = null;
      this.typed = this.intent().text || next?.beginning || '';
      this.field.set(this.typed);
    }
    this.source = next;
    this.draw();
  }

  tables(): TableTwin[] {
    return this.result && this.source ? [steerTable(this.result, this.source.toward)] : [];
  }

  destroy(): void {
    this.abort?.abort();
    if (this.wait) clearTimeout(this.wait);
  }

  private intent(): SteerIntent {
    return this.context.state().intent.lie.steer;
  }

  private intend(change: Partial<SteerIntent>): void {
    const { lie } = this.context.state().intent;
    this.context.setIntent({ lie: { ...lie, steer: { ...lie.steer, ...change } } });
  }

  private layer(): number {
    return Math.min(this.intent().layer ?? this.source?.best ?? 0, this.source?.layers ?? 0);
  }

  /** After the user's first request, the sliders repeat it by themselves. */
  private changed(change: Partial<SteerIntent>): void {
    this.intend(change);
    if (this.wait) clearTimeout(this.wait);
    this.wait = this.result || this.abort ? setTimeout(() => void this.run(), PAUSE_MS) : null;
  }

  private async run(): Promise<void> {
    const { source, context, problem } = this;
    if (!source) return;
    this.abort?.abort();
    const own = new AbortController();
    this.abort = own;
    problem.hidden = true;
    const text = this.typed || source.beginning;
    this.intend({ text });
    const asked = { text, layer: this.layer(), strength: this.intent().strength };
    this.shown.setAttribute('aria-busy', 'true');
    try {
      const result = await this.continued(source, asked, own.signal);
      if (this.abort !== own) return;
      this.result = result;
      context.announce(t('Steered: {0}', result.steered.text.trim()));
    } catch (error) {
      if (this.abort !== own) return;
      const refusal = failure(error);
      if (refusal.problem.code !== 'cancelled') problem.textContent = refusal.message;
      problem.hidden = refusal.problem.code === 'cancelled';
    }
    this.abort = null;
    this.draw();
  }

  private async continued(
    source: SteerSource,
    asked: Pick<Continued, 'text' | 'layer' | 'strength'>,
    signal: AbortSignal,
  ): Promise<Continued> {
    const { text, layer, strength } = asked;
    const known = this.result?.text === text ? this.result.alone : null;
    const alone = known ?? (await this.generated(text, undefined, signal));
    const direction = strength === 0 ? null : await source.direction(layer);
    if (!direction) return { ...asked, alone, steered: alone, control: null };
    const steered = await this.generated(text, { layer, direction, strength }, signal);
    const control = await this.generated(text, { layer, direction: [...direction].reverse(), strength }, signal);
    return { ...asked, alone, steered, control };
  }

  private generated(text: string, steer: Steering | undefined, signal: AbortSignal): Promise<GenerateResult> {
    const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1, prefix: [] };
    const maxTokens = this.intent().tokens;
    const options: GenerateOptions = { maxTokens, top: NAMED, ...greedy, ...(steer ? { steer } : {}) };
    return this.context.channel.request('generate', { options, text }, { signal });
  }

  private draw(): void {
    const { source, result, shown } = this;
    this.element.hidden = source === null;
    if (!source) return;
    this.small.textContent = t('added to the state of each new token at layer {0}', this.layer());
    this.drawSliders(source);
    shown.removeAttribute('aria-busy');
    shown.hidden = result === null;
    if (!result) return;
    const { alone, steered, control, text, strength } = result;
    const how = strengthWords(strength, source.toward);
    const pushed = strength === 0 ? t('Not steered: the strength is 0') : t('Steered: {0}', how);
    fill(
      shown,
      side(t('Not steered'), text, alone),
      side(pushed, text, steered),
      control && side(t('Control: equally far, with the numbers in reverse order'), text, control),
    );
  }

  private drawSliders(source: SteerSource): void {
    if (this.depth?.input.max !== String(source.layers)) {
      this.depth = slider({
        ...{ label: t('Layer'), min: 0, max: source.layers, step: 1, value: this.layer() },
        format: String,
        onInput: (value) => this.changed({ layer: value }),
      });
      fill(this.sliders, this.strength.element, this.depth.element);
    }
    this.depth.set(this.layer());
    this.strength.set(this.intent().strength);
  }
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
    [t('Not steered'), alone] as const,
    [strengthWords(asked.strength, toward), steered] as const,
    ...(control ? [[t('Control: equally far, with the numbers in reverse order'), control] as const] : []),
  ];
  const rows = texts.map(([name, { text, tokens }]) => [
    name,
    `${asked.text}${text}`,
    ...(tokens[0]?.top ?? []).slice(0, NAMED).flatMap((each) => [visible(readable(each)), Math.exp(each.logprob)]),
  ]);
  const next = Array.from({ length: NAMED }, (_, k) => [t('next token {0}', k + 1), t('its probability')]).flat();
  return { caption: t('Steered at layer {0}', asked.layer), columns: ['', t('text'), ...next], rows };
}
