/**
 * The values that the user gave the variables of prompt files, kept per file in the workspace's state: over a change of files, hidden panels
 * and reloads. They follow a file, or its folder, that is renamed. Values of a text that was never saved last as long as the window.
 */
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { GivenValues } from './session/givenValues';

/** Values by the file's URI, the file changed last at the end; another version or program may have stored anything. */
const storedSchema = v.fallback(v.record(v.string(), v.fallback(v.record(v.string(), v.string()), {})), {});

const storageKey = 'variables.v1';
const mostFiles = 100;
/** In UTF-16 units of all values together: the state is written as a whole. */
const mostText = 1_000_000;

const none: GivenValues = {};

export class TypedVariables implements vscode.Disposable {
  private readonly files: Map<string, GivenValues>;
  private readonly changed = new vscode.EventEmitter<string>();
  /** Fires with the URI of a file whose values changed. */
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[] = [
    this.changed,
    vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) this.renamed(oldUri.toString(), newUri.toString());
    }),
  ];

  constructor(private readonly state: vscode.Memento) {
    this.files = new Map(Object.entries(v.parse(storedSchema, state.get(storageKey))));
  }

  of(uri: string): GivenValues {
    return this.files.get(uri) ?? none;
  }

  /** A null value takes back what was given. */
  set(uri: string, name: string, value: string | null): void {
    const values = new Map(Object.entries(this.of(uri)));
    if ((values.get(name) ?? null) === value) return;
    if (value === null) values.delete(name);
    else values.set(name, value);
    this.files.delete(uri);
    if (values.size > 0) this.files.set(uri, Object.fromEntries(values));
    this.store();
    this.changed.fire(uri);
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** The file itself, or those in a renamed folder. */
  private renamed(before: string, after: string): void {
    const moved = [...this.files].filter(([uri]) => uri === before || uri.startsWith(`${before}/`));
    for (const [uri, values] of moved) {
      this.files.delete(uri);
      this.files.set(after + uri.slice(before.length), values);
    }
    if (moved.length > 0) this.store();
  }

  private store(): void {
    let room = mostText;
    const kept = [...this.files]
      .filter(([uri]) => !uri.startsWith('untitled:'))
      .reverse()
      .slice(0, mostFiles)
      .filter(([, values]) => {
        room -= Object.values(values).reduce((sum, value) => sum + value.length, 0);
        return room >= 0;
      });
    void this.state.update(storageKey, Object.fromEntries(kept.reverse()));
  }
}
