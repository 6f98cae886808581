/**
 * The target of the explanation in words: the one that the user chose, with the numbers of the available result if they belong to
 * it. Pure.
 */

import type { PanelState } from '../../../src/analysis/panel';
import type { Candidate, TargetResult, TargetSpec } from '../../../src/analysis/shared/contract';
import type { Prompt } from '../../../src/protocol/model';
import type { Begun } from '../../../src/protocol/pieces';
import type { ViewState } from '../../../src/protocol/view';
import { t } from '../../base/strings';
import { type ViewData, viewData } from '../../base/view';

export interface TargetText extends Begun {
  /** Natural logarithm; null while it is not known. */
  logprob: number | null;
}

export interface TargetShown extends TargetText {
  /** Words for its origin. */
  origin: string;
  contrast: TargetText | null;
  /** The end of the prompt that is scored with it; null if there is none. */
  boundary: string | null;
  /** True for the likeliest next token without a contrast, which cannot be reset further. */
  plain: boolean;
}

/** The target in a tab's data; null for tabs that have none. */
export function targetResult(data: ViewData | null): TargetResult | null {
  if (!data) return null;
  if ('target' in data) return data.target;
  if (!('result' in data)) return null;
  const { result } = data;
  if ('target' in result) return result.target;
  return 'map' in result ? (result.map?.target ?? null) : null;
}

/** The target of the tab in front; null too for tabs whose data explain no next token. */
export function targetInFront(state: PanelState, now: ViewState<ViewData> | null): TargetShown | null {
  const { tab } = state.intent;
  return tab === 'embeddings' || tab === 'lie' ? null : shownTarget(state, now);
}

/** Null while not even the text is known: there is no result yet and nothing was chosen. */
export function shownTarget(
  { intent, probabilities, typed: known }: Pick<PanelState, 'intent' | 'probabilities' | 'typed'>,
  now: ViewState<ViewData> | null,
): TargetShown | null {
  const data = now && viewData(now);
  const scores = viewData(probabilities);
  const spec = intent.target;
  const prompt = data?.prompt ?? scores?.prompt ?? null;
  const result = targetResult(data);
  const fits = result && prompt && belongs(result, spec, prompt) ? result : null;
  const next = scores?.result.next ?? [];
  const target = fits ?? specText(spec, next, prompt, known);
  if (!target) return null;
  const contrast = spec.contrast === undefined ? null : (fits?.contrast ?? typed(spec.contrast, next, known));
  return {
    ...nameOf(target),
    logprob: target.logprob,
    origin: originWords(spec),
    contrast: contrast && { ...nameOf(contrast), logprob: contrast.logprob },
    boundary: fits?.boundary?.text ?? null,
    plain: isPlain(spec),
  };
}

const nameOf = ({ text, bytes, likely }: Begun): Begun => ({
  text,
  ...(bytes && { bytes }),
  ...(likely && { likely }),
});

/** The end of the prompt that is scored with the target of a tab; null if there is none. */
export function takenByTarget(
  state: Pick<PanelState, 'intent' | 'probabilities' | 'typed'>,
  now: ViewState<ViewData> | null,
): string | null {
  return shownTarget(state, now)?.boundary ?? null;
}

export function isPlain(spec: TargetSpec): boolean {
  return spec.text === undefined && spec.span === undefined && spec.contrast === undefined;
}

/** False if the result, from an earlier run, still explains another target. */
function belongs(result: TargetResult, spec: TargetSpec, prompt: Prompt): boolean {
  // If a text is scored together with the end of the prompt, the result's text begins with that end.
  const begun = (text: string | undefined) =>
    text === undefined ? undefined : `${result.boundary?.text ?? ''}${text}`;
  if (result.contrast?.text !== begun(spec.contrast)) return false;
  const end = spec.span?.[0] ?? prompt.tokens.length;
  if (result.position !== (result.boundary?.kept ?? end)) return false;
  if (spec.span) return result.position + result.ids.length === spec.span[1];
  return spec.text === undefined || result.text === begun(spec.text);
}

function specText(
  spec: TargetSpec,
  next: readonly Candidate[],
  prompt: Prompt | null,
  known: PanelState['typed'],
): TargetText | null {
  if (spec.text !== undefined) return typed(spec.text, next, known);
  if (!spec.span) return next[0] ?? null;
  const from = prompt?.tokens[spec.span[0]];
  const last = prompt?.tokens[spec.span[1] - 1];
  return prompt && from && last ? { text: prompt.rendered.slice(from.start, last.end), logprob: null } : null;
}

function typed(text: string, next: readonly Candidate[], known: PanelState['typed']): TargetText {
  return { text, logprob: next.find((candidate) => candidate.text === text)?.logprob ?? known[text] ?? null };
}

function originWords({ text, span }: TargetSpec): string {
  if (text !== undefined) return t('typed');
  if (!span) return t('likeliest next');
  const [start, end] = span;
  return end - start === 1 ? t('token {0} of the prompt', end) : t('tokens {0}–{1} of the prompt', start + 1, end);
}

/** The target after a choice among the likely next tokens; `null` means the likeliest, whichever it is. */
export function explained(spec: TargetSpec, text: string | null): TargetSpec {
  const { contrast } = spec;
  // A target explains nothing against itself.
  const kept = contrast === undefined || contrast === text ? {} : { contrast };
  return text === null ? kept : { ...kept, text };
}

export function against(spec: TargetSpec, contrast: string | null): TargetSpec {
  const { contrast: _, ...rest } = spec;
  return contrast === null ? rest : { ...rest, contrast };
}
