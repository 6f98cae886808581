/** Prompt files whose last message is left open, and whether each format allows it. */
import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';

const chat = (...turns: [role: string, content: string][]) =>
  JSON.stringify(turns.map(([role, content]) => ({ role, content })));

const open = (file: string, text: string) => parsePrompt(text, { file, continueLast: true });

describe('a message of the assistant at the end', () => {
  it.each([
    ['a.json', chat(['user', 'Name a fruit.'], ['assistant', 'The fruit is']), 'The fruit is'],
    ['a.json', chat(['user', 'Name a fruit.'], ['assistant', '']), ''],
    ['a.prompty', '---\nname: x\n---\nuser:\nName a fruit.\nassistant:\nThe fruit is\n', 'The fruit is'],
    ['a.prompt', '{{role "user"}}Name a fruit.{{role "model"}}The fruit is', 'The fruit is'],
  ])('%s: is left open', (file, text, last) => {
    const input = open(file, text);
    expect(input).toMatchObject({ kind: 'chat', continueLast: true });
    expect(input.kind === 'chat' && input.messages.at(-1)).toMatchObject({ role: 'assistant', content: last });
    expect(parsePrompt(text, { file })).not.toHaveProperty('continueLast');
  });

  it.each([
    ['a.prompty', '---\nname: x\n---\nuser:\nName a fruit.\nassistant:\n'],
    ['a.prompt', '{{role "user"}}Name a fruit.{{role "model"}}\n'],
  ])('%s: that has only begun is the turn to come', (file, text) => {
    const input = open(file, text);
    expect(input).toEqual(parsePrompt(text, { file }));
    expect(input).not.toHaveProperty('continueLast');
    expect(input.kind === 'chat' && input.messages.map(({ role }) => role)).toEqual(['user']);
  });
});

it.each([
  ['a.json', chat(['assistant', 'Hello.'], ['user', 'Name a fruit.'])],
  ['a.prompt.md', 'Name a fruit.'],
  ['a.txt', 'Name a fruit.'],
  ['a.prompty', '---\nname: x\n---\nassistant:\nHello.\nuser:\nName a fruit.\n'],
])('%s: anything else at the end is refused in words', (file, text) => {
  expect(() => open(file, text)).toThrow(
    `${file} does not end with an assistant message that could be left open. End it with an assistant message, or leave out --continue.`,
  );
});
