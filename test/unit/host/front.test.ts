import { beforeEach, describe, expect, it, vi } from 'vitest';

const vscode = vi.hoisted(() => {
  class Uri {
    constructor(
      readonly scheme: string,
      readonly path: string,
    ) {}
    static parse(text: string) {
      const [scheme, path] = text.split('://');
      return new Uri(scheme, path);
    }
    get fsPath() {
      return this.path;
    }
    toString() {
      return `${this.scheme}://${this.path}`;
    }
  }
  class Input {
    constructor(readonly uri: Uri) {}
  }
  class TabInputText extends Input {}
  class TabInputCustom extends Input {}
  class TabInputNotebook extends Input {}
  class TabInputTextDiff {
    constructor(
      readonly original: Uri,
      readonly modified: Uri,
    ) {}
  }
  class TabInputNotebookDiff extends TabInputTextDiff {}
  class TabInputTerminal {}
  const window = {
    activeTextEditor: undefined as unknown,
    activeNotebookEditor: undefined as unknown,
    visibleTextEditors: [] as unknown[],
    tabGroups: { activeTabGroup: { activeTab: undefined as unknown }, all: [] as unknown[] },
  };
  const workspace = {
    textDocuments: [] as unknown[],
    notebookDocuments: [] as unknown[],
    asRelativePath: (uri: Uri) => uri.path.replace(/^\/folder\//, ''),
    getWorkspaceFolder: (uri: Uri) => (uri.path.startsWith('/folder/') ? {} : undefined),
  };
  const l10n = {
    t: (text: string, ...args: unknown[]) => text.replace(/\{(\d)\}/g, (_, i) => String(args[Number(i)])),
  };
  const inputs = { TabInputText, TabInputCustom, TabInputNotebook, TabInputTextDiff, TabInputNotebookDiff };
  return { Uri, ...inputs, TabInputTerminal, window, workspace, l10n };
});
vi.mock('vscode', () => vscode);

import { addressed, addressedAndShown, editorInFront, textInFront } from '../../../src/host/addressed';
import { documentFolder, documentName } from '../../../src/host/documentName';
import { inFront, isOpenInTab } from '../../../src/host/front';
import type { Lens, View } from '../../../src/host/lens';
import { isPromptDocument, promptSource, readingOf } from '../../../src/host/promptDocuments';

interface Made {
  uri: InstanceType<typeof vscode.Uri>;
  text: string;
}

function document(name: string, { text = 'Hello', language = 'plaintext', untitled = false, scheme = 'file' } = {}) {
  const uri = new vscode.Uri(untitled ? 'untitled' : scheme, untitled ? name : `/folder/${name}`);
  const made = { uri, text, languageId: language, isUntitled: untitled, getText: () => made.text };
  vscode.workspace.textDocuments.push(made);
  return made as never as Made & import('vscode').TextDocument;
}

const view = (shown: object | null, active = false) =>
  ({ tracker: { shown }, session: {}, panel: { panel: { active, visible: true } } }) as never as View;

/** A lens whose main view shows `shown`; it records the views that it is asked to bring to the front. */
function lensWith(shown: object | null, { panelActive = false, behind = null as object | null } = {}) {
  const main = view(shown, panelActive);
  const brought: object[] = [];
  const lens = {
    views: () => [main],
    current: main,
    whereabouts: { text: behind },
    viewShowing: (wanted: object) => (main.tracker.shown === wanted ? main : undefined),
    bring: (wanted: object) => {
      brought.push(wanted);
      return main;
    },
  };
  return { lens: lens as never as Lens, main, brought };
}

const open = (tab: object | undefined, editor?: object) => {
  vscode.window.tabGroups.activeTabGroup.activeTab = tab;
  vscode.window.activeTextEditor = editor && { document: editor, selection: { isEmpty: true } };
};

beforeEach(() => {
  vscode.workspace.textDocuments.length = 0;
  vscode.workspace.notebookDocuments.length = 0;
  vscode.window.visibleTextEditors = [];
  vscode.window.activeNotebookEditor = undefined;
  vscode.window.tabGroups.all = [];
  open(undefined);
});

describe('what a command acts on', () => {
  it('is the active text, which comes under the lens when another one is there', () => {
    const good = document('good.txt');
    const story = document('story.yaml', { language: 'yaml' });
    const { lens, main, brought } = lensWith(good);
    open({ label: 'story.yaml', input: new vscode.TabInputText(story.uri) }, story);
    expect(addressed(lens)).toBe(main);
    expect(brought).toEqual([story]);
  });

  it('is the panel that has the focus, whatever editor was active before', () => {
    const good = document('good.txt');
    const { lens, main, brought } = lensWith(good, { panelActive: true });
    expect(addressed(lens)).toBe(main);
    expect(brought).toEqual([]);
    expect(textInFront(lens)).toBe(good);
  });

  it('is the page’s own view, and the text that a menu or a link names', () => {
    const good = document('good.txt');
    const other = document('other.txt');
    const { lens, main, brought } = lensWith(good);
    open({ label: 'other.txt', input: new vscode.TabInputText(other.uri) }, other);
    expect(addressed(lens, main)).toBe(main);
    expect(addressed(lens, good.uri)).toBe(main);
    expect(addressed(lens, String(good.uri))).toBe(main);
    expect(brought).toEqual([]);
    expect(inFront([main], { anything: 1 })).toEqual({ kind: 'text', document: other });
  });

  it('is nothing where a picture or a binary file is in front: one sentence names it', () => {
    const { lens, brought } = lensWith(document('good.txt'));
    const picture = {
      label: 'photo.png',
      input: new vscode.TabInputCustom(new vscode.Uri('file', '/folder/photo.png')),
    };
    open(picture);
    expect(() => addressed(lens)).toThrow(/^photo\.png is not open as text here.*Reopen Editor With…/);
    open({ label: 'huge.txt', input: new vscode.TabInputText(new vscode.Uri('file', '/folder/huge.txt')) });
    expect(() => addressed(lens)).toThrow(/^huge\.txt is not open as text here/);
    expect(() => editorInFront(lens)).toThrow(/^huge\.txt/);
    expect(brought).toEqual([]);
  });

  it('is the text that somebody’s own editor shows', () => {
    const note = document('note.md');
    const { lens, brought } = lensWith(document('good.txt'));
    open({ label: 'note.md', input: new vscode.TabInputCustom(note.uri) });
    addressed(lens);
    expect(brought).toEqual([note]);
  });

  it('is the selected cell of a notebook', () => {
    const cell = document('study.ipynb', { scheme: 'vscode-notebook-cell', language: 'python' });
    const notebook = { uri: new vscode.Uri('file', '/folder/study.ipynb'), cellAt: () => ({ document: cell }) };
    vscode.window.activeNotebookEditor = { notebook, selection: { isEmpty: false, start: 2 } };
    open({ label: 'study.ipynb', input: new vscode.TabInputNotebook(notebook.uri) });
    expect(inFront([])).toEqual({ kind: 'text', document: cell });
  });

  it('is what the panel shows where no file is in front at all', () => {
    const good = document('good.txt');
    const { lens, main, brought } = lensWith(good);
    open({ label: 'Settings', input: undefined });
    expect(inFront(lens.views())).toEqual({ kind: 'none', name: 'Settings' });
    expect(addressed(lens)).toBe(main);
    open({ label: 'bash', input: new vscode.TabInputTerminal() });
    expect(inFront(lens.views())).toEqual({ kind: 'none', name: 'bash' });
    open(undefined);
    expect(inFront(lens.views())).toEqual({ kind: 'none', name: null });
    expect(brought).toEqual([]);
  });

  it('a baseline is pinned of the text in front or not at all', () => {
    const good = document('good.txt');
    const other = document('other.py', { language: 'python' });
    const { lens, main, brought } = lensWith(good);
    open({ label: 'other.py', input: new vscode.TabInputText(other.uri) }, other);
    expect(() => addressedAndShown(lens)).toThrow('There is no result yet.');
    open({ label: 'good.txt', input: new vscode.TabInputText(good.uri) }, good);
    expect(addressedAndShown(lens)).toBe(main);
    expect(brought).toEqual([]);
  });

  it('a selection is that of the panel’s text if there is one, else of the text left for the panel', () => {
    const good = document('good.txt');
    const left = document('left.py', { language: 'python' });
    const editor = (of: object, isEmpty: boolean) => ({ document: of, selection: { isEmpty } });
    const { lens } = lensWith(good, { panelActive: true, behind: left });
    const both = [editor(good, true), editor(left, false)];
    vscode.window.visibleTextEditors = both;
    expect(editorInFront(lens)).toBe(both[1]);
    vscode.window.visibleTextEditors = [editor(good, false), editor(left, false)];
    expect(editorInFront(lens).document).toBe(good);
    vscode.window.visibleTextEditors = [];
    expect(() => editorInFront(lens)).toThrow('No prompt is open.');
  });
});

describe('a document', () => {
  it.each([
    ['story.yaml', 'yaml', 'plain', false],
    ['settings.toml', 'toml', 'plain', false],
    ['rule.mdc', 'plaintext', 'customMd', true],
    ['house.md', 'instructions', 'customMd', true],
    ['deep/commands/tidy.md', 'markdown', 'customMd', true],
    ['chat.jinja2', 'plaintext', 'jinja', true],
    ['a.prompt.yml', 'yaml', 'promptYaml', true],
    ['deep/skprompt.txt', 'plaintext', 'skprompt', true],
    ['Modelfile', 'plaintext', 'modelfile', true],
    ['train.jsonl', 'jsonl', 'plain', false],
    ['agent.py', 'python', 'plain', false],
    ['notes.txt', 'plaintext', 'text', true],
    ['README.md', 'markdown', 'text', true],
    ['a.prompt.md', 'prompt', 'promptMd', true],
    ['a.prompty', 'prompty', 'prompty', true],
    ['a.prompt', 'dotprompt', 'dotprompt', true],
    ['mail.tmpl', 'prompty', 'prompty', true],
    ['mail.tmpl', 'plaintext', 'plain', false],
    ['rows.csv', 'csv', 'table', true],
  ])('%s in language %s is read as %s, followed unasked: %s', (name, language, reading, followed) => {
    const made = document(name, { language });
    expect(readingOf(made)).toBe(reading);
    expect(isPromptDocument(made)).toBe(followed);
    expect(promptSource(made, null)).toMatchObject({ file: { name: documentName(made) }, reading });
  });

  it.each([
    ['plaintext', 'text', true],
    ['prompty', 'prompty', true],
    ['dotprompt', 'dotprompt', true],
    ['python', 'plain', false],
    ['json', 'plain', false],
  ])('that was never saved, in language %s, is read as %s, followed unasked: %s', (language, reading, followed) => {
    const made = document('Untitled-1', { language, untitled: true });
    expect([readingOf(made), isPromptDocument(made)]).toEqual([reading, followed]);
  });

  it('of JSON is a conversation where it means to be one, however far down and however broken', async () => {
    const far = document('far.json', { language: 'json', text: `{"tools": "${'x'.repeat(9000)}", "messages": []}` });
    expect([readingOf(far), isPromptDocument(far)]).toEqual(['chatJson', true]);
    const broken = document('broken.json', { language: 'json', text: '[{"role": "user", "content": "Hi"' });
    expect(readingOf(broken)).toBe('chatJson');
    await expect(promptSource(broken, null).read()).rejects.toThrow(/^broken\.json cannot be read as a prompt: line 1/);
    const settings = document('settings.json', { language: 'json', text: '{"editor.fontSize": 12}' });
    expect([readingOf(settings), isPromptDocument(settings)]).toEqual(['plain', false]);
    expect(await promptSource(settings, null).read()).toMatchObject({ kind: 'raw', text: '{"editor.fontSize": 12}' });
  });

  it('that was a conversation until an edit broke its one key stays one', () => {
    const made = document('chat.json', { language: 'json', text: '{"mesages": []}' });
    expect([readingOf(made), readingOf(made, 'chatJson')]).toEqual(['plain', 'chatJson']);
  });

  it('asked for as plain text is read as it stands', async () => {
    const broken = document('broken.json', { language: 'json', text: '[{"role": "user"' });
    const source = promptSource(broken, null, 'plain');
    expect([source.reading, source.file.reading]).toEqual(['plain', 'as plain text']);
    expect(await source.read()).toMatchObject({ kind: 'raw', text: '[{"role": "user"' });
    expect(source.id).not.toBe(promptSource(broken, null).id);
  });

  it('of another ending in language mode Prompty has the roles of its format', async () => {
    const text = '---\nname: Case\nmodel:\n  api: chat\n---\nsystem:\nBe brief.\n\nuser:\nHello.\n';
    const made = document('mail.tmpl', { language: 'prompty', text });
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello.' },
    ];
    expect(await promptSource(made, null).read()).toMatchObject({ kind: 'chat', messages });
  });

  it('is called by its file’s name, with what tells it from the file', () => {
    expect(documentName(document('deep/in/story.yaml'))).toBe('story.yaml');
    expect(documentFolder(document('deep/in/story.yaml'))).toBe('deep/in');
    expect(documentName(document('story.yaml', { scheme: 'git' }))).toBe('story.yaml (git)');
    const cell = document('study.ipynb', { scheme: 'vscode-notebook-cell' });
    const notebook = { uri: new vscode.Uri('file', '/folder/study.ipynb') };
    vscode.workspace.notebookDocuments.push({ getCells: () => [{}, { document: cell, index: 1, notebook }] });
    expect(documentName(cell)).toBe('study.ipynb, cell 2');
    vscode.window.tabGroups.all = [{ tabs: [{ label: 'x', input: new vscode.TabInputNotebook(notebook.uri) }] }];
    expect(isOpenInTab(cell)).toBe(true);
    expect(isOpenInTab(document('good.txt'))).toBe(false);
  });

  it('of somebody else’s scheme is not followed, and read when asked', () => {
    const made = document('story.txt', { scheme: 'git' });
    expect(isPromptDocument(made)).toBe(false);
    expect(readingOf(made)).toBe('text');
  });
});
