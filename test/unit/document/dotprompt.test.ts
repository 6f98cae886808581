import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { expectSoundPieces, sourcesOf } from './arbitraries';

function messages(text: string, variables?: Record<string, string>) {
  const input = parsePrompt(text, { file: 'a.prompt', variables });
  expectSoundPieces(text, input);
  if (input.kind !== 'chat') throw new Error('a .prompt is a chat');
  return input.messages;
}

const turns = (text: string, variables?: Record<string, string>) =>
  messages(text, variables).map(({ role, content }) => [role, content]);

describe('roles', () => {
  it('begin messages, whose white space is kept as dotprompt keeps it', () => {
    const text =
      '---\nmodel: x\n---\n\n{{role "system"}}\nBe brief.\n{{role "user"}}\nHi\n{{role \'model\'}}Hello.\n\n';
    expect(turns(text)).toEqual([
      ['system', '\nBe brief.\n'],
      ['user', '\nHi\n'],
      ['assistant', 'Hello.'],
    ]);
  });

  it('default to the user; a file without front matter is not trimmed', () => {
    expect(turns('Hello, {{name}}!\n', { name: 'Michael' })).toEqual([['user', 'Hello, Michael!\n']]);
  });

  it('without text are no messages', () => {
    expect(turns('{{role "system"}}\n{{role "user"}}Hi{{role "model"}} \n')).toEqual([['user', 'Hi']]);
  });

  it('follow the history as the model, and may carry metadata', () => {
    expect(turns('Hi{{history}}Yes{{role "user" purpose="question"}}Why?{{section "x"}}')).toEqual([
      ['user', 'Hi'],
      ['assistant', 'Yes'],
      ['user', 'Why?'],
    ]);
  });

  it('that dotprompt does not know go to the model as they are', () => {
    expect(turns('{{role "narrator"}}Once')).toEqual([['narrator', 'Once']]);
  });
});

describe('variables', () => {
  const front = '---\ninput:\n  default:\n    a: hello\n    c: {d: [1, 2]}\n---\n';

  it('take input.default and map to their tag', () => {
    const text = `${front}Say {{a}} or {{{c.d.0}}}.`;
    const [message] = messages(text);
    expect(message.content).toBe('Say hello or 1.');
    expect(sourcesOf(text, message)).toEqual([
      ['Say ', 'Say '],
      ['h', '{{a}}'],
      ['ello', '{{a}}'],
      [' or ', ' or '],
      ['1', '{{{c.d.0}}}'],
      ['.', '.'],
    ]);
  });

  it.each([
    ['{{a}}', 'x'],
    ['{{ this.a }}', 'x'],
    ['{{&a}}', 'x'],
    ['{{json a}}', '"x"'],
    ['{{json c}}', '{"d":[1,2]}'],
    ['{{c}} {{c.d}}', '[object Object] 1,2'],
    ['{{json c indent=1}}', '{\n "d": [\n  1,\n  2\n ]\n}'],
    ['{{unknown}} {{@user.name}}', '{{unknown}} {{@user.name}}'],
    ['\\{{a}} {{a}}', '{{a}} x'],
    ['\\\\{{a}}', '\\x'],
    ['A \n{{~a~}}\n B', 'AxB'],
    ['A{{! no {{ }}B{{!-- }} no --}}C', 'ABC'],
    ['A\n  {{! alone }}\t\nB', 'A\nB'],
    ['A {{! not alone }}\nB', 'A \nB'],
    ['{{a}', null],
    ['{{!-- never }} closed', null],
    ['{{#if a}}x{{/if}}', 'x'],
    ['{{#if a}}x', null],
    ['{{shout a}}', null],
    ['{{> part}}', null],
  ])('%j becomes %j', (body, expected) => {
    const read = () => turns(front + body, { a: 'x' });
    if (expected === null) expect(read).toThrow(/cannot be read as a prompt: line 7, column 1: /);
    else expect(read()).toEqual([['user', expected]]);
  });

  it('that are not HTML-escaped', () => {
    expect(turns('{{a}}', { a: '<b>&</b>' })).toEqual([['user', '<b>&</b>']]);
  });
});

describe('front matter', () => {
  it('may stand below a licence and blank lines', () => {
    expect(turns('# Licence\n\n---\ninput: {default: {a: 1}}\n---\n{{a}}')).toEqual([['user', '1']]);
    expect(turns('# A heading\n\nHi')).toEqual([['user', '# A heading\n\nHi']]);
  });

  it.each(['', '---\na: 1\n---\n', '---\na: 1\n---\n{{role "user"}}\n', '{{! only a comment }}'])(
    '%j is empty',
    (text) => {
      expect(() => messages(text)).toThrow(
        /^---/m.test(text) ? 'a.prompt has nothing after its front matter.' : 'a.prompt is empty.',
      );
    },
  );
});

describe('slots', () => {
  it('are counted in each message', () => {
    const parts = messages('{{role "system"}}Be {{tone}}.{{role "user"}}{{name}} is {{missing}}', {
      tone: 'kind',
      name: 'Ada',
    });
    expect(parts.map(({ slots }) => slots)).toEqual([[[3, 7]], [[0, 3]]]);
  });
});
