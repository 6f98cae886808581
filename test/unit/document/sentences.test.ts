import { describe, expect, it } from 'vitest';
import { isEnded, openEnd, rowStatements, sentenceStatements } from '../../../src/document/sentences';
import { parseTable } from '../../../src/document/table';
import type { PromptInput } from '../../../src/protocol/model';

function raw(text: string): PromptInput {
  return { kind: 'raw', file: 'a.txt', text, pieces: [{ at: 0, length: text.length, source: [0, text.length] }] };
}

const textsOf = (text: string) => sentenceStatements(raw(text)).statements.map((each) => each.text);

describe('the statements of a text', () => {
  it('are its sentences, each with its place in the file', () => {
    const text = 'Paris is in France.  Rome is not in Spain!\n\nIs Oslo in Norway? Cats bark.';
    const { statements, questions } = sentenceStatements(raw(text));
    expect(statements.map((each) => each.text)).toEqual(['Paris is in France.', 'Rome is not in Spain!', 'Cats bark.']);
    expect(statements.map(({ source }) => source && text.slice(...source))).toEqual([
      'Paris is in France.',
      'Rome is not in Spain!',
      'Cats bark.',
    ]);
    expect(questions).toBe(1);
  });

  it('are the lines of a list, without its marks and headings', () => {
    expect(textsOf('# Facts\n- A dolphin is a fish\n2. Iron is a metal.\n> Snow is cold.\nAnswer:\nYes.\n')).toEqual([
      'A dolphin is a fish',
      'Iron is a metal.',
      'Snow is cold.',
    ]);
  });

  it('go on over a line end in their middle, and over an abbreviation', () => {
    expect(textsOf('The capital of\nfrance is Paris. Dr. Smith lives in St. Louis.')).toEqual([
      'The capital of france is Paris.',
      'Dr. Smith lives in St. Louis.',
    ]);
  });

  it('are found in scripts without spaces', () => {
    expect(textsOf('巴黎是法国的首都。罗马在意大利吗？好。')).toEqual(['巴黎是法国的首都。']);
  });

  it('of a chat are those of its messages, placed where they stand in the file', () => {
    const input: PromptInput = {
      kind: 'chat',
      file: 'a.json',
      messages: [
        { role: 'user', content: 'Say "yes".', pieces: [{ at: 0, length: 10, source: [30, 42] }] },
        { role: 'assistant', content: 'Iron is a metal.', pieces: [{ at: 0, length: 16, source: [60, 76] }] },
        { role: 'assistant', content: 'Tin is one too.', pieces: [] },
      ],
    };
    expect(sentenceStatements(input).statements).toEqual([
      { text: 'Say "yes".', source: [30, 42], label: null },
      { text: 'Iron is a metal.', source: [60, 76], label: null },
      { text: 'Tin is one too.', source: null, label: null },
    ]);
  });

  it('of an empty or wordless text are none', () => {
    expect(textsOf('')).toEqual([]);
    expect(textsOf('--- \n\n42.\n😀\n')).toEqual([]);
  });
});

describe('the rows of a table', () => {
  const text = 'topic,statement,label\nb,"He said ""no"".",true\na,Iron is a metal.,0\na,Iron is a metal.,maybe\n';
  const { statements } = rowStatements(parseTable(text, 'a.csv'), text);

  it('have labels where they say true or false', () => {
    expect(statements.map(({ label }) => label)).toEqual([true, false, null]);
  });

  it('have their places, each its own', () => {
    expect(statements.map(({ source }) => source && text.slice(...source))).toEqual([
      'He said ""no"".',
      'Iron is a metal.',
      'Iron is a metal.',
    ]);
    expect(statements[2].source?.[0]).toBeGreaterThan(statements[1].source?.[0] ?? 0);
  });
});

describe('where an answer goes on', () => {
  it.each([
    ['The capital of France is', 'The capital of France is'],
    ['Rome is in Italy. The capital of France is ', 'The capital of France is'],
    ['Q: What is 2 + 2?\nA:', ''],
    ['Tell me a fact.', ''],
    ['', ''],
  ])('%j leaves open %j', (text, open) => {
    expect(openEnd(text)).toBe(open);
  });

  it('tells a finished text from an open one', () => {
    expect([isEnded('What is it? '), isEnded('It is “so.”'), isEnded('It is')]).toEqual([true, true, false]);
  });
});
