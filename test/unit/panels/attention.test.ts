import { expect, test, vi } from 'vitest';
import { ProblemError } from '../../../src/protocol/problem';
import type { HostChannel } from '../../../webview/base/api';
import type { Glyph } from '../../../webview/base/glyphs';
import { LatestSlice } from '../../../webview/base/slices';
import {
  afterChoosing,
  chosenHeads,
  headAfterKey,
  measureFor,
  measures,
  targetTokens,
} from '../../../webview/panels/attention/choice';
import { headsKey, loadHeads, shownWeights } from '../../../webview/panels/attention/heads';

const model = { layers: 30, heads: 9 };
const head = (layer: number, head: number) => ({ layer, head });
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('measures that mean nothing for a prompt are not offered, and a wanted one that is not falls back', () => {
  expect(measures([], null)).not.toContain('answers');
  expect(measures([14], 3)).toEqual(expect.arrayContaining(['answers', 'locked', 'entropy']));
  expect(measureFor('diagonal', [14], null)).toBe('diagonal');
  expect(measureFor('locked', [14], null)).toBe('answers');
  expect(measureFor('none', [], null)).toBe('previousToken');
});

test('a locked character counts with all its tokens', () => {
  const glyphs: Glyph[] = [
    { start: 0, end: 1, from: 0, to: 1, text: 'a' },
    { start: 1, end: 3, from: 1, to: 4, text: '🎉' },
  ];
  expect(targetTokens('locked', [], 2, glyphs)).toEqual([1, 2, 3]);
  expect(targetTokens('answers', [0], 2, glyphs)).toEqual([0]);
  expect(targetTokens('diagonal', [0], 2, glyphs)).toEqual([]);
});

test('the locked head is shown, else the best ranked; what the model does not have is left out', () => {
  const best = head(20, 5);
  expect(chosenHeads({ layer: null, head: null }, [], best, model)).toEqual({ heads: [best], locked: false });
  expect(chosenHeads({ layer: 3, head: 1 }, [head(3, 1), head(4, 0)], best, model).heads).toEqual([
    head(3, 1),
    head(4, 0),
  ]);
  expect(chosenHeads({ layer: 99, head: 1 }, [head(4, 12)], best, model)).toEqual({ heads: [best], locked: false });
  expect(chosenHeads({ layer: null, head: null }, [], undefined, model).heads).toEqual([]);
});

test('a click replaces the choice, a click with Ctrl joins or leaves it, and five are too many', () => {
  const [a, b, c, d] = [head(0, 0), head(1, 0), head(2, 0), head(3, 0)];
  expect(afterChoosing([a, b], c, false)).toEqual([c]);
  expect(afterChoosing([a], b, true)).toEqual([a, b]);
  expect(afterChoosing([a, b], a, true)).toEqual([b]);
  expect(afterChoosing([a], a, true)).toEqual([a]);
  expect(afterChoosing([a, b, c, d], head(4, 0), true)).toBeNull();
});

test('brackets change the block, H the head, around the ends', () => {
  expect(headAfterKey(']', head(29, 5), model)).toEqual(head(0, 5));
  expect(headAfterKey('[', head(0, 5), model)).toEqual(head(29, 5));
  expect(headAfterKey('h', head(3, 8), model)).toEqual(head(3, 0));
  expect(headAfterKey('H', head(3, 0), model)).toEqual(head(3, 8));
  expect(headAfterKey('x', head(3, 0), model)).toBeNull();
});

