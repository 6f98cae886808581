import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactTokens, offsetBefore, rangeAfter, textChange } from '../../../src/host/session/textChange';
import { promptOf, token } from './prompts';

describe('an edit', () => {
  it('is the smallest replacement', () => {
    expect(textChange('The film', 'The dull film')).toEqual({ start: 4, oldEnd: 4, newEnd: 9 });
    expect(textChange('aaa', 'aaaa')).toEqual({ start: 3, oldEnd: 3, newEnd: 4 });
    expect(textChange('same', 'same')).toBeNull();
  });

  it('carries ranges it did not touch, and no others', () => {
    const change = textChange('one two three', 'one 2 three');
    expect(rangeAfter(change, [0, 3])).toEqual([0, 3]);
    expect(rangeAfter(change, [4, 7])).toBeNull();
    expect(rangeAfter(change, [8, 13])).toEqual([6, 11]);
    expect(offsetBefore(change, 6)).toBe(8);
    expect(offsetBefore(change, 4)).toBeNull();
  });

  it('leaves the same text in every range it carries', () => {
    const words = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', ' ', '你', '🎉') });
    fc.assert(
      fc.property(words, words, fc.nat(12), fc.nat(12), (before, after, a, b) => {
        const range: [number, number] = [Math.min(a, b, before.length), Math.min(Math.max(a, b), before.length)];
        const carried = rangeAfter(textChange(before, after), range);
        if (carried) expect(after.slice(...carried)).toBe(before.slice(...range));
      }),
    );
  });
});

describe('tokens that still hold', () => {
  const prompt = promptOf(['The', ' film', ' under', 'stand', 'ing', ' end']);

  it('end before the word that was edited', () => {
    expect(exactTokens(prompt, 0)).toBe(0);
    expect(exactTokens(prompt, 5)).toBe(1);
    expect(exactTokens(prompt, 18)).toBe(2);
  });

  it('do not contain the token that the edit touches: it may merge', () => {
    expect(exactTokens(prompt, 8)).toBe(1);
  });

  it('include the template before the text', () => {
    const chat = { ...prompt, tokens: [token('<user>', null), token('Hi', [0, 2]), token('<end>', null)] };
    expect(exactTokens(chat, 0)).toBe(1);
    expect(exactTokens(chat, Number.POSITIVE_INFINITY)).toBe(3);
  });
});
