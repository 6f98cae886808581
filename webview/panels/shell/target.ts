/**
 * What is explained, in words: the target the user chose, with the numbers of the result at hand where they belong to it. Pure.
 * For the target chip and the tabs.
 */

import type { PanelState } from '../../../src/analysis/panel';
import type { Candidate, TargetResult, TargetSpec } from '../../../src/analysis/shared/contract';
import type { Prompt } from '../../../src/protocol/model';
import type { ViewState } from '../../../src/protocol/view';
import { t } from '../../base/strings';
import { type ViewData, viewData } from '../../base/view';

export interface TargetText {
  text: string;
  /** Natural; null while it is not known. */
  logprob: number | null;
}

export interface TargetShown extends TargetText {
  /** Where it comes from. */
  origin: string;
  contrast: TargetText | null;
  /** The end of the prompt that is scored with it; null without one. */
  boundary: string | null;
  /** The likeliest next token, without a contrast: nothing to take back. */
  plain: boolean;
}

/** The target as it stands in a tab's data; null for tabs that have none. */
export function targetResult(data: ViewData | null): TargetResult | null {
  if (!data) return null;
  if ('target' in data) return data.target;
  if (!('result' in data)) return null;
  const { result } = data;
  if ('target' in result) return result.target;
  return 'map' in result ? (result.map?.target ?? null) : null;
}

/** Null while not even the text is known: no result yet and nothing chosen. */
export function shownTarget(
  { intent, probabilities }: Pick<PanelState, 'intent' | 'probabilities'>,
  now: ViewState<ViewData> | null,
): TargetShown | null {
  const data = now && viewData(now);
  const scores = viewData(probabilities);
  const spec = intent.target;
  const prompt = data?.prompt ?? scores?.prompt ?? null;
  const result = targetResult(data);
  const fits = result && prompt && belongs(result, spec, prompt) ? result : null;
  const next = scores?.result.next ?? [];
  const target = fits ?? specText(spec, next, prompt);
  if (!target) return null;
  const contrast = spec.contrast === undefined ? null : (fits?.contrast ?? typed(spec.contrast, next));
  return {
    text: target.text,
    logprob: target.logprob,
    origin: originWords(spec),
    contrast: contrast && { text: contrast.text, logprob: contrast.logprob },
    boundary: fits?.boundary?.text ?? null,
    plain: isPlain(spec),
  };
}

/** The end of the prompt that is scored with the target of a tab; null where nothing is. */
export function takenByTarget(
  state: Pick<PanelState, 'intent' | 'probabilities'>,
  now: ViewState<ViewData> | null,
): string | null {
  return shownTarget(state, now)?.boundary ?? null;
}

export function isPlain(spec: TargetSpec): boolean {
  return spec.text === undefined && spec.span === undefined && spec.contrast === undefined;
}

/** A result of the run before may still explain another target. */
function belongs(result: TargetResult, spec: TargetSpec, prompt: Prompt): boolean {
  // A text that takes the end of what stands before with it begins there.
  const begun = (text: string | undefined) =>
    text === undefined ? undefined : `${result.boundary?.text ?? ''}${text}`;
  if (result.contrast?.text !== begun(spec.contrast)) return false;
  const end = spec.span?.[0] ?? prompt.tokens.length;
  if (result.position !== (result.boundary?.kept ?? end)) return false;
  if (spec.span) return result.position + result.ids.length === spec.span[1];
  return spec.text === undefined || result.text === begun(spec.text);
}

function specText(spec: TargetSpec, next: readonly Candidate[], prompt: Prompt | null): TargetText | null {
  if (spec.text !== undefined) return typed(spec.text, next);
  if (!spec.span) return next[0] ?? null;
  const from = prompt?.tokens[spec.span[0]];
  const last = prompt?.tokens[spec.span[1] - 1];
  return prompt && from && last ? { text: prompt.rendered.slice(from.start, last.end), logprob: null } : null;
}

function typed(text: string, next: readonly Candidate[]): TargetText {
  return { text, logprob: next.find((candidate) => candidate.text === text)?.logprob ?? null };
}

function originWords({ text, span }: TargetSpec): string {
  if (text !== undefined) return t('typed');
  if (!span) return t('likeliest next');
  const [start, end] = span;
  return end - start === 1 ? t('token {0} of the prompt', end) : t('tokens {0}–{1} of the prompt', start + 1, end);
}

/** A choice among the likely next tokens, in place of what was explained; `null` is the likeliest, whatever it is. */
export function explained(spec: TargetSpec, text: string | null): TargetSpec {
  const { contrast } = spec;
  // A target against itself explains nothing.
  const kept = contrast === undefined || contrast === text ? {} : { contrast };
  return text === null ? kept : { ...kept, text };
}

export function against(spec: TargetSpec, contrast: string | null): TargetSpec {
  const { contrast: _, ...rest } = spec;
  return contrast === null ? rest : { ...rest, contrast };
}
