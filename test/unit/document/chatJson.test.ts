import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { ProblemError } from '../../../src/protocol/problem';
import { chatJsonText, expectSoundPieces, sourcesOf } from './arbitraries';
import { reasonIn } from './reasons';

function messages(text: string) {
  const input = parsePrompt(text, { file: 'chat.json' });
  expectSoundPieces(text, input);
  if (input.kind !== 'chat') throw new Error('a chat .json is a chat');
  return input.messages;
}

const contents = (text: string) => messages(text).map(({ role, content }) => [role, content]);

describe('chat JSON', () => {
  it('is a list of messages, or an object that has one', () => {
    const list = '[ {"role": "system", "content": "Be brief."},\n {"content": "Hi", "name": "x", "role": "user"} ]';
    const expected = [
      ['system', 'Be brief.'],
      ['user', 'Hi'],
    ];
    expect(contents(list)).toEqual(expected);
    expect(contents(`\ufeff\n{"model": {"n": [-1.5e+3, true, null]}, "messages": ${list} }\r\n`)).toEqual(expected);
  });

  it('joins text parts, takes null for no text, and any word for a role', () => {
    expect(
      contents(
        '[{"role":"user","content":[{"type":"text","text":"a"},{"text":"b","type":"text"}]},{"role":"assistant","content":null,"tool_calls":[]},{"role":"narrator","content":""}]',
      ),
    ).toEqual([
      ['user', 'ab'],
      ['assistant', ''],
      ['narrator', ''],
    ]);
  });

  it('maps plain runs and single escapes to their place inside the quotes', () => {
    const text = String.raw`[{"role":"user","content":"a\"b\n太\u0041\ud83c\udf89 \/🎉"}]`;
    const [message] = messages(text);
    expect(message.content).toBe('a"b\n太A🎉 /🎉');
    expect(sourcesOf(text, message)).toEqual([
      ['a', 'a'],
      ['"', '\\"'],
      ['b', 'b'],
      ['\n', '\\n'],
      ['太', '太'],
      ['A', '\\u0041'],
      ['\ud83c', '\\ud83c'],
      ['\udf89', '\\udf89'],
      [' ', ' '],
      ['/', '\\/'],
      ['🎉', '🎉'],
    ]);
  });

  it('says what JSON.parse says, however its characters are written, and every unit has its place', () => {
    fc.assert(
      fc.property(chatJsonText, ({ messages: expected, json }) => {
        expect(JSON.parse(json)).toEqual(expected);
        const read = messages(json);
        expect(read.map(({ role, content }) => ({ role, content }))).toEqual(expected);
        for (const { content, pieces } of read) {
          expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(content.length);
        }
      }),
    );
  });

  it('accepts and refuses what JSON.parse accepts and refuses', () => {
    const token = fc.constantFrom(
      ...[
        '[',
        ']',
        '{',
        '}',
        ',',
        ':',
        '"a"',
        '"',
        '\\n',
        '\\x',
        '1',
        '-',
        '0',
        '01',
        '1.',
        'e5',
        'true',
        'nul',
        ' ',
        '\t',
        '\n',
      ],
    );
    const json = fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc.array(token, { maxLength: 8 }).map((tokens) => tokens.join('')),
    );
    const syntax = new Set(['jsonSyntax', 'jsonValue', 'jsonText', 'jsonTemplate']);
    fc.assert(
      fc.property(json, (text) => {
        // A message may hold any JSON beside role and content.
        const whole = `[{"role":"user","content":"","extra":${text}}]`;
        // A comma after the last item is read too, as the editor reads its own files.
        fc.pre(!/,\s*[\]}]/.test(whole));
        let valid = true;
        try {
          JSON.parse(whole);
        } catch {
          valid = false;
        }
        let problem: ProblemError['problem'] | null = null;
        try {
          messages(whole);
        } catch (error) {
          problem = (error as ProblemError).problem;
        }
        expect(syntax.has(problem ? reasonIn(problem)[0] : '')).toBe(!valid);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a malformed chat', () => {
  it.each([
    ['[\n  {"role": "user" "content": "x"}\n]', 'jsonSyntax', 2, 19],
    ['[{"role":"user","content":"x"}', 'jsonSyntax', 1, 31],
    ['[] x', 'jsonSyntax', 1, 4],
    ['{role: "user"}', 'jsonSyntax', 1, 2],
    ["['a']", 'jsonValue', 1, 2],
    ['[{"role":"user","content":"x"},,]', 'jsonValue', 1, 32],
    ['[,]', 'jsonValue', 1, 2],
    ['[1] /* not closed', 'jsonSyntax', 1, 5],
    ['[{"role":"user","content":"x\ny"}]', 'jsonText', 1, 29],
    ['[{"role":"user","content":"\\q"}]', 'jsonText', 1, 28],
    ['[{"role":"user","content":"x', 'jsonText', 1, 27],
    [`${'['.repeat(100)}${']'.repeat(100)}`, 'jsonDeep', 1, 66],
    ['{"name": "package"}', 'chatShape', 1, 1],
    ['{"messages": "x"}', 'chatShape', 1, 14],
    ['"text"', 'chatShape', 1, 1],
    ['[1]', 'chatShape', 1, 1],
    ['[{"role":"user","content":"x"}, 1]', 'chatMessage', 1, 33],
    ['[{"content":"x"}]', 'chatRole', 1, 2],
    ['[{"role":7,"content":"x"}]', 'chatRole', 1, 10],
    ['[{"role":"","content":"x"}]', 'chatRole', 1, 10],
    ['[{"role":"user"}]', 'chatContent', 1, 2],
    ['[{"role":"user","content":7}]', 'chatContent', 1, 27],
    ['[{"role":"user","content":["x", 7]}]', 'chatContent', 1, 33],
    ['[{"role":"user","content":true}]', 'chatContent', 1, 27],
  ])('%j is refused: %s at line %i, column %i', (text, reason, line, column) => {
    let problem: ProblemError['problem'] | null = null;
    try {
      messages(text);
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      problem = (error as ProblemError).problem;
    }
    expect(problem && reasonIn(problem)).toEqual([reason, String(line), String(column)]);
    expect(problem?.message).toContain(`chat.json cannot be read as a prompt: line ${line}, column ${column}: `);
  });

  it.each(['', ' \n', '\ufeff', '[]', '{"messages": []}'])('%j is empty', (text) => {
    expect(() => messages(text)).toThrow('chat.json is empty.');
  });
});
