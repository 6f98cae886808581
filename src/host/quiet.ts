/**
 * When the editor may be drawn in: at once, but while keys arrive in a text under the lens only after a pause, and then once for all changes
 * until then.
 */
import * as vscode from 'vscode';
import { systemClock } from './engine/clock';
import { Typing } from './session/typing';

export class Quiet implements vscode.Disposable {
  private readonly typing = new Typing(systemClock);
  private readonly emitter = new vscode.EventEmitter<void>();
  /** Follows the changes that are told to `changed`. */
  readonly onDidSettle = this.emitter.event;
  private wait: (() => void) | null = null;
  private readonly listener: vscode.Disposable;

  /** Must be made before whatever reacts to an edit, so that the typing is noted first. */
  constructor(isUnderLens: (document: vscode.TextDocument) => boolean) {
    this.listener = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && isUnderLens(document)) this.typing.edited();
    });
  }

  /** Milliseconds until typing has paused; 0 or less when nobody types. */
  readonly left = (): number => this.typing.left();

  readonly changed = (): void => {
    if (this.wait) return;
    const left = this.left();
    if (left <= 0) {
      this.emitter.fire();
      return;
    }
    this.wait = systemClock.after(left, () => {
      this.wait = null;
      this.changed();
    });
  };

  dispose(): void {
    this.wait?.();
    this.listener.dispose();
    this.emitter.dispose();
  }
}