test('one question for the maximum of several heads, one for each when they are renormalised', async () => {
  const raw: Record<number, number[]> = { 0: [1, 0, 0.9, 0.1], 1: [1, 0, 0.2, 0.8] };
  const asked: number[][] = [];
  const request = async (_method: string, { heads }: { heads: { layer: number }[] }) => {
    asked.push(heads.map(({ layer }) => layer));
    const all = heads.map(({ layer }) => raw[layer]);
    const weights = Float32Array.from(all[0], (_, cell) => Math.max(...all.map((each) => each[cell])));
    const winner = Uint8Array.from(all[0], (weight, cell) => (all.length > 1 && all[1][cell] > weight ? 1 : 0));
    return { weights: weights.buffer, winner: heads.length > 1 ? winner.buffer : null, tokens: 2 };
  };
  const channel = { request } as unknown as HostChannel;
  const both = [head(0, 0), head(1, 0)];
  const { signal } = new AbortController();
  const hidden = shownWeights(await loadHeads(channel, 'x', 2, both, 'hide', signal), 'hide');
  expect(asked).toEqual([[0, 1]]);
  expect([...hidden.weights]).toEqual([0, 0, 0, Math.fround(0.8)]);
  expect(hidden.winner?.[3]).toBe(1);
  expect(hidden.firstToken[1]).toBeCloseTo(0.9, 6);

  const renormalised = shownWeights(await loadHeads(channel, 'x', 2, both, 'renormalise', signal), 'renormalise');
  expect(asked.slice(1)).toEqual([[0], [1]]);
  // Each head on its own gives all its remaining weight to token 1; renormalising the maximum would show that for one head only.
  expect(renormalised.weights[3]).toBeCloseTo(1, 6);
  expect(renormalised.winner?.[3]).toBe(0);
  expect(renormalised.largest).toBeCloseTo(1, 6);
  expect(headsKey('x', both, 'hide')).toBe(headsKey('x', both, 'raw'));
  expect(headsKey('x', both, 'hide')).not.toBe(headsKey('x', both, 'renormalise'));
});

test('an answer about another text is not drawn', async () => {
  const channel = {
    request: async () => ({ weights: new ArrayBuffer(4), winner: null, tokens: 1 }),
  } as unknown as HostChannel;
  const load = loadHeads(channel, 'x', 2, [head(0, 0)], 'raw', new AbortController().signal);
  await expect(load).rejects.toMatchObject({ problem: { code: 'cancelled' } });
});

test('the newest question wins: a late reply is dropped and its request cancelled', async () => {
  const changed = vi.fn();
  const slice = new LatestSlice<string>(() => 1, changed);
  const replies: ((value: string) => void)[] = [];
  const signals: AbortSignal[] = [];
  const load = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<string>((resolve) => replies.push(resolve));
  };
  slice.ask('a', load);
  slice.ask('b', load);
  expect(signals[0].aborted).toBe(true);
  replies[1]('B');
  await settled();
  replies[0]('A');
  await settled();
  expect(slice.state).toEqual({ kind: 'ready', value: 'B' });
  expect(changed).toHaveBeenCalledOnce();
  slice.ask('b', load);
  expect(replies).toHaveLength(2);
});

test('going back shows what is kept at once; what is not kept is only asked for when it may be', async () => {
  const slice = new LatestSlice<string>(() => 1, vi.fn());
  slice.ask('a', async () => 'A');
  await settled();
  slice.ask('b', async () => 'B');
  expect(slice.state).toEqual({ kind: 'loading', previous: 'A' });
  await settled();
  slice.ask('a', null);
  expect(slice.state).toEqual({ kind: 'ready', value: 'A' });
  slice.ask('c', null);
  expect(slice.state).toEqual({ kind: 'none' });
});

test('a failure keeps its cause and is asked again only on retry', async () => {
  const slice = new LatestSlice<string>(() => 1, vi.fn());
  const load = vi.fn(async () => {
    throw new ProblemError('outOfMemory', [900]);
  });
  slice.ask('a', load);
  await settled();
  expect(slice.state).toMatchObject({ kind: 'failed', problem: { code: 'outOfMemory' } });
  slice.ask('a', load);
  expect(load).toHaveBeenCalledOnce();
  slice.retry();
  slice.ask('a', async () => 'A');
  await settled();
  expect(slice.state).toEqual({ kind: 'ready', value: 'A' });
});
