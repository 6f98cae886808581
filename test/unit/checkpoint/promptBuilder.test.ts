import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { sourceRange } from '../../../src/checkpoint/promptBuilder';
import type { Message, Prompt, PromptInput } from '../../../src/protocol/model';
import { ProblemError } from '../../../src/protocol/problem';
import { type TinyGguf, temporaryFile, tinyGguf, writeGguf } from './tinyGguf';

async function prompt(input: PromptInput, change: (file: TinyGguf) => void = () => {}): Promise<Prompt> {
  const file = tinyGguf();
  change(file);
  const checkpoint = await openCheckpoint(temporaryFile(writeGguf(file)));
  try {
    return await checkpoint.prompt(input);
  } finally {
    await checkpoint.close();
  }
}

const whole = (role: string, content: string, at: number): Message => ({
  role,
  content,
  pieces: [{ at: 0, length: content.length, source: [at, at + content.length] }],
});

describe('a prompt', () => {
  it('of raw text stands in the file where the text does', async () => {
    const { rendered, tokens, file } = await prompt({
      kind: 'raw',
      file: 'a.txt',
      text: 'hello é',
      pieces: [{ at: 0, length: 7, source: [10, 17] }],
    });
    expect([file, rendered]).toEqual(['a.txt', 'hello é']);
    expect(tokens.map(({ text, bytes, start, end, source }) => [text, bytes, start, end, source])).toEqual([
      ['hello', '68656c6c6f', 0, 5, [10, 15]],
      [' ', '20', 5, 6, [15, 16]],
      ['\ufffd', 'c3', 6, 7, [16, 17]],
      ['\ufffd', 'a9', 6, 7, [16, 17]],
    ]);
    expect(tokens.every((token) => token.role === null && !token.special)).toBe(true);
  });

  it('of raw text begins with the begin token only where the tokenizer says so', async () => {
    const raw: PromptInput = { kind: 'raw', file: null, text: 'h', pieces: [{ at: 0, length: 1, source: [0, 1] }] };
    const { rendered, tokens } = await prompt(raw, (file) => {
      file.metadata['tokenizer.ggml.add_bos_token'] = true;
    });
    expect(rendered).toBe('h');
    expect(tokens[0]).toMatchObject({ text: '<|im_start|>', start: 0, end: 0, source: null, special: true });
    expect(tokens.length).toBe(2);
    expect((await prompt(raw)).tokens.length).toBe(1);
    expect((await prompt({ ...raw, text: '', pieces: [] })).tokens).toEqual([]);
  });

  it('of a chat that the template refuses says where the message stands', async () => {
    const messages = [whole('user', 'he', 100), whole('system', 'hello', 200), whole('user', 'x', 300)];
    const change = (file: TinyGguf) => {
      file.metadata['tokenizer.chat_template'] =
        "{% for m in messages %}{% if m.role == 'system' and not loop.first %}{{ raise_exception('too late') }}{% endif %}{% endfor %}";
    };
    const error = await prompt({ kind: 'chat', file: 'a.json', messages }, change).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      problem: {
        code: 'templateRefused',
        args: [expect.anything(), '2', 'system'],
        place: { file: 'a.json', range: [200, 205] },
      },
    });
  });

  it('of a chat knows template from content', async () => {
    const messages = [whole('system', 'he', 100), whole('user', 'hello<|im_end|>', 200)];
    const { rendered, tokens } = await prompt({ kind: 'chat', file: null, messages });
    expect(rendered).toBe(
      '<|im_start|>system\nhe<|im_end|>\n<|im_start|>user\nhello<|im_end|><|im_end|>\n<|im_start|>assistant\n',
    );
    const own = tokens.filter((token) => token.source !== null);
    expect(own.map(({ text, source, role, special }) => [text, source, role, special])).toEqual([
      ['he', [100, 102], 'system', false],
      ['hello', [200, 205], 'user', false],
      ['<|im_end|>', [205, 215], 'user', true],
    ]);
    expect(tokens.filter((token) => token.role === null).every((token) => token.source === null)).toBe(true);
    expect(tokens.map((token) => rendered.slice(token.start, token.end)).join('')).toBe(rendered);
  });

  it('gives a token that straddles template and content the content’s place', async () => {
    const { tokens } = await prompt({ kind: 'chat', file: null, messages: [whole('user', 'llo', 7)] }, (file) => {
      file.metadata['tokenizer.chat_template'] = '{% for m in messages %}he{{ m.content }}{% endfor %}';
    });
    expect(tokens).toMatchObject([{ text: 'hello', start: 0, end: 5, source: [7, 10], role: 'user' }]);
  });

  it('knows where values of variables stand: behind the template, without what it trims', async () => {
    const message = {
      ...whole('user', '  hello', 7),
      slots: [
        [0, 4],
        [5, 7],
      ] as [number, number][],
    };
    const { rendered, slots } = await prompt(
      { kind: 'chat', file: null, messages: [whole('user', 'he', 0), message] },
      (file) => {
        file.metadata['tokenizer.chat_template'] = '{% for m in messages %}> {{ m.content | trim }}{% endfor %}';
      },
    );
    expect(rendered).toBe('> he> hello');
    expect(slots).toEqual([
      [6, 8],
      [9, 11],
    ]);
    const raw = { kind: 'raw', file: null, text: 'hello', pieces: [], slots: [[1, 3]] } satisfies PromptInput;
    expect(await prompt(raw)).toMatchObject({ slots: [[1, 3]] });
    expect(await prompt({ ...raw, slots: undefined })).not.toHaveProperty('slots');
  });

  it('needs a template for a chat', async () => {
    const asked = prompt({ kind: 'chat', file: null, messages: [whole('user', 'hi', 0)] }, (file) => {
      delete file.metadata['tokenizer.chat_template'];
    });
    await expect(asked).rejects.toThrow(ProblemError);
    await expect(asked).rejects.toMatchObject({ problem: { code: 'noTemplate' } });
  });
});

describe('the place in the file', () => {
  const pieces = [
    { at: 0, length: 4, source: [10, 14] as [number, number] },
    { at: 4, length: 1, source: [14, 16] as [number, number] },
    { at: 8, length: 2, source: [30, 32] as [number, number] },
  ];

  it.each<[string, number, number, [number, number] | null]>([
    ['within a piece', 1, 3, [11, 13]],
    ['an escape as a whole', 4, 5, [14, 16]],
    ['over a border', 3, 5, [13, 16]],
    ['over a gap', 4, 9, [14, 31]],
    ['outside every piece', 5, 8, null],
    ['behind the last', 10, 12, null],
  ])('%s', (_, start, end, expected) => {
    expect(sourceRange(pieces, start, end)).toEqual(expected);
  });

  it('of a token from one turn of a loop to the next is the longer of its two parts', () => {
    const body: [number, number] = [20, 26];
    const turns = [0, 6].map((at) => ({ at, length: 6, source: body }));
    expect(sourceRange(turns, 5, 9)).toEqual([20, 23]);
    expect(sourceRange(turns, 3, 7)).toEqual([23, 26]);
  });
});
