/**
 * The files that a prompt names: partials, values, tests. A change of one, in an editor or on the disk, is a change of the prompt. A file that
 * is not there is watched too, as it may appear.
 */
import { dirname, sep } from 'node:path';
import * as vscode from 'vscode';

/** The most folders that are watched; a prompt names files in one or two. */
const mostFolders = 20;
/** A file is written in several steps, and typed in more. */
const pauseMs = 300;

export class BesideFiles implements vscode.Disposable {
  /** How often a file has changed. */
  version = 0;
  /** Paths; those of folders, all of whose files count, end with a separator. */
  private readonly asked = new Set<string>();
  private readonly watchers = new Map<string, vscode.Disposable>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = [
    vscode.workspace.onDidChangeTextDocument(({ document }) => this.touched(document.uri)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.touched(uri)),
  ];

  constructor(private readonly changed: () => void) {}

  /** Another prompt is on show. */
  clear(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.dispose();
    this.watchers.clear();
    this.asked.clear();
  }

  /** The prompt asked for these. */
  add(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.asked.has(path)) continue;
      this.asked.add(path);
      this.watch(path.endsWith(sep) ? path : dirname(path) + sep, path.endsWith(sep) ? '**' : '*');
    }
  }

  dispose(): void {
    this.clear();
    for (const listener of this.listeners) listener.dispose();
  }

  private watch(folder: string, pattern: string): void {
    const key = folder + pattern;
    if (this.watchers.has(key) || this.watchers.size >= mostFolders) return;
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.file(folder), pattern),
    );
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
      event((uri) => this.touched(uri));
    this.watchers.set(key, watcher);
  }

  private touched({ scheme, fsPath }: vscode.Uri): void {
    if (scheme !== 'file' || this.asked.size === 0) return;
    const counts = [...this.asked].some((path) => (path.endsWith(sep) ? fsPath.startsWith(path) : path === fsPath));
    if (!counts) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.version++;
      this.changed();
    }, pauseMs);
  }
}
