/** What comes under the lens of a document: the prompt at the cursor, and no file that is not text. */
import { beforeEach, describe, expect, it, vi } from 'vitest';

const vscode = vi.hoisted(() => {
  const parsed = (path: string) => ({ scheme: 'file', path, fsPath: path, toString: () => `file://${path}` });
  const listeners = { selection: [] as ((event: object) => void)[], edit: [] as ((event: object) => void)[] };
  const listening = (to: ((event: object) => void)[]) => (listener: (event: object) => void) => {
    to.push(listener);
    return { dispose: () => {} };
  };
  const watcher = { onDidDelete: () => {}, dispose: () => {} };
  return {
    listeners,
    bytes: new Uint8Array(),
    Uri: { joinPath: ({ path }: { path: string }) => parsed(path.replace(/\/[^/]*$/, '')) },
    RelativePattern: class {},
    window: {
      visibleTextEditors: [] as unknown[],
      onDidChangeTextEditorSelection: listening(listeners.selection),
      tabGroups: { all: [], onDidChangeTabs: listening([]) },
    },
    workspace: {
      textDocuments: [] as unknown[],
      notebookDocuments: [] as unknown[],
      onDidChangeTextDocument: listening(listeners.edit),
      onDidRenameFiles: listening([]),
      onDidOpenTextDocument: listening([]),
      onDidCloseTextDocument: listening([]),
      createFileSystemWatcher: () => watcher,
      asRelativePath: ({ path }: { path: string }) => path.replace(/^\/folder\//, ''),
      getWorkspaceFolder: () => ({}),
      fs: { readFile: async () => vscode.bytes },
    },
    l10n: { t: (text: string) => text },
    parsed,
  };
});
vi.mock('vscode', () => vscode);

// Loaded with the first prompt otherwise, for which `move` does not wait.
import '../../../src/document/parsePrompt';
import { promptSource } from '../../../src/host/promptDocuments';
import { PromptTracker } from '../../../src/host/promptTracker';
import type { LensSession } from '../../../src/host/session/lensSession';
import type { PromptSource } from '../../../src/host/session/promptSource';
import type { TypedVariables } from '../../../src/host/typedVariables';

interface Made {
  text: string;
  isDirty: boolean;
}

function documentOf(name: string, text: string, language = 'plaintext') {
  const positionAt = (at: number) => {
    const lines = made.text.slice(0, at).split('\n');
    return { line: lines.length - 1, character: lines[lines.length - 1].length };
  };
  const made = {
    ...{ text, uri: vscode.parsed(`/folder/${name}`), languageId: language, isUntitled: false, isDirty: false },
    ...{ getText: () => made.text, positionAt, offsetAt: ({ at }: { at: number }) => at },
  };
  return made as never as Made & import('vscode').TextDocument;
}

/** A tracker with the sources that it passed on; `move` puts the cursor at the first place of a word. */
function tracked(name: string, text: string, language?: string) {
  const document = documentOf(name, text, language);
  const passed: PromptSource[] = [];
  const session = { setSource: (source: PromptSource) => passed.push(source) };
  const variables = { onDidChange: () => ({ dispose: () => {} }), of: () => ({}) };
  const tracker = new PromptTracker(session as never as LensSession, variables as never as TypedVariables);
  const cursor = (at: number) => ({ at, ...document.positionAt(at) });
  const editor = { document, selection: { active: cursor(0) } };
  vscode.window.visibleTextEditors = [editor];
  const move = async (word: string) => {
    editor.selection = { active: cursor(document.text.indexOf(word)) };
    for (const listener of vscode.listeners.selection) listener({ textEditor: editor });
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const edit = (changed: string) => {
    document.text = changed;
    for (const listener of vscode.listeners.edit) listener({ document });
  };
  const shown = async () => {
    const input = await passed[passed.length - 1].read();
    return input.kind === 'raw' ? input.text : input.messages.map(({ content }) => content).join('|');
  };
  tracker.show(document, null);
  return { tracker, document, passed, move, edit, shown };
}

beforeEach(() => {
  vscode.listeners.selection.length = 0;
  vscode.listeners.edit.length = 0;
});

const row = (word: string) => JSON.stringify({ messages: [{ role: 'user', content: word }] });

describe('JSON Lines', () => {
  const text = `${row('One')}\n${row('Two')}\n${row('Three')}\n`;

  it('show the cursor’s line, once for each line', async () => {
    const { passed, move, shown } = tracked('a.jsonl', text);
    expect(await shown()).toBe('One');
    expect(passed[0].line).toBe(1);
    await move('Two');
    expect(await shown()).toBe('Two');
    expect(passed).toHaveLength(2);
    expect(passed[1]).toMatchObject({ line: 2, id: expect.stringContaining('a.jsonl#jsonLines2') });
    await move(row('Two'));
    expect(passed).toHaveLength(2);
    await move('One');
    expect(await shown()).toBe('One');
    expect(passed[2].id).toBe(passed[0].id);
  });

  it('show a pinned part, whatever line the cursor is on', async () => {
    const { tracker, document, passed, move, shown } = tracked('a.jsonl', text);
    tracker.show(document, [2, 10]);
    await move('Three');
    expect(passed).toHaveLength(2);
    expect(await shown()).toBe('messages');
  });
});

describe('a list of conversations', () => {
  const text = `[\n${row('One')},\n${row('Two')}, ${row('Three')}]`;

  it('shows the one at the cursor, and changes nothing while the cursor stays in it', async () => {
    const { passed, move, shown } = tracked('a.json', text, 'json');
    expect(await shown()).toBe('One');
    await move('One');
    expect(passed).toHaveLength(1);
    await move('Three');
    expect(await shown()).toBe('Three');
    await move(row('Three'));
    expect(passed).toHaveLength(2);
    await move('Two');
    expect(await shown()).toBe('Two');
    expect(new Set(passed.map(({ id }) => id)).size).toBe(3);
    expect(await passed[2].read()).toMatchObject({ chosen: [2] });
  });

  it('goes on showing it over an edit, and the last one that could be read over a broken one', async () => {
    const { passed, move, edit, shown } = tracked('a.json', text, 'json');
    await move('Two');
    edit(text.replace('Two', 'Twelve'));
    expect(await shown()).toBe('Twelve');
    expect(passed[2].id).toBe(passed[1].id);
    edit(text.replace('Two"', 'Two'));
    await move('Three');
    expect(passed).toHaveLength(4);
  });

  it('is the last of quick moves', async () => {
    const { passed, move, shown } = tracked('a.json', text, 'json');
    await Promise.all([move('Two'), move('Three')]);
    expect(passed).toHaveLength(2);
    expect(await shown()).toBe('Three');
  });

  it('is told from a list of messages, in which the cursor chooses nothing', async () => {
    const { passed, move } = tracked(
      'b.json',
      '[{"role": "user", "content": "One"}, {"role": "assistant", "content": "Two"}]',
      'json',
    );
    await move('Two');
    expect(passed).toHaveLength(1);
  });

  it('may be prompts of promptfoo', async () => {
    const { move, shown } = tracked('promptfooconfig.yaml', 'prompts:\n  - One\n  - Two\nproviders: [x]\n', 'yaml');
    expect(await shown()).toBe('One');
    await move('Two');
    expect(await shown()).toBe('Two');
  });
});

describe('a file that is not text', () => {
  const read = (name: string, text: string) => promptSource(documentOf(name, text), null).read();
  const refusal = (name: string, text: string) =>
    read(name, text).then(
      () => null,
      ({ problem }) => [problem.code, problem.args[0]],
    );

  it.each(['a.txt', 'a.prompty', 'a.json'])('%s: NUL is refused', async (name) => {
    expect(await refusal(name, 'Caf\0 au lait')).toEqual(['fileNotText', name]);
  });

  it('a file decoded wrongly is refused: its bytes are no UTF-8', async () => {
    vscode.bytes = Uint8Array.from([0x43, 0x61, 0x66, 0xe9]);
    expect(await refusal('latin.txt', 'Caf\ufffd')).toEqual(['fileNotText', 'latin.txt']);
  });

  it('a replacement character that the file itself has is read', async () => {
    vscode.bytes = new TextEncoder().encode('Caf\ufffd');
    expect(await read('a.txt', 'Caf\ufffd')).toMatchObject({ text: 'Caf\ufffd' });
  });

  it('a text that differs from its file is judged by itself', async () => {
    vscode.bytes = Uint8Array.from([0x43, 0x61, 0x66, 0xe9]);
    const document = documentOf('a.txt', 'Caf\ufffd');
    document.isDirty = true;
    expect(await promptSource(document, null).read()).toMatchObject({ text: 'Caf\ufffd' });
  });
});
