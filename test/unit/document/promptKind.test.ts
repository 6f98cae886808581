import { describe, expect, it } from 'vitest';
import { isPromptFile, promptKind } from '../../../src/document/promptKind';

describe('promptKind', () => {
  it.each([
    ['a.txt', 'raw', true],
    ['README.md', 'raw', true],
    ['support.prompt.md', 'promptMd', true],
    ['folder.prompty/Translate.PROMPTY', 'prompty', true],
    ['C:\\prompts\\story.prompt', 'dotprompt', true],
    ['chat.json', 'chatJson', true],
    ['a.ts', 'raw', false],
    ['prompt', 'raw', false],
    ['a.prompt.txt', 'raw', true],
    ['a.jsonc', 'raw', false],
    ['', 'raw', false],
  ])('%s is %s, to be followed: %s', (name, kind, followed) => {
    expect(promptKind(name)).toBe(kind);
    expect(isPromptFile(name)).toBe(followed);
  });

  it('asks the language only when the name says nothing', () => {
    expect(promptKind(null, 'prompty')).toBe('prompty');
    expect(promptKind('Untitled-1', 'dotprompt')).toBe('dotprompt');
    expect(promptKind('a.json', 'prompty')).toBe('chatJson');
    expect(promptKind(null, 'constructor')).toBe('raw');
    expect(promptKind(null)).toBe('raw');
  });
});
