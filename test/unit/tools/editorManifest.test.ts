import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { editorManifest, editorStrings } from '../../../src/tools/editorManifest';

const read = (name: string) => JSON.parse(readFileSync(name, 'utf8'));

it('the editor is offered the tools as the contracts have them (node scripts/editorTools.mjs writes them)', () => {
  expect(read('package.json').contributes.languageModelTools).toEqual(JSON.parse(JSON.stringify(editorManifest())));
});

it('what a person reads of them stands in English as the commands say it, and in every language', () => {
  const strings = editorStrings();
  expect(read('package.nls.json')).toMatchObject(strings);
  for (const language of ['zh-cn', 'zh-tw']) {
    const own = read(`package.nls.${language}.json`);
    for (const [key, english] of Object.entries(strings)) {
      expect(own[key], `${language} ${key}`).toMatch(/\p{Script=Han}/u);
      expect(own[key]).not.toBe(english);
    }
  }
});

it('their names are such as the editor takes', () => {
  const tools = editorManifest();
  for (const { name, toolReferenceName, tags } of tools) {
    expect(name).toMatch(/^promptLens_[\w-]+$/);
    expect(toolReferenceName).toMatch(/^[\w-]+$/);
    for (const tag of tags) expect(tag).not.toMatch(/^(copilot_|vscode_)/);
  }
  expect(new Set(tools.map(({ toolReferenceName }) => toolReferenceName)).size).toBe(tools.length);
});
