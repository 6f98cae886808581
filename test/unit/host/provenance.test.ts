import { describe, expect, it } from 'vitest';
import type { PanelState } from '../../../src/analysis/panel';
import { probeDigest, provenanceOf } from '../../../src/host/panel/provenance';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';

const model = { sha256: 'ab'.repeat(32) } as PanelState['model'];
const runtime = {
  ...{ provider: 'cpu', precision: 'exact', onnxruntime: '1.30.0', weights: '4-bit' },
} as unknown as PanelState['runtime'];
const state = { ...initialState(initialIntent, false), model, runtime };
const facts = { version: '1.2.3', probe: null, now: new Date(0) };

describe('the provenance of an export', () => {
  it('changes with what changes the numbers, and with nothing else', () => {
    const mark = (intent: Partial<PanelState['intent']>, more: object = {}) =>
      provenanceOf({ ...state, ...more, intent: { ...initialIntent, ...intent } }, 'saliency', facts).fingerprint;
    const before = mark({});
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    expect(mark({ target: { text: ' London' } })).not.toBe(before);
    expect(mark({ saliency: { ...initialIntent.saliency, operator: 'delete' } })).not.toBe(before);
    expect(mark({}, { model: { sha256: 'cd'.repeat(32) } })).not.toBe(before);
    expect(mark({ tab: 'attention' })).toBe(before);
    expect(mark({}, { title: 'other.txt' })).toBe(before);
  });

  it('says the settings in words, a probe by the name of its file', () => {
    const saliency = provenanceOf(state, 'saliency', facts);
    expect(saliency.settings).toContain('operator knockout');
    expect(saliency).toMatchObject({ version: '1.2.3', date: '1970-01-01T00:00:00.000Z' });
    const lie = { ...initialIntent.lie, probe: '/home/someone/my.probe.json' };
    const told = provenanceOf({ ...state, intent: { ...initialIntent, lie } }, 'lie', facts).settings;
    expect(told).toContain('probe my.probe.json');
    expect(told).not.toContain('someone');
  });

  it('has no fingerprint before a model is loaded', () => {
    expect(provenanceOf({ ...state, model: null }, 'probabilities', facts).fingerprint).toBeNull();
  });

  it('reads the probe that judges, and none where none does', async () => {
    expect(await probeDigest(state, 'lie', process.cwd())).toMatch(/^[0-9a-f]{64}$/);
    expect(await probeDigest(state, 'lie', '/nowhere')).toBeNull();
    expect(await probeDigest(state, 'saliency', process.cwd())).toBeNull();
  });
});
