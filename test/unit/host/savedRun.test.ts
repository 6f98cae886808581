import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text }, env: { language: 'en' } }));

import type { PanelState } from '../../../src/analysis/panel';
import { canonical, sha256 } from '../../../src/client/fingerprint';
import { writtenRun } from '../../../src/client/savedRun';
import { readRun } from '../../../src/host/savedRun/readRun';
import { answerKey, RecordedAnswers } from '../../../src/host/savedRun/recordedAnswers';
import { runOfState, stateOfRun } from '../../../src/host/savedRun/runOfState';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const { prompt, result, end } = read('reviews');
const folder = '/home/someone/work';
const now = new Date('2026-11-30T20:00:00.000Z');
const model = {
  ...{ name: 'Tiny', path: `${folder}/tiny.gguf`, sha256: 'ab'.repeat(32), family: 'llama', layers: 2, heads: 2 },
  ...{ keyValueHeads: 1, width: 8, vocabulary: 90, context: 64, quantisation: 'Q4_1' },
};
const runtime = { provider: 'cpu', precision: 'exact', onnxruntime: '1.30.0' } as PanelState['runtime'];
const ready = (data: object) => ({ kind: 'ready', data, runMs: 1, at: 0 });
const overview = { size: 1, thumbnails: Float32Array.from([0.5, 0.25]), summaries: [], sinkMass: 0.5 };
const state = {
  ...initialState({ ...initialIntent, tab: 'attention', target: { text: ' negative', span: undefined } }, false),
  ...{ title: 'reviews.txt', text: prompt.rendered, model, runtime },
  selection: { locked: 3, hover: null, layer: 1, head: 0 },
  probabilities: ready({ prompt: { ...prompt, file: `${folder}/reviews.txt` }, result, end }),
  attention: ready({ prompt, overview }),
} as unknown as PanelState;
const answers = [
  { method: 'attentionHeads', params: { heads: [{ layer: 1, head: 0 }] }, result: { weights: new ArrayBuffer(8) } },
];
const provenance = () => ({ version: '1.2.3', date: now.toISOString(), fingerprint: '0123456789abcdef', settings: '' });
const bytes = await writtenRun(runOfState(state, answers, provenance, now));
const text = String(bytes);

const refusal = (content: string) => {
  try {
    readRun(content, 'a.lens.json');
  } catch (error) {
    return (error as { problem: { code: string } }).problem.code;
  }
  return null;
};
const signed = (change: (body: Record<string, unknown>) => void) => {
  const { promptLensRun, digest: _, ...body } = JSON.parse(text);
  change(body);
  return JSON.stringify({ promptLensRun, digest: sha256(canonical(body)), ...body });
};

