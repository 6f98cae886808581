import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';

const row = (word: string) => JSON.stringify([{ role: 'user', content: word }]);

function readAt(text: string, at: number): string {
  const input = parsePrompt(text, { file: 'list.json', at });
  return input.kind === 'chat' ? input.messages[0].content : input.text;
}

describe('the prompt at the cursor', () => {
  it('begins where its line begins, if only blanks stand before it', () => {
    const text = `[\n  ${row('fish')},\n\t${row('birds')}\n]\n`;
    const line = (number: number) =>
      text
        .split('\n')
        .slice(0, number - 1)
        .join('\n').length + 1;
    expect([0, line(2), line(3) - 1, line(3), line(3) + 1, line(4)].map((at) => readAt(text, at))).toEqual([
      ...['fish', 'fish', 'fish'],
      ...['birds', 'birds', 'birds'],
    ]);
  });

  it('begins at its bracket, where another one stands before it in the line', () => {
    const text = `[${row('fish')}, ${row('birds')}]`;
    const second = text.indexOf(row('birds'));
    expect([second - 1, second].map((at) => readAt(text, at))).toEqual(['fish', 'birds']);
  });
});
