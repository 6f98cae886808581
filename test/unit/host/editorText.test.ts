import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({
  l10n: {
    t: (text: string, ...args: unknown[]) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
  },
}));

import { hoverMarkdown } from '../../../src/host/editor/hoverText';
import { heatOf, ruleOf, tintedSpans } from '../../../src/host/editor/tints';
import { endOfSource, sharing, sourceOf, tokenAt, tokenAtCursor } from '../../../src/host/editor/tokenMap';
import { inlineCode, probabilityText, spacedBytes, visibleToken } from '../../../src/host/editor/tokenText';
import type { Prompt } from '../../../src/protocol/model';
import { dataOf, promptOf, resultOf, token } from './prompts';

/** `<user>` and `<end>` belong to the template; 你 at [2, 3) is three byte tokens. */
const chat: Prompt = {
  file: 'a.json',
  rendered: '<user>hi你<end>',
  tokens: [
    token('<user>', null),
    token('hi', [0, 2]),
    token('\ufffd', [2, 3]),
    token('\ufffd', [2, 3]),
    token('\ufffd', [2, 3]),
    token('<end>', null),
  ],
};

describe('tokens and places in the file', () => {
  it('finds the token that covers a character', () => {
    const prompt = promptOf(['The', ' film', ' was']);
    expect([0, 2, 3, 7, 8, 11].map((offset) => tokenAt(prompt, offset))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(tokenAt(prompt, 12)).toBeNull();
  });

  it('gives a cursor at the end of the text the last token', () => {
    const prompt = promptOf(['The', ' film']);
    expect(tokenAtCursor(prompt, 8)).toBe(1);
    expect(tokenAtCursor(prompt, 3)).toBe(1);
    expect(tokenAtCursor({ ...prompt, tokens: [] }, 0)).toBeNull();
  });

  it('knows which byte tokens share a character, and that template tokens stand nowhere', () => {
    expect(tokenAt(chat, 2)).toBe(2);
    expect(sharing(chat, 3)).toEqual([2, 3, 4]);
    expect(sharing(chat, 1)).toEqual([1]);
    expect(sharing(chat, 0)).toEqual([]);
    expect(sourceOf(chat, 5)).toBeNull();
    expect(endOfSource(chat)).toBe(3);
  });
});

describe('tints', () => {
  it('grow with surprisal from 4 nats on, and with rank', () => {
    const nats = [0.1, 3.9, 4, 6, 8, 9, 14];
    expect(nats.map((each) => heatOf('surprisal', -each, 0))).toEqual([0, 0, 1, 2, 3, 4, 5]);
    expect([0, 1, 5, 10, 100, 1000].map((rank) => heatOf('rank', -1, rank))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('draw the rule from rank 10, 100 and 1,000', () => {
    expect([9, 10, 99, 100, 999, 1000].map(ruleOf)).toEqual([0, 1, 1, 2, 2, 3]);
  });

  it('leave out the first token and those an edit has made uncertain', () => {
    const result = resultOf([-4.5, -9], [3, 200]);
    const spans = tintedSpans(promptOf(['The', ' film', ' was']), result, 'surprisal');
    expect(spans).toEqual([
      { range: [3, 8], heat: 1, rule: 0, striking: false },
      { range: [8, 12], heat: 4, rule: 2, striking: true },
    ]);
    expect(tintedSpans(promptOf(['The', ' film', ' was']), result, 'surprisal', 2)).toHaveLength(1);
  });

  it('tint a character of several tokens once, as strongly as the strongest', () => {
    const result = resultOf([-4, -2, -12, -0.1, -3], [1, 2, 5000, 0, 3]);
    const spans = tintedSpans(chat, result, 'surprisal');
    expect(spans.map(({ range, heat, rule }) => [range, heat, rule])).toEqual([
      [[0, 2], 1, 0],
      [[2, 3], 5, 3],
    ]);
  });
});

describe('token text', () => {
  it('makes white space visible and cuts numbers to what differs', () => {
    expect(visibleToken(' a\n\t')).toBe('·a↵⇥');
    expect([0, Math.log(0.875), Math.log(0.077), Math.log(0.0005), -30].map(probabilityText)).toEqual([
      '1',
      '.88',
      '.077',
      '5e−4',
      '<1e−9',
    ]);
    expect(spacedBytes('2064756c6c')).toBe('20 64 75 6c 6c');
  });

  it('cannot be left by back ticks', () => {
    expect(inlineCode('a')).toBe('` a `');
    expect(inlineCode('``x`')).toBe('``` ``x` ```');
  });
});

describe('the hover', () => {
  const options = { alternatives: 3, vocabulary: 49_152, locale: 'en', locked: false, uri: 'file:///a.txt' };

  it('says id, bytes, probability, rank, surprisal, the alternatives and the token that does stand there', () => {
    const data = dataOf(['The', ' film']);
    data.result = resultOf([Math.log(0.0005)], [169]);
    const text = hoverMarkdown(data, 1, options);
    expect(text).toContain('id 101 · bytes 20 66 69 6c 6d · token 2');
    expect(text).toContain('p 5e−4 · rank 170 of 49,152 · 7.60 nats');
    expect(text).toContain('` ·the ` .37');
    expect(text).toContain('**` ·film ` 5e−4**');
    expect(text).toContain('command:promptLens.lockToken?%5B1%2C%22file%3A%2F%2F%2Fa.txt%22%5D');
  });

  it('says of the first token that it has no probability', () => {
    expect(hoverMarkdown(dataOf(['The', ' film']), 0, options)).toContain('nothing comes before it');
  });

  it('keeps markup from a prompt inside the code', () => {
    const data = dataOf(['A', '`[x](command:evil)<b>']);
    expect(hoverMarkdown(data, 1, options)).toContain('`` `[x](command:evil)<b> ``');
  });

  it('offers to unlock what is locked', () => {
    expect(hoverMarkdown(dataOf(['A', ' b']), 1, { ...options, locked: true })).toContain(
      'command:promptLens.unlockToken',
    );
  });
});

describe('the turns of a loop', () => {
  it('tint their one place as strongly as the strongest, in the order of the file', () => {
    const prompt = {
      file: null,
      rendered: 'abab',
      tokens: (
        [
          [4, 6],
          [6, 8],
          [4, 5],
          [5, 8],
        ] as [number, number][]
      ).map((source, at) => ({
        ...{ id: at, text: 'a', bytes: '61', start: at, end: at + 1, source, special: false, role: null },
      })),
    };
    const result = { logprob: [-1, -3, -8, -9], rank: [0, 0, 0, 2000] } as never;
    expect(tintedSpans(prompt, result, 'surprisal').map(({ range, heat, rule }) => [range, heat, rule])).toEqual([
      [[4, 5], 3, 0],
      [[5, 6], 4, 3],
      [[6, 8], 4, 3],
    ]);
  });
});
