/** Options that say what is explained, and how a report's target is shown to people. */
import type { Given } from '../analysis/options';
import type { Boundary, TargetResult, TargetSpec, targetFlags } from '../analysis/shared/contract';
import { type Paint, probabilityText, visible } from './terminalText';

export type TargetOptions = Given<ReturnType<typeof targetFlags>>;

export function targetSpec({ target, at, contrast }: TargetOptions): TargetSpec {
  return {
    ...(target === undefined ? {} : { text: target }),
    ...(at === undefined ? {} : { span: at }),
    ...(contrast === undefined ? {} : { contrast }),
  };
}

/**
 * What is explained, with its probability; where it begins inside the prompt, a second line says so, and that what stands there
 * scores 0, where parts of the prompt are scored.
 */
export function targetLine(
  { text, logprob, contrast, boundary }: TargetResult,
  paint: Paint,
  partsScored = false,
): string {
  const named = (sequence: { text: string; logprob: number }) =>
    `${paint('bold', visible(sequence.text))} ${probabilityText(Math.exp(sequence.logprob), paint)}`;
  const against = contrast ? `  and not ${named(contrast)}` : '';
  const behind = partsScored ? paint('yellow', ' What stands there scores 0.') : '';
  const scored = boundary ? `${boundaryNote(boundary, 'the target', paint)}${behind}\n` : '';
  return `Why ${named({ text, logprob })}${against}\n${scored}`;
}

/** That the end of the prompt is part of what is scored. */
export function boundaryNote(
  { text }: Boundary,
  what: 'the target' | 'the answers' | 'the text',
  paint: Paint,
): string {
  const shown = text.split(' ').map(visible).join(' ');
  return paint('yellow', `  The prompt's last characters “${shown}” were scored with ${what}.`);
}
