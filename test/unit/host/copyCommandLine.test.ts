/** The command Copy as Command Line: what it takes from the editor, what it puts on the clipboard, and its messages. */
import { beforeEach, expect, it, vi } from 'vitest';

const vscode = vi.hoisted(() => {
  const parsed = (written: string) => {
    const [scheme, path] = written.split(/:(?:\/\/)?(.*)/s);
    return { scheme, path, fsPath: path, toString: () => written };
  };
  return {
    copied: '',
    said: [] as string[],
    written: new Map<string, string>(),
    Uri: {
      parse: parsed,
      joinPath: ({ path }: { path: string }, name: string) => parsed(`file://${path}/${name}`),
    },
    env: {
      shell: '/bin/bash',
      clipboard: {
        writeText: async (text: string) => {
          vscode.copied = text;
        },
      },
    },
    window: { showInformationMessage: async (text: string) => void vscode.said.push(text) },
    workspace: {
      textDocuments: [] as unknown[],
      workspaceFolders: [{ uri: parsed('file:///prompts') }],
      getWorkspaceFolder: ({ path }: { path: string }) => (path.startsWith('/prompts/') ? {} : undefined),
      asRelativePath: ({ path }: { path: string }) => path.replace(/^\/prompts\//, ''),
      fs: {
        createDirectory: async () => {},
        writeFile: async ({ fsPath }: { fsPath: string }, bytes: Uint8Array) =>
          void vscode.written.set(fsPath, new TextDecoder().decode(bytes)),
      },
    },
    l10n: { t: (text: string, ...args: string[]) => text.replace(/\{(\d)\}/g, (_, i) => args[Number(i)]) },
  };
});
const shown = vi.hoisted(() => ({ view: null as unknown }));
vi.mock('vscode', () => vscode);
vi.mock('../../../src/host/addressed', () => ({ addressed: () => shown.view }));
vi.mock('../../../src/host/terminalProgram', () => ({ programFor: async () => ['prompt-lens'] }));

import type { Intent } from '../../../src/analysis/panel';
import { copyCommandLine } from '../../../src/host/commands/copyCommandLine';
import type { Lens } from '../../../src/host/lens';
import { promptSource, type WholeReading } from '../../../src/host/promptDocuments';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import type { Range } from '../../../src/protocol/model';

interface Shown {
  uri?: string;
  language?: string;
  dirty?: boolean;
  text?: string;
  range?: Range;
  reading?: WholeReading;
  intent?: Partial<Intent>;
  units?: Range[];
  second?: { text: string; uri: string | null } | null;
  values?: Record<string, string>;
  /** Values typed for other documents, by their address. */
  typed?: Record<string, Record<string, string>>;
  /** The cursor's offset. */
  at?: number;
}

/** A document of the window. */
function document({ uri = 'file:///prompts/a.txt', language = 'plaintext', dirty = false, text = 'One two.' }: Shown) {
  const made = {
    uri: vscode.Uri.parse(uri),
    languageId: language,
    isDirty: dirty,
    isUntitled: uri.startsWith('untitled'),
  };
  const positionAt = (at: number) => ({ line: text.slice(0, at).split('\n').length - 1 });
  const whole = { ...made, getText: () => text, positionAt };
  const others = vscode.workspace.textDocuments.filter((each) => String((each as typeof whole).uri) !== uri);
  vscode.workspace.textDocuments = [...others, whole];
  return whole as never;
}

async function copy(wanted: Shown): Promise<string> {
  const { range = null, intent, units = [], second = null, reading, values, typed = {}, at } = wanted;
  const source = promptSource(document(wanted), range, reading, values, at);
  const state = initialState({ ...initialIntent, tab: 'attention', ...intent }, true);
  shown.view = { session: { source, state, units }, second };
  const storage = vscode.Uri.parse('file:///storage');
  const context = { extensionUri: vscode.Uri.parse('file:///ext'), globalStorageUri: storage };
  const engine = { model: null, provider: 'auto', precision: 'exact', threads: 0 };
  const variables = { of: (uri: unknown) => typed[String(uri)] ?? {} };
  await copyCommandLine.run({ context, settings: { engine }, variables } as unknown as Lens);
  return vscode.copied.replaceAll('prompt-lens ', '');
}

beforeEach(() => {
  vscode.workspace.textDocuments = [];
  vscode.said.length = 0;
  vscode.written.clear();
});

it('names a file as the terminal sees it, and says visibly that it copied', async () => {
  expect(await copy({})).toBe('attention a.txt');
  expect(await copy({ uri: 'file:///else/b c.txt' })).toBe("attention '/else/b c.txt'");
  expect(await copy({ dirty: true })).toBe('attention a.txt');
  expect(vscode.said).toEqual([
    'Command line copied.',
    'Command line copied.',
    'Command line copied. Save the file before you run it: the command reads the file on the disk.',
  ]);
});

it('carries a text that is in no file: untitled, selected, of the last commit', async () => {
  expect(await copy({ uri: 'untitled:Untitled-1', text: 'a b\n' })).toBe("printf %s 'a b\n' | attention -");
  expect(await copy({ text: 'One two.', range: [4, 7] })).toBe('printf %s two | attention -');
  expect(await copy({ uri: 'git:///prompts/a.txt', text: 'old' })).toBe('printf %s old | attention -');
  expect(new Set(vscode.said)).toEqual(
    new Set(['Command line copied. It contains the text itself, because no file does.']),
  );
});

it('names the prompt at the cursor, of several in the file', async () => {
  const row = (word: string) => `{"messages": [{"role": "user", "content": "${word}"}]}`;
  const list = { uri: 'file:///prompts/a.json', language: 'json', text: `[${row('One')}, ${row('Two')}]` };
  expect(await copy(list)).toBe('attention a.json');
  expect(await copy({ ...list, at: 80 })).toBe('attention a.json --prompt 2');
  const nested = { ...list, text: `[[${row('One')}, ${row('Two')}], [${row('Three')}]]` };
  expect(await copy({ ...nested, at: 80 })).toBe('attention a.json --prompt 1.2');
  expect(await copy({ ...nested, at: 120 })).toBe('attention a.json --prompt 2');
  const lines = { uri: 'file:///prompts/a.jsonl', text: `${row('One')}\n${row('Two')}` };
  expect(await copy({ ...lines, at: 80 })).toBe('attention a.jsonl --line 2');
});

it('counts selected units in the text that it carries', async () => {
  const saliency = { ...initialIntent.saliency, by: 'selection' } as const;
  const units: Range[] = [[4, 7]];
  const intent = { tab: 'saliency', saliency } as const;
  expect(await copy({ intent, units })).toMatch(/^\w+ a\.txt .*--by 5-7 /);
  expect(await copy({ intent, units, range: [4, 8] })).toContain(' --by 1-3 ');
});

it('says how a text is read where the language mode or somebody’s choice says so', async () => {
  expect(await copy({ language: 'prompty' })).toBe('attention a.txt --format prompty');
  expect(await copy({ uri: 'file:///prompts/a.prompty', reading: 'plain' })).toBe('attention a.prompty --raw');
  expect(await copy({ uri: 'file:///prompts/a.csv', reading: 'plain' })).toBe('attention a.csv --raw');
  const chat = '[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]';
  const open = { uri: 'file:///prompts/a.json', language: 'json', text: chat, intent: { continueLast: true } };
  expect(await copy(open)).toBe('attention a.json --continue');
});

it('names patching’s second prompt by its file as long as that holds it, and refuses without one', async () => {
  const patching = { ...initialIntent.patching, from: 'One too.' };
  const intent = { tab: 'patching', patching } as const;
  const second = { text: 'One too.', uri: 'file:///prompts/b.txt' };
  expect(await copy({ intent, second })).toBe('patch a.txt --from b.txt');
  const carried = "printf %s 'One too.' | patch a.txt --from -";
  expect(await copy({ intent, second: { ...second, text: 'before' } })).toBe(carried);
  document({ uri: second.uri, dirty: true });
  expect(await copy({ intent, second })).toBe(carried);
  await expect(copy({ intent: { tab: 'patching' } })).rejects.toMatchObject({ problem: { code: 'noSecondPrompt' } });
});

it('plots what the Embeddings tab would, and puts a probe’s direction into a file', async () => {
  const embeddings = { ...initialIntent.embeddings, axis: [0.5, -1], leaveOutMassive: false };
  const line = await copy({
    uri: 'file:///prompts/a.csv',
    text: 'name\nEmily\n',
    intent: { tab: 'embeddings', embeddings },
  });
  const [, axis] = /^embeddings a\.csv --layer 0 --axis (\S+) --template '[^']*\{x\}[^']*' --last$/.exec(line) ?? [
    line,
  ];
  expect(axis).toMatch(/^\/storage\/axis-[0-9a-f]{12}\.probe\.json$/);
  expect(JSON.parse(vscode.written.get(axis) ?? '')).toMatchObject({ kind: 'layers', direction: [0.5, -1] });
  document({ uri: 'file:///prompts/b.txt', text: 'Three.' });
  const open = { ...initialIntent.embeddings, source: 'open', leaveOutMassive: false } as const;
  expect(await copy({ intent: { tab: 'embeddings', embeddings: open } })).toMatch(/^embeddings a\.txt b\.txt --layer /);
});

it('carries the values that were typed for variables that the text still has', async () => {
  const uri = 'file:///prompts/trip.prompty';
  const text = '---\nsample:\n  city: Oslo\n  day: Monday\n---\nuser:\n{{city}} {{day}} {{question}}';
  const values = { city: 'New York', question: '', gone: 'x' };
  expect(await copy({ uri, text, values })).toBe("attention trip.prompty --var 'city=New York' --var question=");
  expect(await copy({ uri, text })).toBe('attention trip.prompty');
  expect(await copy({ uri, text, values, reading: 'plain' })).toBe('attention trip.prompty --raw');
});

it('carries the values of the other open prompts that it plots, and its own before theirs', async () => {
  const trip = 'file:///prompts/trip.prompty';
  document({ uri: trip, language: 'prompty', text: 'user:\n{{city}} {{day}}' });
  const uri = 'file:///prompts/visit.prompty';
  const text = 'user:\n{{city}}';
  const embeddings = { ...initialIntent.embeddings, source: 'open', leaveOutMassive: false } as const;
  const typed = { [trip]: { city: 'Rome', day: 'Monday', gone: 'x' } };
  const shown = { uri, language: 'prompty', text, typed, intent: { tab: 'embeddings' as const, embeddings } };
  const own = await copy({ ...shown, values: { city: 'Oslo' } });
  expect(own).toMatch(/^embeddings visit\.prompty trip\.prompty .*--var city=Oslo --var day=Monday$/);
  expect(await copy({ ...shown, typed: {} })).not.toContain('--var');
});
