// Another text as the baseline: what is offered, how it is read, and what it is called.
import { describe, expect, it, vi } from 'vitest';

interface Offered {
  label: string;
  description?: string;
}
const vscode = vi.hoisted(() => {
  const uriOf = (path: string) => ({ path, scheme: 'file', fsPath: path, toString: () => `file://${path}` });
  return {
    uriOf,
    open: [] as unknown[],
    offered: [] as string[],
    pick: '',
    Uri: { parse: (text: string) => uriOf(text.slice(7)), joinPath: () => uriOf('/w') },
    ThemeIcon: class {},
    ProgressLocation: { Window: 10 },
    window: {
      showQuickPick: async (items: Offered[]) => {
        vscode.offered = items.map(({ label }) => label);
        return items.find(({ label }) => label === vscode.pick);
      },
      showOpenDialog: async () => [uriOf('/w/other.txt')],
      withProgress: (_: unknown, run: () => unknown) => run(),
    },
    workspace: {
      get textDocuments() {
        return vscode.open;
      },
      asRelativePath: ({ path }: { path: string }) => path,
      openTextDocument: async (uri: { path: string }) => ({ uri, getText: () => 'browsed', isUntitled: false }),
    },
    l10n: { t: (text: string, ...args: string[]) => text.replace(/\{(\d)\}/g, (_, i) => args[Number(i)]) },
  };
});
const shown = vi.hoisted(() => ({ view: null as unknown }));
vi.mock('vscode', () => vscode);
vi.mock('../../../src/host/addressed', () => ({ addressed: () => shown.view }));
vi.mock('../../../src/host/promptDocuments', () => ({ isPromptDocument: () => true, readingOf: () => 'plain' }));
vi.mock('../../../src/host/lastCommit', () => ({
  committedText: async () => ({ text: 'committed', commit: '1a2b3c4d5e' }),
}));

import { compareWithFile } from '../../../src/host/commands/compareWithFile';
import type { Lens } from '../../../src/host/lens';
import { dataOf } from './prompts';

const document = (path: string, text: string) => ({
  uri: vscode.uriOf(path),
  getText: () => text,
  isUntitled: false,
});

/** The names in the list, what was read how, and the baseline's name and bytes. */
async function run(pick: string, { goesAway = false } = {}) {
  vscode.open = [document('/w/shown.txt', 'shown'), document('/w/draft.txt', 'drafted')];
  vscode.pick = pick;
  const read: [string, string][] = [];
  const readText = async (text: string, name: string) => {
    read.push([text, name]);
    return text;
  };
  const source = { id: 'a', uri: 'file:///w/shown.txt', range: null, reading: 'plain', readText };
  const setBaseline = vi.fn();
  const showTab = vi.fn();
  const session = { source, setBaseline };
  shown.view = { session, panel: { showTab } };
  const data = dataOf(['A', ' b']);
  const engine = {
    load: async () => ({ model: { sha256: 'aa' } }),
    request: async () => {
      if (goesAway) session.source = { ...source, id: 'b' };
      return { ...data, tokens: data.prompt.tokens };
    },
  };
  const done = compareWithFile.run({ engine } as unknown as Lens);
  return { done, read, baselines: () => setBaseline.mock.calls.map(([{ name, bytes }]) => ({ name, bytes })), showTab };
}

vi.mock('../../../src/host/session/analyses', () => ({
  askProbabilities: async (engine: { request(): Promise<unknown> }) => engine.request(),
}));

describe('Compare with Another Text', () => {
  it('offers the other open prompts, the last commit and every file', async () => {
    const { done, baselines } = await run('none of them');
    await done;
    expect(vscode.offered).toEqual(['draft.txt', 'Its version in the last commit', 'Browse for a file…']);
    expect(baselines()).toEqual([]);
  });

  it.each([
    ['draft.txt', 'drafted', 'draft.txt'],
    ['Its version in the last commit', 'committed', 'commit 1a2b3c4'],
    ['Browse for a file…', 'browsed', 'other.txt'],
  ])('%s becomes the baseline, read like the shown prompt', async (pick, text, name) => {
    const { done, read, baselines, showTab } = await run(pick);
    await done;
    expect(read).toEqual([[text, name]]);
    expect(baselines()).toEqual([{ name, bytes: ['41', '2062'] }]);
    expect(showTab).toHaveBeenCalledWith('probabilities');
  });

  it('is given up where another prompt has come under the lens meanwhile', async () => {
    const { done, baselines } = await run('draft.txt', { goesAway: true });
    await expect(done).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    expect(baselines()).toEqual([]);
  });
});
