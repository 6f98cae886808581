/**
 * What a command acts on: what the user is in, and never another file's view without a word. `asker` is what the command was run
 * with (see front.ts). Used by commands.
 */
import * as vscode from 'vscode';
import { ProblemError } from '../protocol/problem';
import { inFront } from './front';
import type { Lens, View } from './lens';

/**
 * The view of a panel that has the focus, else of the active text, which comes under the lens if it is not there yet. Without either
 * the panel that the user worked with last, which names what it shows.
 * @throws ProblemError `notText`
 */
export function addressed(lens: Lens, asker?: unknown): View {
  const front = inFront(lens.views(), asker);
  switch (front.kind) {
    case 'panel':
      return front.view;
    case 'file':
      throw new ProblemError('notText', [front.name]);
    case 'none':
      return lens.current;
    case 'text':
      return lens.viewShowing(front.document) ?? lens.bring(front.document);
  }
}

/** The same, for what only makes sense on a text that is under the lens already. @throws ProblemError `notText`, `noResult` */
export function addressedAndShown(lens: Lens, asker?: unknown): View {
  const document = textInFront(lens, asker);
  const view = document ? lens.viewShowing(document) : addressed(lens, asker);
  if (!view) throw new ProblemError('noResult');
  return view;
}

/** The text that the user is in, or that the panel shows that has the focus. */
export function textInFront(lens: Lens, asker?: unknown): vscode.TextDocument | null {
  const front = inFront(lens.views(), asker);
  if (front.kind === 'panel') return front.view.tracker.shown;
  return front.kind === 'text' ? front.document : null;
}

/** The editor that a selection is meant in: the user's, or the one they left for a panel. @throws ProblemError `notText`, `noPrompt` */
export function editorInFront(lens: Lens, asker?: unknown): vscode.TextEditor {
  const front = inFront(lens.views(), asker);
  if (front.kind === 'file') throw new ProblemError('notText', [front.name]);
  const left = front.kind === 'panel' ? lens.whereabouts.text : null;
  const wanted = [textInFront(lens, asker), left].filter((document) => document !== null);
  const all = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].filter(
    (each) => each !== undefined,
  );
  const found = wanted.flatMap((document) => all.filter((each) => each.document === document));
  const editor = found.find(({ selection }) => !selection.isEmpty) ?? found.at(-1);
  if (!editor) throw new ProblemError('noPrompt');
  return editor;
}
