/** The files that a newcomer opens first: each is readable and shows the things that examples/README.md promises. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { isPromptFile } from '../../../src/document/promptKind';
import { expectSoundPieces } from './arbitraries';

const folder = new URL('../../../examples/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const names = readdirSync(folder).filter((name) => /\.(txt|prompt\.md|prompty|prompt|json)$/.test(name));

describe('examples', () => {
  it.each(names)('%s is a prompt without an open variable, and is in the README', (name) => {
    const text = read(name);
    const input = parsePrompt(text, { file: name });
    expectSoundPieces(text, input);
    expect(isPromptFile(name)).toBe(true);
    expect(JSON.stringify(input)).not.toMatch(/\{\{|\$\{/);
    expect(read('README.md')).toContain(`\`${name}\``);
  });

  it('are of every format', () => {
    const kinds = new Set(names.map((name) => name.slice(name.indexOf('.'))));
    expect([...kinds].sort()).toEqual(['.json', '.prompt', '.prompt.md', '.prompty', '.txt']);
  });

  it.each(names.filter((name) => name.endsWith('.txt')))('%s ends where the model goes on', (name) => {
    expect(read(name)).toMatch(/\S$/);
  });

  it('read as the conversations they show', () => {
    const roles = (name: string) => {
      const input = parsePrompt(read(name), { file: name });
      return input.kind === 'chat' ? input.messages.map(({ role, content }) => `${role}: ${content}`) : [];
    };
    expect(roles('support.prompt.md')[0]).toMatch(/^user: You answer .*My parcel has not come yet\. What can I do\?$/s);
    expect(roles('translate.prompty')).toEqual([
      'system: You translate into French. Reply with the translation only.',
      'user: Good evening, and thank you for coming.',
      "assistant: Bonsoir, et merci d'être venus.",
      'user: The library opens at nine in the morning.',
    ]);
    expect(roles('story.prompt')).toEqual([
      'system: You tell stories to children, in two sentences.',
      'user: Tell me about a snail on the moon.',
    ]);
    expect(roles('chat.json')).toHaveLength(4);
  });
});
