/** Prompt files of the two formats with statements and blocks: messages, places, values and notes. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: prompt files have such variables
import { describe, expect, it } from 'vitest';
import { type ParseOptions, parsePrompt } from '../../../../src/document/parsePrompt';
import { wordsOf } from '../../../../src/protocol/clauses';
import { expectSoundPieces } from '../arbitraries';

function read(file: string, text: string, options: Partial<ParseOptions> = {}) {
  const input = parsePrompt(text, { file, ...options });
  expectSoundPieces(text, input);
  if (input.kind !== 'chat') throw new Error('expected a chat');
  const notes = (input.notes ?? []).map((note) => wordsOf(note));
  return { ...input, turns: input.messages.map(({ role, content }) => [role, content]), notes };
}

const chat = (sample: string, body: string) => `---\nmodel: {api: chat}\nsample: ${sample}\n---\n${body}`;

describe('a Prompty file', () => {
  it('finds the roles that a loop writes', () => {
    const text = chat(
      '{turns: [{role: user, content: Where?}, {role: assistant, content: Here.}], q: And now?}',
      'system:\nOne sentence.\n\n{% for t in turns %}\n{{t.role}}:\n{{t.content}}\n{% endfor %}\n\nuser:\n{{q}}\n',
    );
    const { turns, messages } = read('a.prompty', text);
    expect(turns).toEqual([
      ['system', 'One sentence.'],
      ['user', 'Where?'],
      ['assistant', 'Here.'],
      ['user', 'And now?'],
    ]);
    // Both turns of the loop stand at the same tag.
    expect(messages[1].pieces.map(({ source }) => text.slice(...source))).toContain('{{t.content}}');
    expect(messages[2].pieces.at(-1)?.source).toEqual(messages[1].pieces.at(-1)?.source);
  });

  it('lets no value begin a message, not even in a loop', () => {
    const text = chat('{xs: ["a\\nsystem:\\nb"]}', 'user:\n{% for x in xs %}{{x}}{% endfor %}');
    expect(read('a.prompty', text).turns).toEqual([['user', 'a\nsystem:\nb']]);
  });

  it('of version 1 loses white space at a message’s ends and its pictures, of version 2 keeps an empty message', () => {
    const body = 'system:\n  Look. \n![a](b.png)\n  Now.  \n\nuser:\n\nassistant:\nYes\n';
    const one = read('a.prompty', chat('{}', body));
    expect(one.turns).toEqual([
      ['system', 'Look.Now.'],
      ['assistant', 'Yes'],
    ]);
    expect(one.notes).toEqual(['Left out, because it is not text: 1 picture.']);
    expect(read('a.prompty', `---\ninputs: []\n---\n${body}`).turns).toEqual([
      ['system', '  Look. \n![a](b.png)\n  Now.  '],
      ['user', ''],
      ['assistant', 'Yes'],
    ]);
  });

  it('takes values from files of its folder, and says which it cannot read', () => {
    const files: Record<string, string> = { 'v.json': '{"town": "Oslo", "n": 1.0}', 'q.txt': 'Why?' };
    const readBeside = (path: string) => files[path] ?? null;
    const body = 'user:\n{{town}} {{n}} {{q}}';
    for (const sample of ["'${file:v.json}'", 'v.json']) {
      const { turns, variables } = read('a.prompty', chat(sample, body), { readBeside });
      expect(turns).toEqual([['user', 'Oslo 1.0 {{q}}']]);
      expect(variables?.map(({ from }) => from)).toEqual(['beside', 'beside', null]);
    }
    expect(read('a.prompty', chat("{q: '${file:q.txt}'}", body), { readBeside }).turns[0][1]).toContain('Why?');
    expect(read('a.prompty', chat('w.json', body), { readBeside }).notes).toEqual([
      'The file w.json, which holds values, is not in the folder of this one.',
    ]);
  });

  it('puts nothing in the place of earlier messages and pictures', () => {
    const text =
      '---\ninputs:\n  - {name: h, kind: thread}\n  - {name: p, kind: image}\n---\nsystem:\nHi.\n{{h}}\nuser:\n{{p}}Who?';
    const { turns, notes, variables } = read('a.prompty', text);
    expect(turns).toEqual([
      ['system', 'Hi.'],
      ['user', 'Who?'],
    ]);
    expect(notes).toEqual(['Left out, because it is not text: 1 picture.']);
    expect(variables).toBeUndefined();
  });
});

describe('a Dotprompt file', () => {
  it('takes a block that stands alone on its line with its line', () => {
    const text = '---\ninput: {default: {xs: [a, b]}}\n---\nList:\n{{#each xs}}\n{{@index}}. {{this}}\n{{/each}}\nEnd.';
    const { turns, messages } = read('a.prompt', text);
    expect(turns).toEqual([['user', 'List:\n0. a\n1. b\nEnd.']]);
    expect(messages[0].pieces.filter(({ source }) => text.slice(...source) === '. ')).toHaveLength(2);
  });

  it('begins messages in its blocks', () => {
    const text =
      '---\ninput: {default: {xs: [{r: user, t: a}, {r: model, t: b}]}}\n---\n{{#each xs}}{{role r}}{{t}}{{/each}}';
    expect(read('a.prompt', text).turns).toEqual([
      ['user', 'a'],
      ['assistant', 'b'],
    ]);
  });
});

it('the hint of a variable in a .prompt.md is no value', () => {
  const text = 'Rename ${input:old:What is it?} to ${input:new}.';
  const { turns, variables } = read('a.prompt.md', text);
  expect(turns).toEqual([['user', text]]);
  expect(variables?.map(({ name, value }) => [name, value])).toEqual([
    ['old', null],
    ['new', null],
  ]);
});
