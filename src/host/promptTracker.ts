/**
 * Connects a session to a document: every edit reaches the session, a pinned selection moves along, and a closed or deleted file is
 * reported in one sentence.
 */
import * as vscode from 'vscode';
import type { Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { BesideFiles } from './besideFiles';
import { documentName } from './documentName';
import { isOpenInTab, tabUris } from './front';
import { isByLine, mayHoldSeveral, promptSource, readingOf, type WholeReading } from './promptDocuments';
import type { LensSession } from './session/lensSession';
import type { PromptSource } from './session/promptSource';
import { textChange } from './session/textChange';
import type { TypedVariables } from './typedVariables';

export class PromptTracker implements vscode.Disposable {
  private document: vscode.TextDocument | null = null;
  private range: Range | null = null;
  private reading: WholeReading = 'text';
  /** The user wants the document as plain text, whatever its format. */
  private plain = false;
  private text = '';
  /** The cursor's offset when the text was last passed on: it says which of several prompts in the file is meant. */
  private at = 0;
  /** Of several prompts in the file, the one that the cursor moved to; '' before it moved. */
  private which = '';
  private moves = 0;
  private watcher: vscode.Disposable | null = null;
  private readonly beside = new BesideFiles(() => {
    if (this.document) this.pass(this.document);
  });
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly session: LensSession,
    private readonly variables: TypedVariables,
    private readonly onDeleted: (uri: string) => void = () => {},
  ) {
    this.listeners = [
      variables.onDidChange((uri) => {
        if (this.document && uri === this.uri) this.pass(this.document);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor.document === this.document) this.moved(textEditor);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => document === this.document && this.edited(document)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        if (files.some(({ oldUri }) => oldUri.toString() === this.uri)) this.lost();
      }),
      // Another language mode closes a document for a moment and opens it again.
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (document === this.document) this.show(document, this.range);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.document) setTimeout(() => this.checkClosed(document), 0);
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        const { document } = this;
        const gone = closed.some((tab) => tabUris(tab).some((uri) => uri.toString() === this.uri));
        if (document && gone && !isOpenInTab(document)) this.lost();
      }),
    ];
  }

  get uri(): string | null {
    return this.document?.uri.toString() ?? null;
  }

  get asItStands(): boolean {
    return this.plain;
  }

  get pinnedRange(): Range | null {
    return this.range;
  }

  get shown(): vscode.TextDocument | null {
    return this.document;
  }

  show(document: vscode.TextDocument, range: Range | null, asItStands = false): void {
    if (document !== this.document) {
      this.watch(document.uri);
      this.beside.clear();
      this.which = '';
    }
    this.moves++;
    this.document = document;
    this.range = range;
    this.plain = asItStands;
    this.reading = asItStands ? 'plain' : readingOf(document);
    this.text = document.getText();
    this.at = cursorIn(document) ?? 0;
    this.pass(document);
  }

  dispose(): void {
    this.watcher?.dispose();
    this.beside.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private edited(document: vscode.TextDocument): void {
    const text = document.getText();
    const change = textChange(this.text, text);
    if (!change) return;
    this.moves++;
    if (this.range) this.range = carried(this.range, change);
    this.at = isByLine(this.reading) ? (cursorIn(document) ?? this.at) : carried([this.at, this.at], change)[0];
    this.text = text;
    if (!this.plain) this.reading = readingOf(document, this.reading);
    this.pass(document);
  }

  private pass(document: vscode.TextDocument): void {
    this.session.setSource(this.sourceAt(document, this.at));
  }

  private sourceAt(document: vscode.TextDocument, at: number) {
    const values = this.variables.of(document.uri.toString());
    return promptSource(document, this.range, this.reading, values, at, this.which, this.beside);
  }

  /** Shows the prompt at the cursor, where the file holds several; a cursor that stays in its prompt changes nothing. */
  private moved({ document, selection }: vscode.TextEditor): void {
    if (this.range) return;
    const at = document.offsetAt(selection.active);
    if (mayHoldSeveral(this.reading)) void this.movedWithin(document, at);
    if (!isByLine(this.reading) || document.positionAt(this.at).line === selection.active.line) return;
    this.at = at;
    this.pass(document);
  }

  /** Only reading the file tells where its prompts begin. */
  private async movedWithin(document: vscode.TextDocument, at: number): Promise<void> {
    const move = ++this.moves;
    const [before, after] = await Promise.all([this.at, at].map((each) => whichOf(this.sourceAt(document, each))));
    if (move !== this.moves || after === null || before === after) return;
    this.at = at;
    this.which = after;
    this.pass(document);
  }

  private checkClosed(document: vscode.TextDocument): void {
    if (document === this.document && document.isClosed && !isOpenInTab(document)) this.lost();
  }

  private lost(): void {
    const name = this.document ? documentName(this.document) : '';
    this.document = null;
    this.range = null;
    this.moves++;
    this.watcher?.dispose();
    this.watcher = null;
    this.beside.clear();
    this.session.lose(new ProblemError('promptClosed', [name]));
  }

  /** A deleted file often stays open in its tab: the text is still there, but it cannot be run from disk again. */
  private watch(uri: vscode.Uri): void {
    this.watcher?.dispose();
    this.watcher = null;
    if (uri.scheme !== 'file' && uri.scheme !== 'vscode-remote') return;
    const name = (uri.path.split('/').at(-1) ?? '').replace(/[[\]{}*?]/g, '?');
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name);
    const watcher = vscode.workspace.createFileSystemWatcher(pattern, true, true, false);
    watcher.onDidDelete((gone) => {
      if (gone.toString() === this.uri && !this.document?.isDirty) void this.checkDeleted(gone);
    });
    this.watcher = watcher;
  }

  /** Waits before the check, since editors that save by replacing the file delete it for a moment. */
  private async checkDeleted(uri: vscode.Uri): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (this.uri !== uri.toString()) return;
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (exists || this.uri !== uri.toString()) return;
    this.lost();
    this.onDeleted(uri.toString());
  }
}

/** Which of several prompts a source is; '' where there is only one, null where it cannot be read. */
function whichOf(source: PromptSource): Promise<string | null> {
  return source.read().then(
    ({ chosen = [] }) => chosen.join('.'),
    () => null,
  );
}

/** The offset of the cursor in the document's editor; null where no editor shows it. */
function cursorIn(document: vscode.TextDocument): number | null {
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  return editor ? document.offsetAt(editor.selection.active) : null;
}

/** Text typed inside or at the end of the selection belongs to the selection. */
function carried([start, end]: Range, change: { start: number; oldEnd: number; newEnd: number }): Range {
  const shift = change.newEnd - change.oldEnd;
  const from = change.oldEnd <= start && change.start < start ? start + shift : Math.min(start, change.newEnd);
  const to = change.start <= end ? Math.max(from, end + shift) : end;
  return [from, to];
}
