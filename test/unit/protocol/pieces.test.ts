import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  joined,
  likeliestText,
  missingBytes,
  readable,
  readableWithLikely,
  typable,
} from '../../../src/protocol/pieces';

const hexOf = (text: string) => Buffer.from(text).toString('hex');
const token = (bytes: string) => ({ text: new TextDecoder().decode(Uint8Array.from(bytesOf(bytes))), bytes });

describe('a piece of a character', () => {
  it.each([
    ['e4', '‹e4▯▯›'],
    ['e4bd', '‹e4bd▯›'],
    ['20f09f', ' ‹f09f▯▯›'],
    ['c3', '‹c3▯›'],
    ['a0', '‹a0›'],
    ['bda0', '‹bda0›'],
    // The rest of one character, a whole one, and the beginning of another.
    [`a0${hexOf('好')}e4`, '‹a0›好‹e4▯▯›'],
    // A byte that begins no character of UTF-8.
    ['ff', '‹ff›'],
    ['c0af', '‹c0af›'],
  ])('%s is shown by its bytes', (bytes, shown) => {
    expect(readable(token(bytes))).toBe(shown);
  });

  it('is not any other token, nor a replacement character that the text really has', () => {
    expect(readable({ text: ' Paris' })).toBe(' Paris');
    expect(readable({ text: '你', bytes: hexOf('你') })).toBe('你');
    expect(readable({ text: '\ufffd', bytes: 'efbfbd' })).toBe('\ufffd');
    // Its bytes are not known.
    expect(readable({ text: '\ufffd' })).toBe('\ufffd');
  });

  it('tells the likeliest character that it begins, where that was computed', () => {
    const begun = { ...token('20e4bd'), likely: [{ text: ' 你', logprob: -1 }] };
    expect(readableWithLikely(begun)).toBe(' ‹e4bd▯› 你?');
    expect(likeliestText(begun)).toBe(' 你');
    expect(typable(begun)).toBe(' 你');
    expect(typable(token('e4bd'))).toBeNull();
    expect(typable({ text: ' Paris' })).toBe(' Paris');
  });

  it('becomes the character again together with the rest of it', () => {
    expect(joined([token('e4bd'), token('a0'), { text: '好' }, token('f09f')])).toBe('你好‹f09f▯▯›');
    expect(joined([{ text: 'a' }, { text: ' b' }])).toBe('a b');
  });

  it('says how many bytes it lacks', () => {
    const missing = ['e4', 'e4bd', 'e4bda0', 'f0', 'c3', '41', 'a0', '20f09f98', ''].map((hex) =>
      missingBytes(bytesOf(hex)),
    );
    expect(missing).toEqual([2, 1, 0, 3, 1, 0, 0, 1, 0]);
  });
});
