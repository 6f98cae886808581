// biome-ignore-all lint/suspicious/noTemplateCurlyInString: prompt files have such variables
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParseOptions, parsePrompt } from '../../../src/document/parsePrompt';
import { selectionPrompt } from '../../../src/document/rawText';
import { ProblemError } from '../../../src/protocol/problem';
import { longestText, longestTyped } from '../../../src/protocol/textLength';
import { expectSoundPieces, fileName, promptText, stretches } from './arbitraries';

const parsed = (text: string, options: ParseOptions) => {
  try {
    return parsePrompt(text, options);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
};

describe('any file', () => {
  it('has the text of its twin with plain line ends, each piece at its place in the file as it is', () => {
    const windows = fc.array(fc.constantFrom('\r\n', '\r', '\n', 'a', 'user:\r\n', '---\r\n', '{{a}}'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          promptText,
          windows.map((parts) => parts.join('')),
        ),
        fileName,
        (text, file) => {
          const [own, twin] = [parsed(text, { file }), parsed(text.replace(/\r\n?/g, '\n'), { file })];
          if (typeof own === 'string' || typeof twin === 'string') {
            expect(own).toBe(twin);
            return;
          }
          expect(stretches(own).map(({ content }) => content)).toEqual(stretches(twin).map(({ content }) => content));
          expectSoundPieces(text, own);
          for (const { content, pieces } of stretches(own)) {
            for (const { at, length, source } of pieces) {
              // Only a line end takes two units for one; what else is written differently is a whole tag or escape.
              if (length === 1 && content[at] === '\n' && source[1] - source[0] === 2)
                expect(['\r\n', '\\n']).toContain(text.slice(...source));
            }
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('becomes sound pieces or one of three problems', () => {
    const variables = fc.dictionary(fc.constantFrom('a', 'b', 'a.b'), fc.string({ maxLength: 12 }));
    const mode = fc.constantFrom('auto', 'raw', 'chat', undefined);
    fc.assert(
      fc.property(promptText, fileName, mode, variables, (text, file, mode, variables) => {
        const result = parsed(text, { file, mode, variables });
        if (typeof result === 'string')
          expect(['promptMalformed', 'promptNotRead', 'emptyPrompt', 'emptyBody', 'textTooLarge']).toContain(result);
        else expectSoundPieces(text, result);
      }),
      { numRuns: 3000 },
    );
  });

  it('is taken as it stands in raw mode, less its byte order mark', () => {
    fc.assert(
      fc.property(promptText, fileName, (text, file) => {
        const result = parsed(text, { file, mode: 'raw' });
        const kept = text.replace(/^\ufeff/, '');
        if (typeof result === 'string') expect([result, kept]).toEqual(['emptyPrompt', '']);
        else {
          expect(result).toMatchObject({ kind: 'raw', file, text: kept.replace(/\r\n?/g, '\n') });
          expectSoundPieces(text, result);
        }
      }),
    );
  });

  it('is one message of the user in chat mode when it has no roles of its own', () => {
    expect(parsePrompt('Hi there\n', { file: 'a.txt', mode: 'chat' })).toEqual({
      kind: 'chat',
      file: 'a.txt',
      messages: [{ role: 'user', content: 'Hi there\n', pieces: [{ at: 0, length: 9, source: [0, 9] }] }],
    });
    const json = '[{"role":"system","content":"Hi"}]';
    expect(parsePrompt(json, { file: 'a.json', mode: 'chat' })).toEqual(parsePrompt(json, { file: 'a.json' }));
  });
});

describe('plain text', () => {
  it.each([null, 'a.txt', 'a.md', 'a.py', 'Untitled-1', 'notes'])('%s is raw, nothing trimmed', (file) => {
    const text = '  Review:\n\tgood \n';
    expect(parsePrompt(text, { file })).toEqual({
      kind: 'raw',
      file,
      text,
      pieces: [{ at: 0, length: text.length, source: [0, text.length] }],
    });
  });

  it('of spaces is a prompt, of nothing is not', () => {
    expect(parsePrompt('   ', { file: 'a.txt' })).toMatchObject({ text: '   ' });
    for (const text of ['', '\ufeff']) {
      expect(() => parsePrompt(text, { file: 'a.txt' })).toThrow('a.txt is empty.');
      expect(() => parsePrompt(text, { file: null, mode: 'chat' })).toThrow('untitled is empty.');
    }
  });

  it('keeps template tags and front matter as text', () => {
    const text = '---\na: 1\n---\n{{a}} ${input:b}';
    expect(parsePrompt(text, { file: 'a.txt', variables: { a: 'x', b: 'y' } })).toMatchObject({ text });
  });
});

describe('a document without a name', () => {
  it('is read by its language when that is a prompt language', () => {
    expect(parsePrompt('Hi', { file: 'Untitled-1', languageHint: 'prompt' }).kind).toBe('chat');
    expect(parsePrompt('Hi', { file: 'a.txt', languageHint: 'prompt' }).kind).toBe('chat');
    expect(parsePrompt('Hi', { file: 'a.txt', languageHint: 'json' }).kind).toBe('raw');
    const chat = '[{"role": "user", "content": "Hi"}]';
    expect(parsePrompt(chat, { file: null, languageHint: 'json' }).kind).toBe('chat');
  });
});

describe('a selection', () => {
  it('is raw text that maps to its place, whichever end was dragged', () => {
    const text = 'const a = "太长了 🎉";';
    const prompt = selectionPrompt(text, 11, 17, 'a.ts');
    expect(prompt).toEqual({
      kind: 'raw',
      file: 'a.ts',
      text: '太长了 🎉',
      pieces: [{ at: 0, length: 6, source: [11, 17] }],
    });
    expect(selectionPrompt(text, 17, 11, 'a.ts')).toEqual(prompt);
  });

  it('stays inside the text and is not empty', () => {
    expect(selectionPrompt('abc', -5, 99, null)).toMatchObject({ text: 'abc', pieces: [{ source: [0, 3] }] });
    expect(() => selectionPrompt('abc', 2, 2, 'a.txt')).toThrow('a.txt is empty.');
    expect(() => selectionPrompt('abc', 8, 9, 'a.txt')).toThrow('a.txt is empty.');
  });

  it('of anything has sound pieces', () => {
    fc.assert(
      fc.property(promptText, fc.integer(), fc.integer(), (text, a, b) => {
        try {
          expectSoundPieces(text, selectionPrompt(text, a, b, null));
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
        }
      }),
    );
  });
});

describe('a very long file', () => {
  const million = 2 ** 20;
  // Each shape would take a careless reader quadratic time, and so minutes; these readers take a fraction of a second.
  it.each([
    ['plain', 'a.txt', 'a'.repeat(million)],
    ['one JSON text', 'a.json', JSON.stringify([{ role: 'user', content: 'a'.repeat(million) }])],
    ['escapes', 'a.json', JSON.stringify([{ role: 'user', content: '\n'.repeat(million / 2) }])],
    ['open brackets', 'a.json', '['.repeat(million)],
    ['open braces', 'a.prompt.md', '${'.repeat(million / 2)],
    ['open tags', 'a.prompty', '{{'.repeat(million / 2)],
    ['comments on one line', 'a.prompt', 'x{{!}}'.repeat(million / 6)],
    ['roles', 'a.prompty', 'user:\nx\n'.repeat(million / 8)],
    ['line breaks', 'a.prompty', `${'\n'.repeat(million)}x`],
    ['no end of front matter', 'a.prompty', `---\n${'a: b\n'.repeat(million / 5)}`],
    ['long front matter', 'a.prompt', `---\n${'a: b\n'.repeat(million / 5)}---\nx`],
  ])('of %s is read in linear time', (_, file, text) => {
    const start = process.cpuUsage();
    const result = parsed(text, { file });
    const { user, system } = process.cpuUsage(start);
    // Of the processor, since a busy machine runs something else in between.
    expect((user + system) / 1000).toBeLessThan(4000);
    if (typeof result === 'string') expect(result).toBe('promptMalformed');
    else expect(stretches(result).length).toBeGreaterThan(0);
  });

  it('is refused above the limit, also when only its variables make it so long', () => {
    expect(parsed('a'.repeat(longestText + 1), { file: null })).toBe('textTooLarge');
    const typed = { file: null, longest: longestTyped };
    expect(parsed('a'.repeat(longestTyped + 1), typed)).toBe('textTooLarge');
    expect(parsed('a'.repeat(longestTyped), typed)).not.toBe('textTooLarge');
    expect(parsed('{{a}}'.repeat(5000), { file: 'a.prompt', variables: { a: 'a'.repeat(1000) } })).toBe('textTooLarge');
  });
});
