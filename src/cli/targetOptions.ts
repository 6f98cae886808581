/** Options that say what is explained, and how a report's target is shown to people. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Boundary, TargetResult, TargetSpec } from '../analysis/shared/contract';
import type { Range } from '../protocol/model';
import { probability } from '../protocol/numberText';
import { type Paint, visible } from './terminalText';

export interface TargetOptions {
  target?: string;
  /** Positions [start, end), from 0. */
  at?: Range;
  contrast?: string;
}

export function addTargetOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--target <text>', 'explain this text after the prompt (default: the likeliest next token)').conflicts(
        'at',
      ),
    )
    .addOption(
      atOption(
        "explain the prompt's own token at this position, or its tokens from one to another (4-6), from 1; the first has nothing before it",
      ),
    )
    .option('--contrast <text>', 'explain why the target and not this text');
}

export const atOption = (help: string): Option => new Option('--at <position>', help).argParser(spanNamed);

export function targetSpec({ target, at, contrast }: TargetOptions): TargetSpec {
  return {
    ...(target === undefined ? {} : { text: target }),
    ...(at === undefined ? {} : { span: at }),
    ...(contrast === undefined ? {} : { contrast }),
  };
}

/** The first token has no probability. */
const leastPosition = 2;
const mostPosition = 10_000_000;

/** `4` or `4-6` → the tokens at these positions. */
function spanNamed(text: string): Range {
  const [first, last] = /^\d+(?:-\d+)?$/.test(text) ? [text.split('-')[0], text.split('-').at(-1)].map(Number) : [0, 0];
  if (first < leastPosition || last < first || last > mostPosition)
    throw new InvalidArgumentError(
      `It must be a whole number from ${leastPosition} to ${mostPosition}, or two with a dash between them, the smaller first.`,
    );
  return [first - 1, last];
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
    `${paint('bold', visible(sequence.text))} ${probability(Math.exp(sequence.logprob))}`;
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
