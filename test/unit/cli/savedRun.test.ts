import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text }, env: { language: 'en' } }));

import { readRun } from '../../../src/host/savedRun/readRun';
import { stateOfRun } from '../../../src/host/savedRun/runOfState';
import { run } from './fakeEngine';

describe('--run', () => {
  it('writes what the panel opens: the tab, the numbers, the text, and no folder', async () => {
    const files = { 'deep/down.txt': 'One two' };
    const { files: written } = await run(['probabilities', 'deep/down.txt', '--run', 'r.lens.json'], { files });
    const text = String(written.get('r.lens.json'));
    expect(text).not.toContain('deep/');
    const state = stateOfRun(readRun(text, 'r.lens.json'), false);
    expect([state.intent.tab, state.title, state.text]).toEqual(['probabilities', 'down.txt', 'One two']);
    expect(state.probabilities.kind).toBe('ready');
    expect(state.recorded?.saved).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('is refused by a command that no tab shows', async () => {
    const { status, errors } = await run(['tokens', 'a.txt', '--run', 'r.lens.json']);
    expect([status, errors]).toEqual([2, expect.stringContaining('"tokens" shows nothing that --run could save.')]);
  });
});
