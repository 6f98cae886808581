/** Makes the Embeddings tab plot the word that is selected in the prompt (or under the cursor), at all its places. */

import type * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { editorInFront } from '../addressed';
import { commandIds } from '../ids';
import type { Command } from './command';

const longestWord = 200;

export const showWhereWordLies: Command = {
  id: commandIds.showWhereWordLies,
  run: (lens, asker) => {
    const editor = editorInFront(lens, asker);
    const word = selectedWord(editor);
    if (!word) throw new ProblemError('nothingSelected');
    const view = lens.openPanel('embeddings', editor.document.uri);
    const { embeddings } = view.session.state.intent;
    lens.change(view, { embeddings: { ...embeddings, at: 'pattern', pattern: expressionOf(word) } });
  },
};

function selectedWord({ document, selection }: vscode.TextEditor): string | null {
  const range = selection.isEmpty ? document.getWordRangeAtPosition(selection.active) : selection;
  const word = range ? document.getText(range).trim() : '';
  return word === '' || word.length > longestWord ? null : word;
}

/** Letters and digits are matched as a word; any other text is matched literally. */
function expressionOf(word: string): string {
  return /^[\p{L}\p{M}\p{N}'’]+$/u.test(word) ? word : word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