describe('a saved run', () => {
  it('opens again as it was: results, choices, selection, slices, numbers to the last digit', () => {
    const run = readRun(text, 'a.lens.json');
    const shown = stateOfRun(run, false);
    expect(shown.intent.tab).toBe('attention');
    expect(shown.intent.target.text).toBe(' negative');
    expect(shown.selection).toMatchObject({ locked: 3, layer: 1, head: 0, hover: null });
    expect(shown.text).toBe(prompt.rendered);
    expect(shown.probabilities).toMatchObject({ kind: 'ready', data: { result, end } });
    expect(shown.attention).toMatchObject({ kind: 'ready', data: { overview: { thumbnails: overview.thumbnails } } });
    expect(run.answers[0].result).toEqual({ weights: new ArrayBuffer(8) });
    expect(shown.recorded).toEqual({ saved: '2026-11-30T20:00:00.000Z', moved: false });
    expect(stateOfRun(run, true).recorded?.moved).toBe(true);
    expect(run.provenance.probabilities?.fingerprint).toBe('0123456789abcdef');
  });

  it('has no results that were not there, and says why', () => {
    const { saliency } = stateOfRun(readRun(text, 'a.lens.json'), false);
    expect(saliency).toMatchObject({ kind: 'failed', problem: { code: 'recordedOnly' } });
  });

  it('names files and no folders', () => {
    expect(text).toContain('tiny.gguf');
    expect(text).not.toContain('someone');
  });

  it.each([
    ['cut off', text.slice(0, -200)],
    ['no JSON', 'hello'],
    ['empty', ''],
    ['a list', '[]'],
    ['another JSON', '{"messages":[]}'],
    ['changed by hand', text.replace('Tiny', 'Huge')],
    ['nested without end', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['a prompt whose tokens lie outside its text', signed(cutPrompt)],
    ['a result without a prompt', signed((body) => Object.assign(body, { results: { probabilities: {} } }))],
    ['a date that is none', signed((body) => Object.assign(body, { saved: 'yesterday' }))],
    ['a selection that is none', signed((body) => Object.assign(body, { selection: { locked: -1 } }))],
  ])('that is %s is refused', (_, content) => {
    expect(refusal(content)).toBe('runMalformed');
  });

  it('of a newer version is named as that, and one that is too large is not read', () => {
    expect(refusal(text.replace('"promptLensRun":1', '"promptLensRun":2'))).toBe('runNewer');
    expect(refusal(`${text}${' '.repeat(100 * 1024 * 1024)}`)).toBe('runTooLarge');
  });

  it('is written in pieces, with the digest of its canonical JSON', async () => {
    const { promptLensRun: _, digest, ...body } = JSON.parse(text);
    expect(digest).toBe(sha256(canonical(body)));
    const many = Array.from({ length: 8000 }, (_, id) => ({ ...prompt.tokens[0], id, text: `é\ud83d\ude00 ${id}` }));
    const long = { ...prompt, tokens: many };
    const large = {
      ...state,
      probabilities: ready({ prompt: long, result, end, none: [undefined, Number.NaN] }),
    } as PanelState;
    let turns = 0;
    const pause = async () => void turns++;
    const written = await writtenRun(runOfState(large, answers, provenance, now), pause);
    expect(turns).toBeGreaterThan(0);
    const { results } = readRun(String(written), 'a.lens.json');
    expect(results.probabilities).toMatchObject({ prompt: { tokens: many }, none: [null, null] });
  });

  it('is not written where it would be too large to be opened again', async () => {
    const huge = { ...state, text: 'x'.repeat(100 * 1024 * 1024) };
    const writing = writtenRun(runOfState(huge, answers, provenance, now));
    await expect(writing).rejects.toMatchObject({ problem: { code: 'runTooLarge', args: ['reviews.txt'] } });
  });

  it('takes nothing into its state through a prototype', () => {
    const hostile = text.replace('"promptLensRun":1', '"__proto__":{"polluted":true},"promptLensRun":1');
    expect(refusal(hostile)).toBeNull();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(stateOfRun(readRun(hostile, 'a'), false)).not.toHaveProperty('polluted');
  });
});

function cutPrompt(body: Record<string, unknown>): void {
  const { probabilities } = body.results as { probabilities: { prompt: { rendered: string } } };
  probabilities.prompt.rendered = 'x';
}

describe('the answers that are kept', () => {
  it('are those of questions about the text, the same question once, whatever the order of its fields', async () => {
    const kept = new RecordedAnswers();
    const handlers = kept.recording({
      attentionHeads: async () => 'weights',
      generate: async () => 'text',
      follow: async () => 'tokens',
    }) as unknown as Record<string, (params: unknown) => Promise<string>>;
    expect(await handlers.attentionHeads({ heads: [{ layer: 1, head: 0 }] })).toBe('weights');
    await handlers.attentionHeads({ heads: [{ head: 0, layer: 1 }] });
    await handlers.generate({});
    await handlers.follow({ text: 'a' });
    expect(kept.all().map(({ method }) => method)).toEqual(['attentionHeads', 'follow']);
    expect(answerKey('follow', { a: 1, b: 2 })).toBe(answerKey('follow', { b: 2, a: 1 }));
    kept.clear();
    expect(kept.all()).toEqual([]);
  });

  it('are given up, the oldest first, where they hold too much', async () => {
    const kept = new RecordedAnswers();
    const attentionHeads = async () => ({ weights: new ArrayBuffer(16e6), winner: null });
    const { attentionHeads: ask } = kept.recording({ attentionHeads }) as unknown as {
      attentionHeads: (params: unknown) => Promise<unknown>;
    };
    for (const head of [0, 1, 2, 3, 4]) await ask({ heads: [{ layer: 0, head }] });
    expect(kept.all().map(({ params }) => (params as { heads: { head: number }[] }).heads[0].head)).toEqual([2, 3, 4]);
  });
});
