/** Options that say what is explained, and how a report's target is shown to people. */
import { type Command, Option } from 'commander';
import type { TargetResult, TargetSpec } from '../protocol/results';
import { integer } from './options';
import { type Paint, percent, visible } from './terminalText';

export interface TargetOptions {
  target?: string;
  at?: number;
  contrast?: string;
}

export function addTargetOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--target <text>', 'explain this text after the prompt (default: the likeliest next token)').conflicts(
        'at',
      ),
    )
    .option('--at <position>', "explain the prompt's own token at this position, from 1", integer(1, 10_000_000))
    .option('--contrast <text>', 'explain why the target and not this text');
}

export function targetSpec({ target, at, contrast }: TargetOptions): TargetSpec {
  return {
    ...(target === undefined ? {} : { text: target }),
    ...(at === undefined ? {} : { span: [at, at + 1] as [number, number] }),
    ...(contrast === undefined ? {} : { contrast }),
  };
}

/** One line: what is explained, with its probability. */
export function targetLine({ text, logprob, contrast }: TargetResult, paint: Paint): string {
  const named = (sequence: { text: string; logprob: number }) =>
    `${paint('bold', visible(sequence.text))} ${percent(Math.exp(sequence.logprob))}`;
  const against = contrast ? `  and not ${named(contrast)}` : '';
  return `Why ${named({ text, logprob })}${against}\n`;
}
