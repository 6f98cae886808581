/**
 * The saliency tab's choices for a state: which methods in which order, at which scale, which unit is locked. Pure decisions,
 * without elements.
 */

import type { PanelState } from '../../../src/analysis/panel';
import {
  longPrompt,
  type MethodScores,
  type SaliencyData,
  type SaliencyIntent,
  type SaliencyMethod,
  type SaliencyResult,
  signedMethods,
} from '../../../src/analysis/saliency/contract';
import type { Theme } from '../../base/theme';
import { viewData } from '../../base/view';
import { type Lane, pending, shownTop, unitAt } from '../../charts/saliency/scores';
import type { StavesData } from '../../charts/saliency/staves';
import { methodShort } from './words';

export interface SaliencyShown extends StavesData {
  result: SaliencyResult;
  theme: Theme;
  intent: SaliencyIntent;
  /** The methods drawn; the first one leads. */
  methods: readonly MethodScores[];
  /** Those of `methods` that may be ranked, compared and judged. */
  readable: readonly MethodScores[];
  /** Rank correlations of `readable`. */
  agreement: (number | null)[][];
  refused: readonly MethodScores[];
  /** The prompt is shown as a ranking of its units. */
  long: boolean;
  locked: number | null;
  hover: number | null;
  /** The unit of the locked token. */
  lockedUnit: number | null;
  running: boolean;
}

/** The wanted methods that the result has, in that order; all of the result's if it has none of them. */
export function drawnMethods(result: SaliencyResult, wanted: readonly SaliencyMethod[]): MethodScores[] {
  const able = result.methods.filter(({ refused }) => refused === null);
  const chosen = wanted.flatMap((method) => able.filter((scores) => scores.method === method));
  return chosen.length > 0 ? chosen : able;
}

const none: ReadonlySet<number> = new Set();

/** Units that a method cannot score: for occlusion, those that the operator cannot take away; none for the others. */
export function unscoredBy(method: SaliencyMethod, { unscored }: SaliencyResult): ReadonlySet<number> {
  return method === 'occlusion' ? new Set(unscored) : none;
}

/** The number of units in an order: those that the operator can take away, where occlusion is drawn or judged. */
export function orderedUnits({ units, unscored }: SaliencyResult): number {
  return units.length - unscored.length;
}

/** The text of a long prompt, with its scores under every line, would fill many screens. */
export function isLong({ prompt }: SaliencyData): boolean {
  return prompt.tokens.length > longPrompt;
}

/** The values that every drawing needs, or null without data. Kept while state and theme stay: see `remembered`. */
export function shownFacts(data: SaliencyData, intent: SaliencyIntent, theme: Theme) {
  const { prompt, result } = data;
  const methods = drawnMethods(result, intent.methods);
  const occlusion = methods.find(({ method }) => method === 'occlusion');
  const waits = occlusion && pending({ scores: occlusion.scores, unscored: unscoredBy('occlusion', result) }) > 0;
  const standIns = waits ? result.coarse : null;
  const coarse = standIns?.units.map(({ score }) => score) ?? [];
  const lanes = methods.map(({ method, scores, completeness }): Lane => {
    const top = shownTop(scores, method === 'occlusion' ? coarse : []);
    return {
      method,
      label: methodShort(method, result.operator),
      signed: signedMethods[method],
      scores,
      unscored: unscoredBy(method, result),
      unreliable: completeness?.reliable === false,
      full: top * intent.range,
    };
  });
  const readable = methods.filter(({ completeness }) => completeness?.reliable !== false);
  const places = readable.map((scores) => result.methods.indexOf(scores));
  const agreement = places.map((row) => places.map((column) => result.agreement[row]?.[column] ?? null));
  const refused = result.methods.filter((scores) => scores.refused !== null);
  return { prompt, result, theme, intent, methods, lanes, readable, agreement, standIns, refused, long: isLong(data) };
}

export function shownState(
  state: PanelState,
  theme: Theme,
  facts: (data: SaliencyData, intent: SaliencyIntent, theme: Theme) => ReturnType<typeof shownFacts>,
): SaliencyShown | null {
  const { saliency, selection } = state;
  const data = viewData(saliency);
  if (!data) return null;
  const within = (token: number | null) => (token !== null && token < data.prompt.tokens.length ? token : null);
  const locked = within(selection.locked);
  return {
    ...facts(data, state.intent.saliency, theme),
    locked,
    hover: within(selection.hover),
    lockedUnit: locked === null ? null : unitAt(data.result.units, locked),
    running: saliency.kind === 'running',
    stale: saliency.kind === 'stale',
  };
}

/** The methods after one was switched on or off: the first stays first, the others follow `order`; the last one cannot be removed. */
export function toggled(
  methods: readonly SaliencyMethod[],
  method: SaliencyMethod,
  order: readonly SaliencyMethod[],
): SaliencyMethod[] {
  const off = methods.includes(method);
  if (off && methods.length === 1) return [...methods];
  const chosen = off ? methods.filter((other) => other !== method) : [...methods, method];
  const [first] = chosen;
  return [first, ...order.filter((other) => other !== first && chosen.includes(other))];
}

/** The methods with the given one moved to the front. */
export function withFirst(
  methods: readonly SaliencyMethod[],
  first: SaliencyMethod,
  order: readonly SaliencyMethod[],
): SaliencyMethod[] {
  return [first, ...order.filter((other) => other !== first && methods.includes(other))];
}
