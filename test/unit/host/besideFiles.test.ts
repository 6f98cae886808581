/** Files that a prompt names are watched, in editors and on the disk. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const vscode = vi.hoisted(() => {
  const event = () => {
    const listeners = new Set<(event: never) => void>();
    const on = (listener: (event: never) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    };
    const fire = (of: unknown) => {
      for (const listener of listeners) listener(of as never);
    };
    return { listeners, on, fire };
  };
  const edited = event();
  const closed = event();
  const watchers: { base: string; pattern: string; disposed: boolean; changed: ReturnType<typeof event> }[] = [];
  return {
    ...{ edited, closed, watchers },
    Uri: { file: (path: string) => ({ scheme: 'file', fsPath: path }) },
    RelativePattern: class {
      constructor(
        readonly base: { fsPath: string },
        readonly pattern: string,
      ) {}
    },
    workspace: {
      onDidChangeTextDocument: edited.on,
      onDidCloseTextDocument: closed.on,
      createFileSystemWatcher: ({ base, pattern }: { base: { fsPath: string }; pattern: string }) => {
        const watcher = { base: base.fsPath, pattern, disposed: false, changed: event() };
        watchers.push(watcher);
        const { on } = watcher.changed;
        const dispose = () => {
          watcher.disposed = true;
        };
        return { onDidChange: on, onDidCreate: on, onDidDelete: on, dispose };
      },
    },
  };
});
vi.mock('vscode', () => vscode);

import { BesideFiles } from '../../../src/host/besideFiles';

const file = (path: string) => ({ scheme: 'file', fsPath: path });
let changes = 0;
let files: BesideFiles;

beforeEach(() => {
  vi.useFakeTimers();
  vscode.watchers.length = 0;
  changes = 0;
  files = new BesideFiles(() => changes++);
});
afterEach(() => {
  files.dispose();
  vi.useRealTimers();
});

/** Changes of the prompt that come of it. */
function counted(act: () => void): number {
  const before = changes;
  act();
  vi.advanceTimersByTime(1000);
  return changes - before;
}

it('a change of a file that was asked for is one change of the prompt, however often it is touched', () => {
  files.add(['/p/_a.prompt', '/p/parts/b.json', '/p/_a.prompt']);
  expect(vscode.watchers.map(({ base, pattern }) => [base, pattern])).toEqual([
    ['/p/', '*'],
    ['/p/parts/', '*'],
  ]);
  const [folder] = vscode.watchers;
  const touch = () => folder.changed.fire(file('/p/_a.prompt'));
  expect(counted(touch)).toBe(1);
  expect(counted(() => [touch(), touch(), vscode.edited.fire({ document: { uri: file('/p/_a.prompt') } })])).toBe(1);
  expect(counted(() => vscode.closed.fire({ uri: file('/p/parts/b.json') }))).toBe(1);
  expect(files.version).toBe(3);
});

it('other files change nothing', () => {
  files.add(['/p/_a.prompt']);
  expect(counted(() => vscode.watchers[0].changed.fire(file('/p/other.prompt')))).toBe(0);
  expect(counted(() => vscode.edited.fire({ document: { uri: { scheme: 'git', fsPath: '/p/_a.prompt' } } }))).toBe(0);
});

it('every file of a folder that was listed counts', () => {
  files.add(['/p/tests/']);
  expect(vscode.watchers[0]).toMatchObject({ base: '/p/tests/', pattern: '**' });
  expect(counted(() => vscode.watchers[0].changed.fire(file('/p/tests/deep/new.yaml')))).toBe(1);
});

it('another prompt watches nothing of the one before', () => {
  files.add(['/p/_a.prompt']);
  vscode.edited.fire({ document: { uri: file('/p/_a.prompt') } });
  expect(counted(() => files.clear())).toBe(0);
  expect(vscode.watchers[0].disposed).toBe(true);
  expect(counted(() => vscode.edited.fire({ document: { uri: file('/p/_a.prompt') } }))).toBe(0);
});
