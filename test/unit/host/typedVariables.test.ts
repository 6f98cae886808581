import { describe, expect, it, vi } from 'vitest';
import type { Memento } from 'vscode';
import { TypedVariables } from '../../../src/host/typedVariables';

const renames = vi.hoisted(() => [] as ((change: unknown) => void)[]);

vi.mock('vscode', () => ({
  EventEmitter: class {
    private listeners: ((value: unknown) => void)[] = [];
    event = (listener: (value: unknown) => void) => void this.listeners.push(listener);
    fire = (value: unknown) => {
      for (const listener of this.listeners) listener(value);
    };
    dispose() {}
  },
  workspace: {
    onDidRenameFiles: (listener: (change: unknown) => void) => {
      renames.push(listener);
      return { dispose() {} };
    },
  },
}));

/** The workspace's state, which is written as JSON. */
function memento(stored: unknown = undefined) {
  const kept = new Map<string, string>();
  if (stored !== undefined) kept.set('variables.v1', JSON.stringify(stored));
  const state = {
    get: (key: string) => (kept.has(key) ? JSON.parse(kept.get(key) ?? '') : undefined),
    update: async (key: string, value: unknown) => void kept.set(key, JSON.stringify(value)),
  };
  return { state: state as unknown as Memento, stored: () => JSON.parse(kept.get('variables.v1') ?? 'null') };
}

const rename = (from: string, to: string) =>
  renames.at(-1)?.({ files: [{ oldUri: { toString: () => from }, newUri: { toString: () => to } }] });

describe('typed values of variables', () => {
  it('are kept per file over a reload, and taken back one by one', () => {
    const { state } = memento();
    const before = new TypedVariables(state);
    before.set('file:///a.prompty', 'city', 'Oslo');
    before.set('file:///a.prompty', 'list', '');
    before.set('file:///b.prompty', 'city', 'Bergen');
    const after = new TypedVariables(state);
    expect(after.of('file:///a.prompty')).toEqual({ city: 'Oslo', list: '' });
    expect(after.of('file:///b.prompty')).toEqual({ city: 'Bergen' });
    after.set('file:///a.prompty', 'city', null);
    expect(new TypedVariables(state).of('file:///a.prompty')).toEqual({ list: '' });
    expect(after.of('file:///c.prompty')).toEqual({});
  });

  it('say which file has new ones, and nothing where nothing changed', () => {
    const told: unknown[] = [];
    const variables = new TypedVariables(memento().state);
    variables.onDidChange((uri) => told.push(uri));
    variables.set('file:///a.prompty', 'city', 'Oslo');
    variables.set('file:///a.prompty', 'city', 'Oslo');
    variables.set('file:///b.prompty', 'city', null);
    expect(told).toEqual(['file:///a.prompty']);
  });

  it('follow a file, and the files of a folder, that is renamed', () => {
    const { state } = memento();
    const variables = new TypedVariables(state);
    variables.set('file:///old/a.prompty', 'city', 'Oslo');
    variables.set('file:///older/b.prompty', 'city', 'Bergen');
    rename('file:///old', 'file:///new');
    rename('file:///new/a.prompty', 'file:///new/c.prompty');
    const after = new TypedVariables(state);
    expect(after.of('file:///new/c.prompty')).toEqual({ city: 'Oslo' });
    expect(after.of('file:///older/b.prompty')).toEqual({ city: 'Bergen' });
    expect(after.of('file:///old/a.prompty')).toEqual({});
  });

  it('of a text that was never saved last as long as the window', () => {
    const { state } = memento();
    const variables = new TypedVariables(state);
    variables.set('untitled:Untitled-1', 'city', 'Oslo');
    expect(variables.of('untitled:Untitled-1')).toEqual({ city: 'Oslo' });
    expect(new TypedVariables(state).of('untitled:Untitled-1')).toEqual({});
  });

  it('do not grow without end: the files changed last stay', () => {
    const { state, stored } = memento();
    const variables = new TypedVariables(state);
    for (let file = 0; file < 120; file++) variables.set(`file:///${file}.prompty`, 'city', 'Oslo');
    expect(Object.keys(stored())).toHaveLength(100);
    expect(stored()).toHaveProperty('file:///119.prompty');
    expect(stored()).not.toHaveProperty('file:///19.prompty');
    variables.set('file:///long.prompty', 'text', 'x'.repeat(999_990));
    expect(Object.keys(stored())).toEqual(['file:///118.prompty', 'file:///119.prompty', 'file:///long.prompty']);
  });

  it('start afresh where something else was stored', () => {
    expect(new TypedVariables(memento({ 'file:///a': { city: 3 } }).state).of('file:///a')).toEqual({});
    expect(new TypedVariables(memento('nonsense').state).of('file:///a')).toEqual({});
  });
});
