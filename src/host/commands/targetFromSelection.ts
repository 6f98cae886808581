/** Makes the words selected in the prompt the target: why does the model expect them there? */

import type { Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { selectedRanges } from '../editor/selectedRanges';
import { tokensIn } from '../editor/tokenMap';
import { commandIds } from '../ids';
import { explains } from '../session/wanted';
import type { Command } from './command';

export const targetFromSelection: Command = {
  id: commandIds.targetFromSelection,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    lens.uncover(view);
    const { session } = view;
    const { source } = session;
    if (!source) throw new ProblemError('noPrompt');
    const [range] = selectedRanges(session);
    const words = range && wordsOf(source.text, range);
    if (!words) throw new ProblemError('nothingSelected');
    // A busy engine answers late, while the result on screen is already there.
    const shown = session.originOf('probabilities')?.text === source.text ? session.promptOf('probabilities') : null;
    const prompt = shown ?? (await lens.engine.request('tokenize', { prompt: await source.read() }));
    const span = tokensIn(prompt, words);
    if (!span) throw new ProblemError('nothingSelected');
    if (span[0] === 0) throw new ProblemError('nothingBefore');
    // The text was edited meanwhile, so the positions belong to an outdated version.
    if (session.source !== source) return;
    if (!explains(session.state.intent.tab)) view.panel?.showTab('saliency');
    session.setTarget({ span }, prompt);
  },
};

/** The selection without white space at its ends, which is accidental; null when there is nothing else. */
function wordsOf(text: string, [start, end]: Range): Range | null {
  const selected = text.slice(start, end);
  const from = start + selected.length - selected.trimStart().length;
  const words = selected.trim();
  return words === '' ? null : [from, from + words.length];
}
