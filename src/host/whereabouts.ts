/**
 * Where the user is while panels are open: each panel shows when its text is not the one being edited, and menus appear where their
 * commands work.
 */
import * as vscode from 'vscode';
import type { PanelState } from '../analysis/panel';
import { formatOf, type PromptKind } from '../document/formats';
import { looksLikePrompt, promptKind } from '../document/promptKind';
import { longestTyped } from '../protocol/textLength';
import { documentName } from './documentName';
import { type Front, inFront, isOpenInTab } from './front';
import { contextKeys } from './ids';
import type { View } from './lens';

/** The format of a file that is offered only where it looks like a prompt, which most of its kind do not; null for any other. */
function lookedAt({ uri, languageId }: vscode.TextDocument): PromptKind | null {
  const kind = promptKind(uri.path, languageId);
  return formatOf(kind).offered === 'content' ? kind : null;
}

/** The search for conversations runs again this long after the last edit of a JSON file. */
const chatsDelayMs = 500;

export class Whereabouts implements vscode.Disposable {
  /** What the user was in before the focus went into a panel. */
  private behind: Exclude<Front, { kind: 'panel' }> = { kind: 'none', name: null };
  private timer: NodeJS.Timeout | null = null;
  private readonly told = new Map<string, string>();
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly views: () => readonly View[],
    private readonly main: () => View,
  ) {
    const moved = () => this.update();
    const written = (document: vscode.TextDocument) => lookedAt(document) !== null && this.lookForChats();
    this.disposables = [
      vscode.window.onDidChangeActiveTextEditor(moved),
      vscode.window.onDidChangeActiveNotebookEditor(moved),
      vscode.window.tabGroups.onDidChangeTabs(moved),
      vscode.window.tabGroups.onDidChangeTabGroups(moved),
      vscode.workspace.onDidOpenTextDocument(written),
      vscode.workspace.onDidCloseTextDocument(written),
      vscode.workspace.onDidChangeTextDocument(({ document }) => written(document)),
    ];
    this.lookForChats();
  }

  /** The text that the user is in, or was in before the focus went into a panel. */
  get text(): vscode.TextDocument | null {
    return this.behind.kind === 'text' ? this.behind.document : null;
  }

  /** Must also be called when a panel takes the focus or shows another text. */
  update(): void {
    const front = inFront(this.views());
    if (front.kind !== 'panel') this.behind = front;
    else if (this.text && !isOpenInTab(this.text)) this.behind = { kind: 'none', name: null };
    for (const view of this.views()) view.session.setElsewhere(this.elsewhere(view));
    this.tell(
      contextKeys.shown,
      this.views().flatMap(({ tracker }) => tracker.shown?.uri ?? []),
    );
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    for (const each of this.disposables) each.dispose();
  }

  private elsewhere({ tracker }: View): PanelState['elsewhere'] {
    const { behind } = this;
    if (!tracker.shown) return null;
    if (behind.kind !== 'text') return behind.name === null ? null : { name: behind.name, showable: false };
    if (behind.document === tracker.shown) return null;
    return { name: documentName(behind.document), showable: tracker === this.main().tracker };
  }

  /** Finds the files that hold messages, as most JSON files do not: the button in the title bar is only for these. */
  private lookForChats(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const chats = vscode.workspace.textDocuments.filter((document) => {
        const kind = lookedAt(document);
        return kind !== null && looksLikePrompt(kind, document.getText().slice(0, longestTyped));
      });
      this.tell(
        contextKeys.chats,
        chats.map(({ uri }) => uri),
      );
    }, chatsDelayMs);
  }

  /**
   * Sets lists for `resourcePath in …` of package.json, with both forms of each path, since remote and local windows on Windows write them
   * differently.
   */
  private tell(key: string, uris: readonly vscode.Uri[]): void {
    const paths = [...new Set(uris.flatMap((uri) => [uri.path, uri.fsPath]))];
    const said = paths.join('\n');
    if (this.told.get(key) === said) return;
    this.told.set(key, said);
    void vscode.commands.executeCommand('setContext', key, paths);
  }
}
