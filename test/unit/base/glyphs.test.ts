import { describe, expect, it } from 'vitest';
import type { Prompt } from '../../../src/protocol/model';
import { glyphs } from '../../../webview/base/glyphs';

/** A prompt of one token per piece; pieces follow one another in the text. */
function promptOf(pieces: readonly string[]): Prompt {
  let at = 0;
  const tokens = pieces.map((text, id) => {
    const start = at;
    at += text.length;
    return { id, text, bytes: '', start, end: at, source: null, special: false, role: null };
  });
  return { file: null, rendered: pieces.join(''), tokens };
}

const seen = (...pieces: string[]) => glyphs(promptOf(pieces)).map(({ text }) => text);

describe('tokens are drawn as the characters that a reader sees', () => {
  it.each([
    ['a family', ['I', ' 👩', '\u200d', '👩', '\u200d', '👧', ' so'], ['I', ' 👩‍👩‍👧', ' so']],
    ['a flag of two letters', ['🇳', '🇴', '!'], ['🇳🇴', '!']],
    ['a flag with a selector', ['🏳', '\ufe0f', '\u200d', '🌈'], ['🏳️‍🌈']],
    ['a skin tone', ['👍', '🏽', ' ok'], ['👍🏽', ' ok']],
    ['a letter with its mark', ['Caf', 'e', '\u0301', ' x'], ['Caf', 'é', ' x']],
    ['a syllable of Hangul', ['\u1112', '\u1161', '\u11ab', '글'], ['한', '글']],
    ['an Indic syllable', ['न', 'म', 'स', '्', 'ते'], ['न', 'म', 'स्ते']],
  ])('%s', (_, pieces, shown) => {
    // Written decomposed in the text, and drawn as one.
    expect(seen(...pieces).map((text) => text.normalize('NFC'))).toEqual(shown.map((text) => text.normalize('NFC')));
  });

  it('and everything else as the tokens are', () => {
    expect(seen('The', ' film', '.', '\n', '太', '长')).toEqual(['The', ' film', '.', '\n', '太', '长']);
    expect(seen('🍕', '🎉')).toEqual(['🍕', '🎉']);
  });

  it('keeps every token in exactly one glyph', () => {
    const all = glyphs(promptOf(['a', '👩', '\u200d', '👧', 'b']));
    expect(all.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 4],
      [4, 5],
    ]);
  });
});
