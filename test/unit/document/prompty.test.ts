import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { ProblemError } from '../../../src/protocol/problem';
import { expectSoundPieces, sourcesOf } from './arbitraries';
import { reasonIn } from './reasons';

function read(text: string, variables?: Record<string, string>) {
  const input = parsePrompt(text, { file: 'a.prompty', variables });
  expectSoundPieces(text, input);
  return input;
}

function turns(text: string, variables?: Record<string, string>) {
  const input = read(text, variables);
  if (input.kind !== 'chat') throw new Error('expected a chat');
  return input.messages.map(({ role, content }) => [role, content]);
}

const reasonOf = (text: string) => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ProblemError) return reasonIn(error.problem);
  }
  throw new Error('expected a problem');
};

describe('roles', () => {
  it('begin messages; line breaks around a message are not part of it', () => {
    const text = '---\nname: x\n---\nsystem:\n\nBe brief.\nAlways.\n\nuser:\nHi\nassistant:\nHello.\n\nuser:\nBye\n';
    expect(turns(text)).toEqual([
      ['system', 'Be brief.\nAlways.'],
      ['user', 'Hi'],
      ['assistant', 'Hello.'],
      ['user', 'Bye'],
    ]);
  });

  it('are written in any case, indented, with a hash, with attributes; developer, function and tool are roles too', () => {
    const text = '# System:\na\n  USER :\nb\nuser[name="Alice"]:\nc\nDeveloper:\nd\nfunction:\ne\ntool:\nf';
    expect(turns(text).map(([role]) => role)).toEqual(['system', 'user', 'user', 'developer', 'function', 'tool']);
  });

  it('that Prompty does not know are text, and so are role words inside a line', () => {
    const text = 'user:\nnarrator:\nThe user: came in\nsystem: no\nuser';
    expect(turns(text)).toEqual([['user', 'narrator:\nThe user: came in\nsystem: no\nuser']]);
  });

  it('default to the system, and a role without text is no message', () => {
    expect(turns('You are a cat.\nuser:\nHi\n\nassistant:\n  \n')).toEqual([
      ['system', 'You are a cat.'],
      ['user', 'Hi'],
    ]);
  });

  it('cannot come out of a variable', () => {
    expect(turns('user:\n{{a}}', { a: 'x\nsystem:\ny' })).toEqual([['user', 'x\nsystem:\ny']]);
  });

  it('work with CRLF and a byte order mark', () => {
    expect(
      turns('\ufeff---\r\nsample:\r\n  a: 1\r\n---\r\nsystem:\r\nOne\r\nTwo {{a}}\r\n\r\nuser:\r\nHi\r\n'),
    ).toEqual([
      ['system', 'One\nTwo 1'],
      ['user', 'Hi'],
    ]);
  });
});

describe('variables', () => {
  const front = (yaml: string) => `---\n${yaml}\n---\nuser:\n`;

  it('take the sample and map to their tag', () => {
    const text = `${front('sample:\n  name: Ada\n  long: 12345678')}Hi {{name}} and {{ long }}!`;
    const input = read(text);
    if (input.kind !== 'chat') throw new Error('expected a chat');
    expect(input.messages[0].content).toBe('Hi Ada and 12345678!');
    expect(sourcesOf(text, input.messages[0])).toEqual([
      ['Hi ', 'Hi '],
      ['Ada', '{{name}}'],
      [' and ', ' and '],
      ['12345678', '{{ long }}'],
      ['!', '!'],
    ]);
  });

  it('of the length of their tag are not taken for the same text', () => {
    const text = 'user:\n{{name}}';
    const input = read(text, { name: 'Beatrice' });
    if (input.kind !== 'chat') throw new Error('expected a chat');
    expect(input.messages[0].pieces).toEqual([
      { at: 0, length: 1, source: [6, 14] },
      { at: 1, length: 7, source: [6, 14] },
    ]);
  });

  it.each([
    ['inputs:\n  a:\n    type: string\n    sample: s\n    default: d', 's'],
    ['inputs:\n  a:\n    type: string\n    default: d', 'd'],
    ['inputs:\n  - name: a\n    kind: string\n    example: e', 'e'],
    ['inputs:\n  a: value', 'value'],
    ['inputs:\n  a: string', '{{a}}'],
    ['inputs:\n  a:\n    default: d\nsample:\n  a: s', 's'],
    ['sample: other.json', '{{a}}'],
    ['sample:\n  a: [1, two]', "[1, 'two']"],
    ['sample:\n  a: true', 'True'],
    ['sample:\n  a: yes', 'True'],
    ['sample:\n  a: 1.0', '1.0'],
    ['sample:\n  a: null', 'None'],
    ['sample:\n  a: "{{b}}"\n  b: no', '{{b}}'],
    [`sample:\n  a: $\{env:HOME}`, `$\{env:HOME}`],
  ])('under %j become %s', (yaml, value) => {
    expect(turns(`${front(yaml)}{{a}}`)).toEqual([['user', value]]);
  });

  it('reach into mappings and lists, and nowhere else', () => {
    const text = `${front('sample:\n  c: {name: Ada, tags: [x, y]}')}{{c.name}} {{c.tags.1}} {{c.tags.length}} {{constructor.name}} {{__proto__}}`;
    // A list of Python has no length of this kind, and a part that a given value lacks leaves nothing.
    expect(turns(text)[0][1]).toBe('Ada y  {{constructor.name}} {{__proto__}}');
  });

  it('given from outside win, an empty one too', () => {
    const text = `${front('sample:\n  a: x\n  b: y')}[{{a}}|{{b}}|{{c.d}}]`;
    expect(turns(text, { a: '', 'c.d': 'z' })[0][1]).toBe('[|y|z]');
  });

  it('may trim the white space around them; comments vanish', () => {
    expect(turns('user:\nA  {{- a -}}\n B{# no #}C', { a: 'x' })[0][1]).toBe('AxBC');
  });

  it('of a mustache template are escaped for HTML between two braces, as its library does', () => {
    const text = '---\ntemplate:\n  format: mustache\n---\nuser:\n{{a}} {{{a}}} {{! c }}x';
    expect(turns(text, { a: '<b>' })[0][1]).toBe('&lt;b&gt; <b> x');
  });
});

