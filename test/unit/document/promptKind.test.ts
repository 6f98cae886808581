import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { broughtLanguages, formatTable, offeredWhen, wakingLanguages } from '../../../src/document/formatManifest';
import { endingOf, formatEndings, formatList, formatNamed } from '../../../src/document/formats';
import {
  holdsMessages,
  isNamedPrompt,
  isPromptFile,
  looksLikePrompt,
  promptKind,
} from '../../../src/document/promptKind';
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
    ['docs.instructions.md', 'customMd', true],
    ['.github/copilot-instructions.md', 'customMd', true],
    ['.roo/rules-code/a.md', 'customMd', true],
    ['x/.clinerules/a.md', 'customMd', true],
    ['.kiro/steering/product.md', 'customMd', true],
    ['.codex/prompts/fix.md', 'customMd', true],
    ['.claude/output-styles/kind.md', 'customMd', true],
    ['.clinerules/README.md', 'raw', true],
    ['.github/agents/planner.md', 'customMd', true],
    ['plugins/code/agents/reviewer.md', 'customMd', true],
    ['agents/README.md', 'raw', true],
    ['planner.agent.md', 'customMd', true],
    ['old.chatmode.md', 'customMd', true],
    ['.claude/skills/pdf/SKILL.md', 'customMd', true],
    ['.claude/commands/git/tidy.md', 'customMd', true],
    ['C:\\work\\.claude\\commands\\tidy.md', 'customMd', true],
    ['templates/commands/plan.md', 'customMd', true],
    ['.cursor/rules/style.mdc', 'customMd', true],
    ['.github/prompts/rename.md', 'promptMd', true],
    ['commands/README.md', 'raw', true],
    ['commands.md', 'raw', true],
    ['docs/commandsets/a.md', 'raw', true],
    ['commands/list.txt', 'raw', true],
    ['AGENTS.md', 'raw', true],
    ['.cursorrules', 'raw', true],
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

  it('is that of the editor’s own languages for instructions, agents and skills', () => {
    for (const language of ['instructions', 'chatagent', 'chatmode', 'skill'])
      expect(promptKind('house.md', language)).toBe('customMd');
    expect(promptKind('house.md', 'markdown')).toBe('raw');
  });

  it('is told by the name alone where nothing else has such a name', () => {
    expect(['a.prompt.md', 'a.prompty', 'SKILL.md', 'x/commands/b.md'].map(isNamedPrompt)).toEqual(Array(4).fill(true));
    expect(['README.md', 'a.txt', 'a.json', 'a.py'].map(isNamedPrompt)).toEqual(Array(4).fill(false));
  });

  it('is the name’s under every other language mode; JSON counts where the name says nothing', () => {
    expect(promptKind('a.prompty', 'plaintext')).toBe('prompty');
    expect(promptKind('a.txt', 'json')).toBe('raw');
    expect(promptKind('Untitled-1', 'json')).toBe('chatJson');
    expect(promptKind(null, 'constructor')).toBe('raw');
    expect(promptKind(null)).toBe('raw');
  });
});

it('a line of texts to learn from is one of JSON Lines, not of JSON', () => {
  const line = '{"text": "The sea is deep."}\n';
  expect([looksLikePrompt('jsonLines', line), looksLikePrompt('chatJson', line)]).toEqual([true, false]);
});

describe('a JSON text', () => {
  it.each([
    ['[{"role": "user", "content": "Hi"}]', true],
    ['{"model": "x", "messages" : []}', true],
    ['[{"role": "user", "content": "Hi"', true],
    ['{"editor.fontSize": 12}', false],
    ['{"prompt": "P ->", "completion": " C"}', true],
    ['{"question": "Q?", "answer": "A"}', true],
    ['{"contents": [{"parts": [{"text": "Hi"}]}]}', true],
    ['{"model": "x", "instructions": "I", "input": "Hi"}', true],
    ['{"prompt": "> ", "shell": "zsh"}', false],
    ['{"text": "the messages: none"}', false],
  ])('%s is meant as a conversation: %s', (json, meant) => {
    expect(holdsMessages(json)).toBe(meant);
  });
});

describe('every format', () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'));
  const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');

  it.each(formatList)('%s is what its endings, names and example are', (kind, { endings, names = [], example }) => {
    for (const name of [...endings.map((ending) => `a${ending}`), ...names, example]) {
      expect(promptKind(`folder/${name}`)).toBe(kind);
      expect(promptKind(name.toUpperCase())).toBe(kind);
      expect(isPromptFile(name)).toBe(true);
    }
  });

  it.each(formatList)('%s can be named on the command line, by a name of its own', (kind) => {
    expect(formatNamed(endingOf(kind))).toBe(kind);
    expect(formatEndings.filter((ending) => ending === endingOf(kind))).toHaveLength(1);
  });

  it.each(formatList)('%s has no language and no ending of another format', (kind, { endings, languages = [] }) => {
    for (const [other, format] of formatList) {
      if (other === kind) continue;
      expect(format.endings.filter((ending) => endings.includes(ending))).toEqual([]);
      expect((format.languages ?? []).filter((id) => languages.includes(id))).toEqual([]);
    }
  });

  it('stands in the manifest and in README as `node scripts/formats.mjs` writes it', () => {
    const events: string[] = manifest.activationEvents.filter((event: string) => event.startsWith('onLanguage:'));
    expect(events).toEqual(wakingLanguages().map((id) => `onLanguage:${id}`));
    expect(manifest.contributes.languages).toEqual(broughtLanguages());
    const titles: { command: string; when: string }[] = manifest.contributes.menus['editor/title'];
    expect(titles.find(({ command }) => command === 'promptLens.openPanel')?.when).toBe(offeredWhen());
    expect(readme).toContain(`<!-- table of formats -->\n${formatTable()}\n<!-- end of the table of formats -->`);
  });

  it.each(formatList)(
    '%s is offered by the button where it is offered unasked',
    (_, { endings, names = [], offered }) => {
      const pattern = /resourceFilename =~ \/(.+?)\/i \|\|/.exec(offeredWhen())?.[1];
      const button = new RegExp(pattern ?? '(?!)', 'i');
      for (const name of [...endings.map((ending) => `a${ending}`), ...names])
        expect(button.test(name)).toBe(offered === 'always');
    },
  );

  it.each(formatList)('%s has places only for Markdown, which the button knows anyway', (_, { places = [] }) => {
    for (const { source } of places) expect(source).toMatch(/\.md\$$/);
  });

  it.each(formatList)('%s has a fuzzer', (kind) => {
    expect(readers.map(({ name }) => name)).toContain(kind);
  });
});
