// What the palette and its lists offer: Cancel while something runs, hardware that this system can have, examples with a word on each.
import { readdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';

const vscode = vi.hoisted(() => ({
  said: [] as unknown[][],
  offered: [] as string[],
  commands: { executeCommand: (...all: unknown[]) => vscode.said.push(all) },
  window: {
    showQuickPick: async (items: { label: string }[]) => {
      vscode.offered = items.map(({ label }) => label);
    },
  },
  ThemeIcon: class {},
  l10n: { t: (text: string) => text },
}));
vi.mock('vscode', () => vscode);

import { BusyContext } from '../../../src/host/busyContext';
import { chooseProvider } from '../../../src/host/commands/chooseProvider';
import { aboutExample } from '../../../src/host/commands/openExample';
import type { Lens } from '../../../src/host/lens';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';

describe('the palette', () => {
  it('offers Cancel only while something is computed, and is told only of changes', () => {
    const busy = new BusyContext();
    const idle = initialState(initialIntent, false);
    const running = { ...idle, heads: { kind: 'running', previous: null, progress: null, elapsedMs: 0 } as const };
    const writing = { ...idle, continuations: { ...idle.continuations, running: true } };
    for (const states of [[idle], [idle, running], [running], [idle], [writing], [idle, idle]]) busy.update(states);
    expect(vscode.said.map(([, , value]) => value)).toEqual([true, false, true, false]);
    expect(vscode.said[0]).toEqual(['setContext', 'promptLens.busy', true]);
  });
});

describe('the hardware', () => {
  const offeredOn = async (platform: string, provider: string) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue(platform as NodeJS.Platform);
    await chooseProvider.run({
      settings: { engine: { provider } },
      engine: { status: { kind: 'stopped' } },
    } as unknown as Lens);
    return vscode.offered;
  };

  it('is what the system can have, and the present choice', async () => {
    expect(await offeredOn('linux', 'auto')).toEqual(['auto', 'CUDA', 'WebGPU', 'CPU']);
    expect(await offeredOn('darwin', 'auto')).toEqual(['auto', 'WebGPU', 'CoreML', 'CPU']);
    expect(await offeredOn('win32', 'auto')).toEqual(['auto', 'CUDA', 'WebGPU', 'DirectML', 'CPU']);
    expect(await offeredOn('linux', 'coreml')).toEqual(['auto', 'CUDA', 'WebGPU', 'CoreML', 'CPU']);
  });
});

describe('the examples', () => {
  const files = ['', 'embeddings', 'probing', 'truth']
    .flatMap((folder) => readdirSync(`examples/${folder}`, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map(({ name }) => name);

  it.each(files)('%s has a word on what it shows', (file) => expect(aboutExample(file)).not.toBe(''));
});