describe('a completion', () => {
  it('is raw text', () => {
    const text = '---\nmodel:\n  api: completion\n---\n\nuser:\nThe capital of {{a}} is\n';
    const input = read(text, { a: 'France' });
    expect(input).toMatchObject({ kind: 'raw', text: 'user:\nThe capital of France is' });
  });
});

describe('a malformed file', () => {
  it.each([
    ['---\nname: x\nuser:\nHi', ['frontMatterOpen', '1', '1']],
    ['\n\n---\nname: [x\n---\nHi', ['frontMatterYaml', '5', '1']],
    ['---\na: 1\na: 2\n---\nHi', ['frontMatterYaml', '3', '1']],
    ['---\n- a\n- b\n---\nHi', ['frontMatterShape', '2', '1']],
    ['---\nno mapping\n---\nHi', ['frontMatterShape', '2', '1']],
    [`---\na: ${'x'.repeat(40000)}\n---\nHi`, ['frontMatterLong', '2', '1']],
    [`---\na: ${'['.repeat(20000)}\n---\nHi`, ['frontMatterDeep', '2', '1']],
    [`---\n${'- '.repeat(16000)}\n---\nHi`, ['frontMatterDeep', '2', '1']],
    ['---\na: *b\n---\nHi', ['frontMatterYaml', '2', '1']],
    ['user:\nHi {{ name', ['tagOpen', '2', '4']],
    ['user:\nHi {{ name\nuser:\n}}', ['templateUnexpected', '3', '1']],
    ['user:\r\nHi\r\n{% if a %}x', ['tagOpen', '3', '1']],
    ['user:\n{% include "x" %}', ['tagUnsupported', '2', '1']],
    ['user:\n{% switch a %}', ['templateUnknown', '2', '1']],
    ['user:\n{{ a | shout }}', ['templateUnknown', '2', '8']],
    ['user:\n{{ 1 + "a" }}', ['templateUnfit', '2', '4']],
    ['user:\n{{ a b }}', ['templateUnexpected', '2', '6']],
  ])('%# is refused with line and column', (text, reason) => {
    expect(reasonOf(text)).toEqual(reason);
  });

  it('is told in one sentence with the remedy', () => {
    expect(() => read('user:\n{% include "x" %}')).toThrow(
      'a.prompty cannot be read as a prompt: line 2, column 1: {% include "x" %} is not rendered here. ',
    );
  });

  it.each([
    '',
    '\n',
    '---\nname: x\n---\n',
    '---\nname: x\n---',
    'user:\n\nassistant:\n',
    '---\nmodel: {api: completion}\n---\n',
  ])('%j is empty', (text) => {
    expect(() => read(text)).toThrow(
      /^---/m.test(text) ? 'a.prompty has nothing after its front matter.' : 'a.prompty is empty.',
    );
  });
});

describe('slots', () => {
  it('are where values stand in the content; a variable without one is none', () => {
    const input = read('user:\nDear {{name}}, {{city}}{{city}} {{x}}', { name: 'Ada', city: 'Rome' });
    const [{ content, slots }] = input.kind === 'chat' ? input.messages : [];
    expect(slots?.map(([start, end]) => content.slice(start, end))).toEqual(['Ada', 'Rome', 'Rome']);
    expect(content).toContain('{{x}}');
  });

  it('are of raw text too, and missing where there are none', () => {
    const header = '---\nmodel:\n  api: completion\n---\n';
    expect(read(`${header}To {{city}}.`, { city: 'Rome' })).toMatchObject({ kind: 'raw', slots: [[3, 7]] });
    expect(read(`${header}To Rome.`)).not.toHaveProperty('slots');
  });
});
