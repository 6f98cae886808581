/**
 * The words for a continuation that was computed in several ways: its steps, the ways and their differences; and the same as
 * rows. Sends no messages.
 */

import { readable } from '../../../src/protocol/pieces';
import type { TableTwin } from '../../base/a11y';
import { visible } from '../../base/format';
import { t } from '../../base/strings';

export interface RepeatStep {
  text: string;
  /** Hex; needed only where `text` is a part of a character. */
  bytes?: string;
  /** Lead over `second`, nats. */
  gap: number;
  second: { text: string };
  /** True if its lead is below the reach of a way. */
  fragile: boolean;
}

export interface RepeatWay {
  name: 'again' | 'withoutCache' | 'afterEdit' | 'batch';
  runs: number;
  /** Largest differences from the first run. */
  logits: number;
  logprob: number;
  /** The step, from 0, at which its text departs from the first run's; null if it never does. */
  firstDifference: number | null;
  /** The tokens of this way from there on. */
  instead: readonly { text: string }[];
  /** Comparison of this way with a repetition of itself. */
  itself: { compared: number; differing: number; logits: number };
}

/** A smaller lead than this may turn over, because each of its two logits moves by the largest difference at most. */
export const reachOf = ({ logits }: Pick<RepeatWay, 'logits'>): number => 2 * logits;

/** Two digits: `.36`, `1.3`, `8.9e−5`. */
export function differenceText(value: number): string {
  if (value === 0) return '0';
  if (value < 0.001) return value.toExponential(1).replace('-', '\u2212');
  return String(Number(value.toPrecision(2))).replace(/^0\./, '.');
}

export function wayName({ name }: Pick<RepeatWay, 'name'>): string {
  if (name === 'again') return t('again');
  if (name === 'withoutCache') return t('without stored values');
  return name === 'afterEdit' ? t('after an edit') : t('beside seven copies');
}

/** `parted`: the text of another way departs from the first run's here. */
export function stepWords({ text, gap, second, fragile }: RepeatStep, step: number, parted = false): string {
  const words = [visible(text), step + 1, visible(readable(second)), differenceText(gap)];
  if (parted) return t('{0}, step {1}: leads {2} by {3}, and one way of computing gives another token', ...words);
  if (fragile) return t('{0}, step {1}: leads {2} by {3}, fragile', ...words);
  return t('{0}, step {1}: leads {2} by {3}', ...words);
}

export function stepsTable(steps: readonly RepeatStep[]): TableTwin {
  return {
    caption: t('The likeliest continuation, step by step'),
    columns: [t('step'), t('token'), t('runner-up'), t('lead, nats'), t('within reach')],
    names: ['stepFrom1', 'token', 'second', 'gap', 'fragile'],
    rows: steps.map(({ text, gap, second, fragile }, step) => [
      step + 1,
      text,
      second.text,
      gap,
      fragile ? t('fragile') : null,
    ]),
  };
}

export function waysTable(ways: readonly RepeatWay[]): TableTwin {
  return {
    caption: t('Ways of computing, each compared with the first run'),
    columns: [
      t('computed'),
      t('runs'),
      t('largest logit difference'),
      t('largest log-probability difference'),
      t('reach'),
      t('differs from step'),
      t('and gives'),
      t('runs that differ from this way’s first run'),
    ],
    names: ['way', 'runs', 'logits', 'logprob', 'reach', 'partsAtStepFrom1', 'instead', 'differing'],
    rows: ways.map((way) => [
      wayName(way),
      way.runs,
      way.logits,
      way.logprob,
      reachOf(way),
      way.firstDifference === null ? null : way.firstDifference + 1,
      way.instead.length === 0 ? null : way.instead.map(({ text }) => text).join(''),
      way.itself.differing,
    ]),
  };
}
