/**
 * A window opens its first files before it knows the editor of saved runs, and then shows them as JSON: those that its address names, those of
 * the last session, a quick double click. They are opened anew as pictures. A run that the user reopened as text stays text.
 */
import * as vscode from 'vscode';
import { savedRunEditor } from '../ids';

/** URIs of the saved runs that the user wants as text. */
const wantedAsText = 'promptLens.runsAsText';

export function openTextsAsRuns(memory: vscode.Memento): vscode.Disposable {
  const asText = () => memory.get<string[]>(wantedAsText, []);
  void reopen(new Set(asText()));
  return vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
    for (const { input } of opened) {
      const isText = input instanceof vscode.TabInputText;
      if (!(isText || input instanceof vscode.TabInputCustom) || !isRun(input.uri)) continue;
      const uri = input.uri.toString();
      const others = asText().filter((each) => each !== uri);
      void memory.update(wantedAsText, isText ? [...others, uri] : others);
    }
  });
}

async function reopen(texts: ReadonlySet<string>): Promise<void> {
  const chosen = vscode.workspace.getConfiguration('workbench').get<Record<string, string>>('editorAssociations', {});
  if (Object.keys(chosen).some((pattern) => pattern.endsWith('.lens.json'))) return;
  for (const { tabs, viewColumn } of vscode.window.tabGroups.all) {
    for (const tab of tabs) {
      if (tab.isDirty || !(tab.input instanceof vscode.TabInputText)) continue;
      const { uri } = tab.input;
      if (!isRun(uri) || texts.has(uri.toString())) continue;
      const how = { viewColumn, preserveFocus: !tab.isActive, preview: tab.isPreview };
      await vscode.commands.executeCommand('vscode.openWith', uri, savedRunEditor, how);
      await vscode.window.tabGroups.close(tab, true);
    }
  }
}

const isRun = (uri: vscode.Uri) => uri.path.endsWith('.lens.json');
