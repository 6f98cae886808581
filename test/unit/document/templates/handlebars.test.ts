/** Handlebars: the package itself is the measure, on templates put together at random and on dotprompt's own cases, re-written. */
import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../../src/document/parsePrompt';
import { mappedRange } from '../../../../src/document/templates/mappedText';
import { renderTemplate } from '../../../../src/document/templates/renderTemplate';
import type { OwnValue } from '../../../../src/document/templates/templateVariables';
import { ProblemError } from '../../../../src/protocol/problem';

const values = {
  name: 'Mira',
  yes: true,
  no: false,
  zero: 0,
  none: null,
  list: ['a', 'b'],
  rows: [{ name: 'kettle', n: 1 }, { name: 'lamp' }],
  map: { x: 1, y: [2] },
  empty: [],
  v: 'V',
  k: 'K',
};

function render(template: string): {
  content: string;
  pieces: { at: number; length: number; source: [number, number] }[];
} {
  const source = { text: template, file: 'a.prompt', start: 0, variables: {} };
  const own = new Map(
    Object.entries(values).map(([name, value]): [string, OwnValue] => [name, { value, from: 'file' }]),
  );
  return renderTemplate(source, { language: 'handlebars', template: mappedRange(template, [0, template.length]), own })
    .text;
}

/**
 * A point follows what may be a number or a boolean: where two of those meet without text between them, the package adds them up, and
 * `{{a}}{{b}}` of 1 and 2 becomes 3. That is not followed.
 */
