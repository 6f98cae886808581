import { beforeEach, describe, expect, it, vi } from 'vitest';

const vscode = vi.hoisted(() => ({
  picked: null as ((items: { label: string; description?: string; detail?: string }[]) => unknown) | null,
  typed: undefined as string | undefined,
  asked: null as { value?: string } | null,
  window: {
    showQuickPick: async (items: never[]) => vscode.picked?.(items),
    showInputBox: async (box: { value?: string }) => {
      vscode.asked = box;
      return vscode.typed;
    },
  },
  l10n: { t: (text: string, ...args: string[]) => text.replace(/\{(\d)\}/g, (_, i) => args[Number(i)]) },
}));
const shown = vi.hoisted(() => ({ view: null as unknown }));
vi.mock('vscode', () => vscode);
vi.mock('../../../src/host/addressed', () => ({ addressed: () => shown.view }));

import { setVariable } from '../../../src/host/commands/setVariable';
import type { Lens } from '../../../src/host/lens';
import type { PromptVariable } from '../../../src/protocol/model';

const all: PromptVariable[] = [
  { name: 'city', value: 'Oslo', from: 'file' },
  { name: 'question', value: null, from: null },
  { name: 'guest', value: 'Mira\nof Oslo', from: 'given' },
];

async function run(variables: PromptVariable[] | undefined, picked: string | null, typed?: string) {
  const set = vi.fn();
  const uncover = vi.fn();
  const labels: string[][] = [];
  const source = { title: 'trip.prompty', uri: 'file:///trip.prompty', read: async () => ({ variables }) };
  shown.view = { session: { source } };
  vscode.typed = typed;
  vscode.picked = (items) => {
    labels.push(...items.map(({ label, description = '', detail = '' }) => [label, description, detail]));
    return items.find(({ label }) => label === picked);
  };
  await setVariable.run({ uncover, variables: { set } } as unknown as Lens);
  return { set: set.mock.calls, labels, uncovered: uncover.mock.calls.length };
}

beforeEach(() => {
  vscode.asked = null;
});

describe('Set a Variable', () => {
  it('lists every variable with its value and where that comes from, and the ways back', async () => {
    const { labels, uncovered } = await run(all, null);
    expect(labels).toEqual([
      ['city', 'Oslo', 'in the file'],
      ['question', '$(warning) no value', ''],
      ['guest', 'Mira\nof Oslo', 'typed here'],
      ['$(discard) Back to the file’s own value of guest', '', ''],
    ]);
    expect(uncovered).toBe(1);
  });

  it('gives the chosen one what is typed, an empty text too, and nothing where it is cancelled', async () => {
    expect((await run(all, 'city', 'Bergen')).set).toEqual([['file:///trip.prompty', 'city', 'Bergen']]);
    expect(vscode.asked?.value).toBe('Oslo');
    expect((await run(all, 'question', '')).set).toEqual([['file:///trip.prompty', 'question', '']]);
    expect((await run(all, 'city')).set).toEqual([]);
    expect((await run(all, null, 'x')).set).toEqual([]);
  });

  it('does not offer several lines as one', async () => {
    await run(all, 'guest', 'Ada');
    expect(vscode.asked?.value).toBe('');
  });

  it('goes back to the file’s own value', async () => {
    const { set } = await run(all, '$(discard) Back to the file’s own value of guest');
    expect(set).toEqual([['file:///trip.prompty', 'guest', null]]);
  });

  it('says so where there is none', async () => {
    await expect(run(undefined, null)).rejects.toThrow('trip.prompty has no variables.');
    await expect(run([], null)).rejects.toThrow('trip.prompty has no variables.');
  });
});
