import { describe, expect, it } from 'vitest';
import type { PanelState } from '../../../src/analysis/panel';
import type { TargetSpec } from '../../../src/analysis/shared/contract';
import type { ViewData } from '../../../webview/base/view';
import {
  against,
  explained,
  isPlain,
  shownTarget,
  takenByTarget,
  targetResult,
} from '../../../webview/panels/shell/target';

const token = (text: string, start: number) => ({ text, start, end: start + text.length });
const prompt = { rendered: 'is it', tokens: [token('is', 0), token(' it', 2)] };
const next = [
  { id: 1, text: ' good', logprob: -0.1 },
  { id: 2, text: ' bad', logprob: -2.5 },
];
const ready = (data: unknown) => ({ kind: 'ready' as const, data: data as ViewData, runMs: 1, at: 0 });
const panel = (target: TargetSpec) =>
  ({
    intent: { target },
    probabilities: ready({ prompt, result: { next } }),
    typed: { ' odd': -9 },
  }) as unknown as PanelState;
const layers = (target: object) => ready({ prompt, target, table: {} });
const good = { ids: [1], text: ' good', logprob: -0.11, position: 2, contrast: null };

describe('the target in words', () => {
  it('is the likeliest next token unless something was chosen', () => {
    expect(shownTarget(panel({}), null)).toEqual({
      text: ' good',
      logprob: -0.1,
      origin: 'likeliest next',
      contrast: null,
      boundary: null,
      plain: true,
    });
    expect(shownTarget({ ...panel({}), probabilities: { kind: 'empty' } }, null)).toBeNull();
  });

  it('has the number of a typed text that is not among the likeliest', () => {
    expect(shownTarget(panel({ text: ' odd', contrast: ' good' }), null)).toMatchObject({
      ...{ text: ' odd', logprob: -9 },
      contrast: { text: ' good', logprob: -0.1 },
    });
    expect(shownTarget(panel({ contrast: ' odd' }), null)?.contrast).toEqual({ text: ' odd', logprob: -9 });
    expect(shownTarget(panel({ text: ' unknown' }), null)?.logprob).toBeNull();
  });

  it('takes its numbers from the result of the tab that is open', () => {
    expect(shownTarget(panel({}), layers(good))?.logprob).toBe(-0.11);
    expect(shownTarget(panel({ text: ' good' }), layers(good))).toMatchObject({ logprob: -0.11, origin: 'typed' });
  });

  it('does not take them from a result that explains another target', () => {
    expect(shownTarget(panel({ text: ' bad' }), layers(good))).toMatchObject({ text: ' bad', logprob: -2.5 });
    expect(shownTarget(panel({ text: ' awful' }), layers(good))).toMatchObject({ text: ' awful', logprob: null });
    const pair = { ...good, contrast: { ids: [2], text: ' bad', logprob: -2 } };
    expect(shownTarget(panel({}), layers(pair))?.contrast).toBeNull();
    expect(shownTarget(panel({ contrast: ' bad' }), layers(pair))?.contrast).toEqual({ text: ' bad', logprob: -2 });
  });

  it('knows a text by what it takes of the prompt’s end, and names that', () => {
    const boundary = { kept: 1, text: ' it' };
    const taken = { ids: [7], text: ' its', logprob: -4, position: 1, contrast: null, boundary };
    const shown = (spec: TargetSpec, of: object) => shownTarget(panel(spec), layers(of));
    expect(shown({ text: 's' }, taken)).toMatchObject({ text: ' its', logprob: -4, boundary: ' it' });
    expect(takenByTarget(panel({ text: 's' }), layers(taken))).toBe(' it');
    expect(takenByTarget(panel({ text: ' its' }), layers(taken))).toBeNull();
    const pair = { ...taken, contrast: { ids: [8], text: ' item', logprob: -5 } };
    expect(shown({ text: 's', contrast: 'em' }, pair)).toMatchObject({ contrast: { text: ' item', logprob: -5 } });
    expect(shown({ text: 's', contrast: ' item' }, pair)?.boundary).toBeNull();
  });

  it('names the tokens of a span', () => {
    expect(shownTarget(panel({ span: [1, 2] }), null)).toMatchObject({ text: ' it', origin: 'token 2 of the prompt' });
    expect(shownTarget(panel({ span: [0, 2] }), null)?.origin).toBe('tokens 1–2 of the prompt');
    const span = { ids: [9], text: ' it', logprob: -3, position: 1, contrast: null };
    expect(shownTarget(panel({ span: [1, 2] }), layers(span))?.logprob).toBe(-3);
  });

  it('changes one half and keeps the other', () => {
    expect(explained({ contrast: ' bad' }, ' good')).toEqual({ text: ' good', contrast: ' bad' });
    expect(explained({ contrast: ' bad' }, ' bad')).toEqual({ text: ' bad' });
    expect(explained({ text: ' x', contrast: ' bad' }, null)).toEqual({ contrast: ' bad' });
    expect(against({ span: [1, 2] }, ' bad')).toEqual({ span: [1, 2], contrast: ' bad' });
    expect(against({ text: ' a', contrast: ' b' }, null)).toEqual({ text: ' a' });
    expect(isPlain({})).toBe(true);
    expect(isPlain({ contrast: ' b' })).toBe(false);
  });

  it('finds the target of every kind of result', () => {
    expect(targetResult({ prompt, result: { target: good } } as unknown as ViewData)).toBe(good);
    expect(targetResult({ prompt, result: { map: { target: good } } } as unknown as ViewData)).toBe(good);
    expect(targetResult({ prompt, result: { map: null } } as unknown as ViewData)).toBeNull();
    expect(targetResult({ prompt, overview: {} } as unknown as ViewData)).toBeNull();
  });
});