const part = fc.constantFrom(
  ...[
    '{{name}}',
    '{{{name}}}',
    '{{&name}}',
    '{{~name~}}',
    '{{list}}',
    '{{list.[0]}}',
    '{{[name]}}',
    '{{this.name}}',
    '{{map.x}}.',
  ],
  ...[
    '{{zero}}.',
    '{{no}}.',
    '{{none}}.',
    '{{map}}',
    '{{@root.name}}',
    '{{! c }}',
    '{{!-- }} --}}',
    '{{~! c ~}}',
    '\\{{name}} ',
  ],
  ...[
    '{{#if yes}}',
    '{{#if no}}',
    '{{#if zero includeZero=true}}',
    '{{#unless yes}}',
    '{{#each list}}',
    '{{#each rows}}',
    '{{#each map}}',
  ],
  ...[
    '{{#with map}}',
    '{{#yes}}',
    '{{#rows}}',
    '{{#empty}}',
    '{{^no}}',
    '{{~#if yes~}}',
    '{{#each list as |v k|}}',
    '{{v}}.{{k}}.',
  ],
  ...[
    '{{else}}',
    '{{~else~}}',
    '{{else if name}}',
    '{{/if}}',
    '{{/unless}}',
    '{{/each}}',
    '{{/with}}',
    '{{~/if~}}',
    '{{/rows}}',
    '{{/yes}}',
  ],
  ...[
    '{{@index}}.',
    '{{@key}}.',
    '{{@first}}.{{@last}}.',
    '{{this}}.',
    '{{../name}}',
    '{{lookup list 1}}',
    '{{lookup map "x"}}.',
  ],
  ...['\n', '\n', '\r\n', ' ', '  ', '\t', 'x', 'yz', '-', '{', '}'],
);
/** Well-formed blocks, so that most templates are accepted. */
const block: fc.Arbitrary<string> = fc.letrec<{ some: string }>((tie) => ({
  some: fc.oneof(
    { maxDepth: 3 },
    part.filter((each) => !/^\{\{~?(?:[#^/]|else|~else)/.test(each)),
    fc
      .tuple(
        fc.constantFrom('if yes', 'if no', 'unless no', 'each list', 'each rows', 'with map', 'each empty'),
        fc.array(tie('some'), { maxLength: 4 }),
        fc.array(tie('some'), { maxLength: 3 }),
        fc.constantFrom('', '\n', '~'),
      )
      .map(([head, body, otherwise, edge]) => {
        const tilde = edge === '~' ? '~' : '';
        const line = edge === '\n' ? '\n' : '';
        const rest = otherwise.length > 0 ? `{{${tilde}else}}${line}${otherwise.join('')}` : '';
        return `${line}{{${tilde}#${head}}}${line}${body.join('')}${rest}{{/${head.split(' ')[0]}${tilde}}}${line}`;
      }),
  ),
})).some;

describe('a Handlebars template', () => {
  it('renders as the package does, or is refused', () => {
    const template = fc.oneof(
      fc.array(part, { maxLength: 10 }).map((parts) => parts.join('')),
      fc.array(block, { maxLength: 6 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(template, (text) => {
        let right: string | null;
        try {
          right = Handlebars.compile(text, { noEscape: true, knownHelpersOnly: true })(values);
        } catch {
          right = null;
        }
        try {
          const { content, pieces } = render(text);
          if (right !== null) expect(content).toBe(right);
          for (const { at, length, source } of pieces) {
            expect(source[1]).toBeLessThanOrEqual(text.length);
            if (source[1] - source[0] === length) expect(text.slice(...source)).toBe(content.slice(at, at + length));
          }
        } catch (error) {
          if (!(error instanceof ProblemError)) throw error;
          expect(right).toBe(null);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['{{#each a}}{{#each ../a}}{{#each ../../a}}{{this}}{{/each}}{{/each}}{{/each}}', 'makes too much text'],
    ['{{#if a}}'.repeat(3000), 'nested too deeply'],
  ])('%# that is too much ends in a sentence', (template, words) => {
    const text = `---\ninput: {default: {a: [${'1, '.repeat(300)}]}}\n---\n${template}`;
    expect(() => parsePrompt(text, { file: 'a.prompt' })).toThrow(words);
  });
});

const quoted = (name: string) => `{{role "${name}"}}`;
const choice = (helper: string) => `{{#${helper} one two}}\nsame\n{{else}}\nother\n{{/${helper}}}\n`;

describe('dotprompt’s own rules', () => {
  /** Template, values (JSON), messages; partials by name. */
  const cases: [string, string, [string, string][], Record<string, string>?][] = [
    ['Dear {{who}},\n', '{"who": "Ada"}', [['user', 'Dear Ada,\n']]],
    ['{{who}}', '{"who": "<i>&</i>"}', [['user', '<i>&</i>']]],
    [
      `${quoted('system')}Be {{how}}.\n${quoted('user')}Hi {{who}}\n`,
      '{"how": "kind", "who": "you"}',
      [
        ['system', 'Be kind.\n'],
        ['user', 'Hi you'],
      ],
    ],
    [
      `${quoted('system')}s\n${quoted('user')}u\n${quoted('model')}m\n${quoted('user')}v`,
      '{}',
      [
        ['system', 's\n'],
        ['user', 'u\n'],
        ['assistant', 'm\n'],
        ['user', 'v'],
      ],
    ],
    [
      `${quoted('system')}s\n{{history}}\n${quoted('user')}u`,
      '{}',
      [
        ['system', 's\n'],
        ['user', 'u'],
      ],
    ],
    ['{{section "a"}}\nfirst\n{{section "b"}}\nsecond', '{}', [['user', '\nfirst\n\nsecond']]],
    ['{{json this}}', '{"a": {"b": [1, true]}}', [['user', '{"a":{"b":[1,true]}}']]],
    ['{{json a indent=3}}', '{"a": {"b": 1}}', [['user', '{\n   "b": 1\n}']]],
    [choice('ifEquals'), '{"one": 4, "two": 4}', [['user', 'same\n']]],
    [choice('ifEquals'), '{"one": 4, "two": "4"}', [['user', 'other\n']]],
    [choice('ifEquals'), '{"one": null, "two": null}', [['user', 'same\n']]],
    [choice('unlessEquals'), '{"one": true, "two": false}', [['user', 'same\n']]],
    [choice('unlessEquals'), '{"one": false, "two": false}', [['user', 'other\n']]],
    ['A   {{~who~}}   B', '{"who": "-"}', [['user', 'A-B']]],
    ['List:{{#each xs~}}\n* {{this}}\n{{~/each}}.', '{"xs": ["p", "q"]}', [['user', 'List:* p* q.']]],
    ['{{> hello who=name}} End', '{"name": "Ada"}', [['user', 'Hi Ada! End']], { hello: 'Hi {{who}}!' }],
    ['{{> outer}}', '{}', [['user', 'a <b>']], { outer: 'a {{> inner}}', inner: '<b>' }],
    ['x\n  {{> lines}}\ny', '{}', [['user', 'x\n  1\n  2\ny']], { lines: '1\n2\n' }],
    ['{{> note}}\n', '{}', [['user', '# kept\nyes\n']], { note: '{{! gone }}\n# kept\nyes\n' }],
  ];

  it.each(cases)('%j with %s', (template, json, messages, partials = {}) => {
    const input = parsePrompt(`---\ninput:\n  default: ${json}\n---\n${template}`, {
      file: 'a.prompt',
      readBeside: (path) => partials[/^_(.*)\.prompt$/.exec(path)?.[1] ?? ''] ?? null,
    });
    const read = input.kind === 'chat' ? input.messages.map(({ role, content }) => [role, content]) : [];
    // With front matter the template is trimmed, so that a last line break written here is not in the prompt.
    expect(read.map(([role, content]) => [role, content.trimEnd()])).toEqual(
      messages.map(([role, content]) => [role, content.trimEnd()]),
    );
  });

  it('a partial that is missing, or that calls itself, ends in one sentence', () => {
    const read = (readBeside: (path: string) => string | null) => () =>
      parsePrompt('{{> a}}', { file: 'x.prompt', readBeside });
    expect(read(() => null)).toThrow('there is no file _a.prompt beside this one');
    expect(read(() => 'x{{> a}}')).toThrow('nested too deeply');
    expect(read(() => '{{#if}')).toThrow('the file _a.prompt that is put in here cannot be rendered');
  });

  it('pictures are left out and counted', () => {
    const input = parsePrompt('Look:\n{{media url=u}}\nNow.', { file: 'a.prompt', variables: { u: 'x.png' } });
    expect(input).toMatchObject({ messages: [{ content: 'Look:\n\nNow.' }] });
    expect(input.notes?.map(({ clause }) => clause)).toEqual(['noteLeftOut']);
  });
});
