import { describe, expect, it } from 'vitest';
import type { Range, Token } from '../../../src/protocol/model';
import { writerOf } from '../../../src/protocol/writer';

const token = (start: number, end: number, source: Range | null, special = false): Token => ({
  ...{ id: 1, text: 'x', bytes: '78', role: null },
  ...{ start, end, source, special },
});

describe('who wrote a token', () => {
  it('is the tokenizer where it takes up nothing of the text, and else the template or the user', () => {
    const begin = token(0, 0, null, true);
    const heading = token(0, 5, null, true);
    const own = token(5, 9, [20, 24]);
    const tokens = [begin, heading, own, token(9, 9, null, true)];
    expect(tokens.map((each) => writerOf(each, { tokens }))).toEqual(['tokenizer', 'template', 'user', 'tokenizer']);
    // Standard input has no file to stand in.
    const typed = [begin, token(0, 3, null)];
    expect(typed.map((each) => writerOf(each, { tokens: typed }))).toEqual(['tokenizer', 'user']);
  });
});
