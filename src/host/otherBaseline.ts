/** Makes another text the baseline of the shown prompt, read like it. */
import * as vscode from 'vscode';
import { ProblemError } from '../protocol/problem';
import type { Lens, View } from './lens';
import type { OtherText } from './otherTexts';
import { askProbabilities } from './session/analyses';
import { baselineOf } from './session/baselineOf';
import type { PromptSource } from './session/promptSource';

/** `source`: the view's prompt when the text was chosen. @throws ProblemError `cancelled` where another prompt has come since */
export async function compareWith(lens: Lens, view: View, source: PromptSource, { text, name }: OtherText) {
  const prompt = await source.readText(text, name);
  const title = vscode.l10n.t('Prompt Lens: reading {0}', name);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () => {
    const { model } = await lens.engine.load();
    const data = await askProbabilities(lens.engine, prompt);
    if (view.session.source?.id !== source.id) throw new ProblemError('cancelled');
    view.session.setBaseline(baselineOf(name, model.sha256, data));
  });
  view.panel?.showTab('probabilities');
}
