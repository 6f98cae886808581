/** Why a call of a tool is refused, as one sentence for the author of the call: it names the parameter and what is allowed. */
import { CommanderError } from 'commander';
import { asSentence, parameterName } from '../cli/terminalText';
import { ProblemError } from '../protocol/problem';
import { entryOf } from '../protocol/problemCatalogue';

export class Refusal extends Error {}

/** Replaces `--max-tokens` by `maxTokens` wherever a sentence of the command line names a flag. */
export function inParameters(text: string): string {
  return text
    .replace(/,? (?:or )?--(?:json|csv)\b/g, '')
    .replace(/--([a-z][a-z-]*)(?: <[^>]*>)?/g, (_, flag: string) => parameterName(flag));
}

/** The message of a failed command, with parameters in place of flags. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof CommanderError) return ofCommander(error);
  const { problem } = ProblemError.wrap(error);
  const { kind } = entryOf(problem.code);
  // The remedies of these problems are for a person at a keyboard.
  if (problem.code === 'usage') return inParameters(problem.message);
  if (kind === 'engine') return `${problem.message} The next call starts a new engine.`;
  return inParameters(`${problem.message} ${problem.remedy}`).replace(/\s*\n\s*/g, ' ');
}

function ofCommander({ code, message }: CommanderError): string {
  const names = [...message.matchAll(/'--([a-z-]+)[^']*'/g)].map(([, flag]) => `"${parameterName(flag)}"`);
  if (code === 'commander.conflictingOption' && names.length === 2) return `${names.join(' and ')} exclude each other.`;
  return inParameters(asSentence(message.replace(/^error: /, '')));
}
