/**
 * Keeps the panel that follows and the text beside each other: a panel that was opened where there was no other editor would be covered by
 * the first text to open.
 */
import * as vscode from 'vscode';

export class Room {
  private alone = false;

  /** Called just before the panel opens, and when it is back after a reload. `tabs`: how many tabs may be there with it. */
  opening(tabs: 0 | 1): void {
    this.alone = vscode.window.tabGroups.all.reduce((sum, group) => sum + group.tabs.length, 0) <= tabs;
  }

  /** Moves the panel once; later moves are the user's. VS Code locks the group that the panel then has to itself. */
  make(panel: vscode.WebviewPanel | undefined, editor: vscode.TextEditor | undefined): void {
    if (!this.alone || !panel || !editor) return;
    this.alone = false;
    if ((panel.viewColumn ?? editor.viewColumn) === editor.viewColumn) panel.reveal(vscode.ViewColumn.Beside, true);
  }
}
