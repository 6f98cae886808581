/** The messages about a prompt's end. */
import { describe, expect, it } from 'vitest';
import type { Prompt, Token } from '../../../src/protocol/model';
import { finalSpace, lastIsAssistants, leftOpen } from '../../../src/protocol/promptEnd';
import { finalSpaceText, takenText } from '../../../webview/panels/promptEndWords';

const promptOf = (rendered: string, source: Token['source'] = [0, 1], ...roles: (string | null)[]): Prompt => ({
  file: null,
  rendered,
  tokens: (roles.length > 0 ? roles : [null]).map((role) => ({
    ...{ id: 1, text: rendered, bytes: '', start: 0, end: rendered.length, source, special: false, role },
  })),
});

describe('the end of a prompt', () => {
  it.each([
    ['One\n', 'lineBreak'],
    ['One\r', 'lineBreak'],
    ['One \n', 'lineBreak'],
    ['One\n ', 'space'],
    ['One\t', 'space'],
    ['One\u3000', 'space'],
    ['One', null],
  ])('%j: %s', (text, expected) => expect(finalSpace(promptOf(text))).toBe(expected));

  it('is the template’s where a chat ends', () => expect(finalSpace(promptOf('assistant\n', null))).toBeNull());

  it('is said with what to do', () => {
    expect(finalSpaceText(promptOf('One'))).toBeNull();
    expect(finalSpaceText(promptOf('One\n'))).toBe(
      'The text ends in a line break. Delete it if the answer belongs on the same line.',
    );
    expect(finalSpaceText(promptOf('One '))).toBe(
      'The text ends in a space, which belongs to the word that follows. Delete it for the usual next words.',
    );
  });

  it('is said to be scored with the target', () =>
    expect(takenText(' ')).toBe(
      'The prompt’s last characters “ ” were scored with the target. The part that stands there scores 0.',
    ));
});

describe('a last message', () => {
  const chat = (...roles: string[]) => ({
    ...{ kind: 'chat' as const, file: null, messages: roles.map((role) => ({ role, content: 'x', pieces: [] })) },
  });

  it('can be left open where it is the assistant’s', () => {
    expect(lastIsAssistants(promptOf('x', [0, 1], 'user', 'assistant', null))).toBe(true);
    expect(lastIsAssistants(promptOf('x', [0, 1], 'assistant', 'user', null))).toBe(false);
    expect(lastIsAssistants(promptOf('x'))).toBe(false);
    expect(leftOpen(chat('user', 'assistant'))).toMatchObject({ continueLast: true });
    expect(leftOpen(chat('assistant', 'user'))).toBeNull();
    expect(leftOpen({ ...chat('user', 'assistant'), turnBegun: true })).not.toHaveProperty('continueLast');
  });
});
