// biome-ignore-all lint/suspicious/noTemplateCurlyInString: prompt files have such variables
import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { expectSoundPieces, sourcesOf } from './arbitraries';

function message(text: string, variables?: Record<string, string>) {
  const input = parsePrompt(text, { file: 'a.prompt.md', variables });
  expectSoundPieces(text, input);
  if (input.kind !== 'chat') throw new Error('a .prompt.md is a chat');
  expect(input.messages.map(({ role }) => role)).toEqual(['user']);
  return input.messages[0];
}

describe('.prompt.md', () => {
  it('is its body, as the user', () => {
    const text = '---\nmode: ask\n---\n\n# Task\n\nSay hello.\n';
    const { content, pieces } = message(text);
    expect(content).toBe('# Task\n\nSay hello.');
    expect(pieces).toEqual([{ at: 0, length: content.length, source: [19, 19 + content.length] }]);
  });

  it('needs no front matter, and reads none: VS Code is not strict about its YAML', () => {
    expect(message('Say hello.').content).toBe('Say hello.');
    expect(message('---\ndescription: Note: [this\n---\nHi').content).toBe('Hi');
    expect(message('Rule:\n---\nno front matter\n---\n').content).toBe('Rule:\n---\nno front matter\n---');
    expect(message('\n---\na: 1\n---\nHi').content).toBe('---\na: 1\n---\nHi');
  });

  it('reads CRLF as a line feed and drops it at the ends; a byte order mark is no text', () => {
    expect(message('\ufeff---\r\na: 1\r\n---\r\n\r\nOne\r\nTwo\r\n').content).toBe('One\nTwo');
  });

  it('fills variables that have a value and maps them to their tag', () => {
    const text = 'Dear ${input:name}, ${city:x} ${selection}${input:a.b}';
    const { content } = message(text, { name: 'Ada', selection: 'S' });
    expect(content).toBe('Dear Ada, ${city:x} S${input:a.b}');
    expect(sourcesOf(text, message(text, { name: 'Ada', selection: 'S' }))).toEqual([
      ['Dear ', 'Dear '],
      ['Ada', '${input:name}'],
      [', ${city:x} ', ', ${city:x} '],
      ['S', '${selection}'],
      ['${input:a.b}', '${input:a.b}'],
    ]);
  });

  it('sends an input without a value as it stands, since its text is only shown to the user', () => {
    const text = 'Q: ${input:question:Where is it? At 3:15?}!';
    expect(message(text).content).toBe(text);
    expect(message(text, { question: 'Why?' }).content).toBe('Q: Why?!');
  });

  it.each(['${', '${}', '$${', '${input:}', '${input::x}', '${input:a:}', '${a\nb}', '${a{b}}', '{{a}}'])(
    'leaves %j as it is',
    (text) => {
      expect(message(text, { b: 'x' }).content).toBe(text);
    },
  );

  it('is empty when nothing follows its front matter', () => {
    for (const text of ['', '---\na: 1\n---', '---\na: 1\n---\n\r\n\n', '---\n---\n']) {
      expect(() => parsePrompt(text, { file: 'a.prompt.md' })).toThrow(
        /^---/m.test(text) ? 'a.prompt.md has nothing after its front matter.' : 'a.prompt.md is empty.',
      );
    }
  });

  it('says where front matter begins that does not end', () => {
    expect(() => parsePrompt('\ufeff---\nmode: ask\nHello', { file: 'a.prompt.md' })).toThrow(
      'a.prompt.md cannot be read as a prompt: line 1, column 1: the front matter that begins here is not closed by a line of three dashes.',
    );
  });

  it('says where given values stand', () => {
    const { content, slots } = message('Dear ${input:name}, from ${input:city:Rome} to ${input:place}.', {
      name: 'Ada',
    });
    expect(slots?.map(([start, end]) => content.slice(start, end))).toEqual(['Ada']);
  });
});
