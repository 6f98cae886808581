/** The user's language: problems from the catalogue and the page's strings. All other code calls `vscode.l10n.t` directly. */
import * as vscode from 'vscode';
import { type Argument, fill, wordsOf } from '../protocol/clauses';
import { type Problem, ProblemError } from '../protocol/problem';
import { isKnown, panelFacts, problemCatalogue } from '../protocol/problemCatalogue';

/** The same problem in the user's language, with the remedy in the editor and the panel's facts about it; code and arguments stay. */
export function translateProblem(problem: Problem): Problem {
  if (!isKnown(problem.code)) return problem;
  const { message, remedy, remedyInEditor = remedy } = problemCatalogue[problem.code];
  const args = problem.args.map(say);
  return {
    ...problem,
    message: fill(vscode.l10n.t(message), args),
    remedy: fill(vscode.l10n.t(remedyInEditor), args),
    panel: panelFacts(problem.code),
  };
}

/** Translates an argument of a problem, or the reason why something stopped or was not used. */
export function say(said: Argument): string {
  return wordsOf(said, (english) => vscode.l10n.t(english));
}

/** One sentence with the cause and one with the remedy. */
export function sayProblem(error: unknown): string {
  const { message, remedy } = translateProblem(ProblemError.wrap(error).problem);
  return /[。！？）]$/.test(message) ? message + remedy : `${message} ${remedy}`;
}

/** English → the user's language, for the page; empty in English, where every string is its own translation. */
export function pageStrings(): Record<string, string> {
  return { ...vscode.l10n.bundle };
}
