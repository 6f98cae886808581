import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endingOf, formatEndings, holdsMessages, isPromptFile, promptKind } from '../../../src/document/promptKind';
import { readers } from '../../fuzz/readers';

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

  it('is what the language mode says where that is one of a prompt format', () => {
    expect(promptKind('mail.tmpl', 'prompty')).toBe('prompty');
    expect(promptKind('notes.txt', 'dotprompt')).toBe('dotprompt');
    expect(promptKind('a.json', 'prompty')).toBe('prompty');
    expect(promptKind('Untitled-1', 'prompt')).toBe('promptMd');
    expect(promptKind(null, 'prompty')).toBe('prompty');
    expect(isPromptFile('mail.tmpl', 'prompty')).toBe(true);
    expect(isPromptFile('mail.tmpl', 'plaintext')).toBe(false);
  });

  it('is the name’s under every other language mode; JSON counts where the name says nothing', () => {
    expect(promptKind('a.prompty', 'plaintext')).toBe('prompty');
    expect(promptKind('a.txt', 'json')).toBe('raw');
    expect(promptKind('Untitled-1', 'json')).toBe('chatJson');
    expect(promptKind(null, 'constructor')).toBe('raw');
    expect(promptKind(null)).toBe('raw');
  });
});

describe('a JSON text', () => {
  it.each([
    ['[{"role": "user", "content": "Hi"}]', true],
    ['{"model": "x", "messages" : []}', true],
    ['[{"role": "user", "content": "Hi"', true],
    ['{"editor.fontSize": 12}', false],
    ['{"text": "the messages: none"}', false],
  ])('%s is meant as a conversation: %s', (json, meant) => {
    expect(holdsMessages(json)).toBe(meant);
  });
});

describe('every format', () => {
  const formats = Object.entries(endingOf);
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'));

  it.each(formats)('%s is what a file with its ending is', (kind, ending) => {
    expect(promptKind(`a.${ending}`)).toBe(kind);
    expect(isPromptFile(`a.${ending}`)).toBe(true);
  });

  it('can be named on the command line', () => {
    expect(formats.map(([, ending]) => ending).sort()).toEqual([...formatEndings].sort());
  });

  // The editor itself brings languages for plain text, JSON and .prompt.md.
  it.each(formats.filter(([kind]) => !['raw', 'chatJson', 'promptMd'].includes(kind)))(
    '%s has a language in the manifest, and the menus know its ending',
    (kind, ending) => {
      const { languages, menus } = manifest.contributes;
      const language = languages.find(({ extensions = [] }: { extensions?: string[] }) =>
        extensions.includes(`.${ending}`),
      );
      expect(language).toBeDefined();
      expect(promptKind(null, language.id)).toBe(kind);
      expect(manifest.activationEvents).toContain(`onLanguage:${language.id}`);
      const titles: { when: string }[] = menus['editor/title'];
      expect(titles.some(({ when }) => when.includes(ending.replace('.', '\\.')) && when.includes(language.id))).toBe(
        true,
      );
    },
  );

  it.each(formats)('%s has a fuzzer', (kind) => {
    expect(readers.map(({ name }) => name)).toContain(kind);
  });
});
