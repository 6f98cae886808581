/** Shows a problem that has a place in a prompt's file where it is: in the text, in the overview ruler, and in the list of problems. */
import * as vscode from 'vscode';
import { analysisNames } from '../../analysis/contracts';
import type { Problem } from '../../protocol/problem';
import type { Lens, View } from '../lens';
import { translateProblem } from '../translate';

export class PromptProblems implements vscode.Disposable {
  private readonly shown = vscode.languages.createDiagnosticCollection('promptLens');
  private readonly listener: vscode.Disposable;
  private told = '';

  constructor(private readonly lens: Lens) {
    this.listener = lens.onDidSettle(() => this.tell());
  }

  dispose(): void {
    this.listener.dispose();
    this.shown.dispose();
  }

  private tell(): void {
    const found = this.lens.views().flatMap((view) => {
      const problem = placedProblem(view);
      return problem && view.tracker.shown ? [{ document: view.tracker.shown, problem }] : [];
    });
    const told = JSON.stringify(
      found.map(({ document, problem }) => [document.uri.toString(), document.version, problem]),
    );
    if (told === this.told) return;
    this.told = told;
    this.shown.clear();
    for (const { document, problem } of found) this.shown.set(document.uri, [diagnostic(document, problem)]);
  }
}

/** The problem of any tab: they all read the same prompt. */
function placedProblem({ session }: View): Problem | null {
  for (const name of analysisNames) {
    const state = session.state[name];
    if (state.kind === 'failed' && state.problem.place) return state.problem;
  }
  return null;
}

function diagnostic(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
  const { message, remedy, place } = translateProblem(problem);
  const [start, end] = place?.range ?? [0, 0];
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const made = new vscode.Diagnostic(range, `${message} ${remedy}`, vscode.DiagnosticSeverity.Error);
  made.source = 'Prompt Lens';
  made.code = problem.code;
  return made;
}
