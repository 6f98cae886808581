/** Options that name the target of an explanation, and the line that shows a report's target to people. */
import type { Given } from '../analysis/options';
import type { Boundary, TargetResult, TargetSequence, TargetSpec, targetFlags } from '../analysis/shared/contract';
import { readable } from '../protocol/pieces';
import { type Paint, probabilityText, visible } from './terminalText';
import { likelyText } from './unitText';

export type TargetOptions = Given<ReturnType<typeof targetFlags>>;

export function targetSpec({ target, at, contrast }: TargetOptions): TargetSpec {
  return {
    ...(target === undefined ? {} : { text: target }),
    ...(at === undefined ? {} : { span: at }),
    ...(contrast === undefined ? {} : { contrast }),
  };
}

/**
 * The target with its probability. If it begins inside the prompt, a second line says so; where parts of the prompt are scored, that line
 * adds that the characters inside the prompt score 0.
 */
export function targetLine(target: TargetResult, paint: Paint, partsScored = false): string {
  const { contrast, boundary } = target;
  const named = (sequence: TargetSequence) =>
    `${paint('bold', visible(readable(sequence)))} ${probabilityText(Math.exp(sequence.logprob), paint)}${likelyText(sequence, paint)}`;
  const against = contrast ? `  rather than ${named(contrast)}` : '';
  const behind = partsScored ? paint('yellow', ' The part that stands there scores 0.') : '';
  const scored = boundary ? `${boundaryNote(boundary, 'the target', paint)}${behind}\n` : '';
  return `Why ${named(target)}${against}\n${scored}`;
}

/** A note that the end of the prompt is part of what is scored. */
export function boundaryNote(
  { text }: Boundary,
  what: 'the target' | 'the answers' | 'the text',
  paint: Paint,
): string {
  const shown = text.split(' ').map(visible).join(' ');
  return paint('yellow', `  The prompt's last characters “${shown}” were scored with ${what}.`);
}
