/** What helps in the editor where the command line, which the catalogue of problems speaks to as well, would say an option. */
import * as vscode from 'vscode';
import type { ProblemCode } from '../protocol/problem';

/** In the user's language; null where the catalogue's own remedy exists in the editor too. */
export function remedyHere(code: ProblemCode): string | null {
  return code === 'promptMalformed' ? vscode.l10n.t('Correct it, or look at it as plain text.') : null;
}
