/** Gives a variable of the prompt file a value, as the panel's fields do, or takes it back. */
import * as vscode from 'vscode';
import type { PromptVariable } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import type { PromptSource } from '../session/promptSource';
import type { Command } from './command';

interface VariableItem extends vscode.QuickPickItem {
  variable: PromptVariable;
  /** The file's own value is wanted again. */
  back: boolean;
}

export const setVariable: Command = {
  id: commandIds.setVariable,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const { source } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    lens.uncover(view);
    const chosen = await chooseVariable(source);
    if (!chosen) return;
    const value = chosen.back ? null : await askValue(chosen.variable);
    if (value !== undefined) lens.variables.set(source.uri, chosen.variable.name, value);
  },
};

/** Undefined when the user cancelled. @throws ProblemError `nothingToFill` and what reading the text throws */
async function chooseVariable(source: PromptSource): Promise<VariableItem | undefined> {
  const { variables = [] } = await source.read();
  if (variables.length === 0) throw new ProblemError('nothingToFill', [source.title]);
  const given = variables.filter(({ from }) => from === 'given');
  const items = [...variables.map(valueItem), ...given.map(backItem)];
  return vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Set a Variable'),
    matchOnDescription: true,
  });
}

function valueItem(variable: PromptVariable): VariableItem {
  const { name, value, from } = variable;
  const origins = {
    file: vscode.l10n.t('in the file'),
    beside: vscode.l10n.t('in a file beside it'),
    given: vscode.l10n.t('typed here'),
  };
  return {
    ...{ variable, back: false, label: name },
    description: value === null ? `$(warning) ${vscode.l10n.t('no value')}` : value || vscode.l10n.t('empty'),
    detail: from === null ? undefined : origins[from],
  };
}

function backItem(variable: PromptVariable): VariableItem {
  const label = `$(discard) ${vscode.l10n.t('Back to the file’s own value of {0}', variable.name)}`;
  return { variable, back: true, label };
}

function askValue({ name, value }: PromptVariable): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Value of {0}', name),
    prompt: vscode.l10n.t('It is kept for this file. Texts of several lines can be typed in the panel.'),
    // The box would make one line of several.
    value: value === null || /[\r\n]/.test(value) ? '' : value,
  });
}
