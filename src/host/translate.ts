/**
 * The user's language: problems from the catalogue and the page's strings. Everything else calls `vscode.l10n.t` where it stands.
 * Imported by the host only.
 */
import * as vscode from 'vscode';
import { fill, type Problem, ProblemError, problemCatalogue, promptReasons } from '../protocol/problem';
import { sayClauses } from '../protocol/problemClauses';
import { remedyHere } from './remedyHere';

/** The same problem in the user's language; its code and arguments stay. */
export function translateProblem(problem: Problem): Problem {
  const [message, remedy] = problemCatalogue[problem.code];
  const args = translatedArguments(problem);
  const here = remedyHere(problem.code) ?? vscode.l10n.t(remedy);
  return { ...problem, message: fill(vscode.l10n.t(message), args), remedy: fill(here, args) };
}

/** Clauses among the arguments; the one in `promptMalformed` has a key and arguments of its own. */
function translatedArguments({ code, args }: Problem): string[] {
  const clause = promptReasons[args[2] as keyof typeof promptReasons];
  if (code !== 'promptMalformed' || clause === undefined) return args.map(translateReason);
  return [args[0], fill(vscode.l10n.t(clause), args.slice(3)), ...args.slice(2)];
}

/** Why something stopped or was not used, as the engine says it in English. */
export function translateReason(reason: string): string {
  return sayClauses(reason, (english) => vscode.l10n.t(english));
}

/** One sentence with the cause and one with the remedy. */
export function sayProblem(error: unknown): string {
  const { message, remedy } = translateProblem(ProblemError.wrap(error).problem);
  return `${message} ${remedy}`;
}

/** English → the user's language, for the page; empty in English, where every string is its own translation. */
export function pageStrings(): Record<string, string> {
  return { ...vscode.l10n.bundle };
}
