/**
 * The document or view that a command acts on: the one that the user is in, and never silently another file's view. `asker` is the argument
 * that the command was run with (see front.ts).
 */
import * as vscode from 'vscode';
import { ProblemError } from '../protocol/problem';
import { inFront } from './front';
import type { Lens, View } from './lens';

/**
 * The view of the panel that has the focus; otherwise that of the active text, which comes under the lens if it is not there yet. Without
 * either, it is the view of the panel that the user last worked with, which names the text that it shows.
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

/** Like `addressed`, for commands that need a text already under the lens. @throws ProblemError `notText`, `noResult` */
export function addressedAndShown(lens: Lens, asker?: unknown): View {
  const document = textInFront(lens, asker);
  const view = document ? lens.viewShowing(document) : addressed(lens, asker);
  if (!view) throw new ProblemError('noResult');
  return view;
}

/** The text that the user is in, or the text shown by the panel that has the focus. */
export function textInFront(lens: Lens, asker?: unknown): vscode.TextDocument | null {
  const front = inFront(lens.views(), asker);
  if (front.kind === 'panel') return front.view.tracker.shown;
  return front.kind === 'text' ? front.document : null;
}

/**
 * The editor whose selection is meant: the user's current one, or the one they left for a panel. @throws ProblemError `notText`, `noPrompt`
 */
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
