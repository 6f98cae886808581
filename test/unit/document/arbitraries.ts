/** Hostile and ordinary prompt files for the property tests, and the property that every one of them must keep. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: prompt files have such variables
import fc from 'fast-check';
import { expect } from 'vitest';
import { formatList } from '../../../src/document/formats';
import type { Message, PromptInput, SourcePiece } from '../../../src/protocol/model';

/** Fragments that mean something in one of the formats, so that random files get past their first line. */
const meaningful = fc.constantFrom(
  ...['---\n', '---', '\n', '\r\n', '\r', '\ufeff', ' ', 'sample:\n  a: 1\n', 'input:\n  default:\n    a: hello\n'],
  ...[
    'model:\n  api: completion\n',
    'template: mustache\n',
    'a: [1, *b]\n',
    'a: &b [*b]\n',
    '- ',
    '? ',
    '!!binary x\n',
  ],
  ...['system:\n', 'user:\n', '# Assistant:\n', 'tool[a="b"]:\n', 'narrator:\n', 'assistant:'],
  ...[
    '{{a}}',
    '{{ a }}',
    '{{a.b}}',
    '{{-a-}}',
    '{{~a~}}',
    '{{{a}}}',
    '\\{{a}}',
    '\\\\{{a}}',
    '{{',
    '}}',
    '{%',
    '{# c #}',
  ],
  ...[
    '{{! c }}',
    '{{!-- }} --}}',
    '{{role "system"}}',
    '{{role "model"}}',
    '{{history}}',
    '{{section "x"}}',
    '{{json a}}',
  ],
  ...[
    '{{__proto__}}',
    '{{constructor.name}}',
    '{{#if a}}',
    '{{&a}}',
    '${input:a}',
    '${input:b:default}',
    '${a}',
    '${',
    '}',
  ],
  ...[
    '🎉',
    '太长了',
    'x',
    '{"messages":',
    '[',
    ']',
    '{',
    '"role"',
    '"user"',
    ':',
    ',',
    '"content"',
    '"\\n\\u00e9\\ud83c"',
    'null',
  ],
  ...[
    'messages:\n',
    '  - role: user\n',
    '    content: ',
    '|\n      ',
    '>-\n      ',
    'template: ',
    'prompts:\n',
    '<message role="user">',
    '</message>',
    'SYSTEM ',
    'MESSAGE user ',
    '"""',
    'prompt = ',
    "'",
  ],
);

export const promptText = fc
  .array(fc.oneof({ weight: 3, arbitrary: meaningful }, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 24 })
  .map((parts) => parts.join(''));

/** A file of every format, one of another, and a text that is in no file. */
export const fileName = fc.constantFrom(null, 'a.md', 'a.py', ...formatList.map(([, { example }]) => example));

/** A JSON text in which each character of each string is written in one of the ways JSON allows. */
export const chatJsonText = fc
  .array(fc.record({ role: fc.constantFrom('user', 'system', 'narrator'), content: fc.string({ unit: 'binary' }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((messages) =>
    fc.infiniteStream(fc.boolean()).map((choices) => {
      const escaped = (text: string) =>
        [...Array(text.length).keys()]
          .map((at) => {
            const unit = text[at];
            const code = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
            const plain = JSON.stringify(unit).slice(1, -1);
            return choices.next().value ? code : plain;
          })
          .join('');
      const items = messages.map(
        ({ role, content }) => `{"content":"${escaped(content)}", "role" : "${escaped(role)}"}`,
      );
      return { messages, json: `[${items.join(',\n')}]` };
    }),
  );

/** Every content together with its pieces. */
export function stretches(input: PromptInput): Pick<Message, 'content' | 'pieces'>[] {
  return input.kind === 'raw' ? [{ content: input.text, pieces: input.pieces }] : input.messages;
}

/** Checks the promises of `SourcePiece` for every content of a prompt read from `text`. */
export function expectSoundPieces(text: string, input: PromptInput): void {
  for (const { content, pieces } of stretches(input)) {
    let contentEnd = 0;
    for (const { at, length, source } of pieces) {
      expect(length).toBeGreaterThan(0);
      expect(at).toBeGreaterThanOrEqual(contentEnd);
      contentEnd = at + length;
      expect(source[1]).toBeGreaterThan(source[0]);
      expect(source[1]).toBeLessThanOrEqual(text.length);
      // A lone carriage return is read as a line break.
      if (length === source[1] - source[0])
        expect(content.slice(at, at + length)).toBe(text.slice(...source).replaceAll('\r', '\n'));
    }
    expect(contentEnd).toBeLessThanOrEqual(content.length);
    // A loop's body repeats its places, as an example's template does; promptfoo's texts around a prompt stand behind it in the file.
    if (!/\{%|\{\{~?[#^>]|few_shot|prefix|suffix/.test(text)) expectFileOrder(pieces);
  }
}

/** The pieces of a message lie in the order of the file; only the two halves of one substituted tag may share a place. */
function expectFileOrder(pieces: SourcePiece[]): void {
  let end = 0;
  let previous: SourcePiece | null = null;
  for (const piece of pieces) {
    const sameTag = previous?.source[0] === piece.source[0] && previous.source[1] === piece.source[1];
    if (!sameTag) expect(piece.source[0]).toBeGreaterThanOrEqual(end);
    end = piece.source[1];
    previous = piece;
  }
}

/** Pairs of each piece's content and the file's text at its source. */
export function sourcesOf(text: string, { content, pieces }: Pick<Message, 'content' | 'pieces'>): [string, string][] {
  return pieces.map(({ at, length, source }) => [content.slice(at, at + length), text.slice(...source)]);
}
