/** Conversations and prompts in JSON, in the shapes in which chat interfaces and data sets write them. */
import { describe, expect, it } from 'vitest';
import { type ParseOptions, parsePrompt } from '../../../src/document/parsePrompt';
import { checkCases, type FileCase, notesOf } from './fileCases';

const json = (value: unknown, rest: Omit<FileCase, 'file' | 'text'>): FileCase => ({
  file: 'a.json',
  text: JSON.stringify(value, null, 2),
  ...rest,
});
const rhyme: [string, string][] = [
  ['system', 'Answer in rhyme.'],
  ['user', 'Name a tree.'],
];
const user = { role: 'user', content: 'Name a tree.' };

describe('the system at the top of a request', () => {
  checkCases([
    json({ max_tokens: 9, system: 'Answer in rhyme.', messages: [user] }, { right: rhyme, notes: [] }),
    json({ messages: [user], system: 'Answer in rhyme.' }, { right: rhyme }),
    json({ system: [{ type: 'text', text: 'Answer ' }, { text: 'in rhyme.' }], messages: [user] }, { right: rhyme }),
    json(
      { instructions: 'Answer in rhyme.', messages: [user], tools: [{ name: 'x' }] },
      {
        right: rhyme,
        notes: ['Not read, although a model may be given it: "tools".'],
      },
    ),
    json({ model: 'm', instructions: 'Answer in rhyme.', input: 'Name a tree.' }, { right: rhyme }),
    json(
      {
        instructions: 'Answer in rhyme.',
        input: [{ role: 'user', content: [{ type: 'input_text', text: 'Name a tree.' }] }],
      },
      { right: rhyme },
    ),
    json({ system: null, messages: [user] }, { right: [rhyme[1]] }),
    json({ custom_id: 'a', body: { model: 'm', system: 'Answer in rhyme.', messages: [user] } }, { right: rhyme }),
    json(
      { requests: [{ custom_id: 'a', params: { system: 'Answer in rhyme.', messages: [user] } }] },
      { right: rhyme },
    ),
  ]);
});

describe('parts that are not text', () => {
  const picture = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
  checkCases([
    json([{ role: 'user', content: [picture, { type: 'text', text: 'What is it?' }, picture] }], {
      right: [['user', 'What is it?']],
      notes: ['Left out, because it is not text: 2 pictures.'],
    }),
    json([{ role: 'user', content: [{ document: { name: 'a' } }, { text: 'Sum it ' }, { text: 'up.' }] }], {
      right: [['user', 'Sum it up.']],
      notes: ['Left out, because it is not text: 1 document.'],
    }),
    json(
      [
        { role: 'user', content: 'Is it warm?' },
        { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f' } }] },
        { role: 'tool', tool_call_id: 'c', content: '22 degrees' },
      ],
      {
        right: [
          ['user', 'Is it warm?'],
          ['assistant', ''],
          ['tool', '22 degrees'],
        ],
        notes: ['Left out, because it is not text: 1 tool call.'],
      },
    ),
    json(
      [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 't', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: '22' }] },
            { type: 'text', text: 'And?' },
          ],
        },
      ],
      {
        right: [
          ['assistant', 'I look.'],
          ['user', '22And?'],
        ],
        notes: ['Left out, because it is not text: 1 hidden thought; 1 tool call.'],
      },
    ),
    json(
      {
        input: [
          { role: 'user', content: 'Go' },
          { type: 'reasoning', summary: [] },
          { type: 'function_call', name: 'f' },
          { type: 'function_call_output', output: 'ok' },
        ],
      },
      {
        right: [
          ['user', 'Go'],
          ['assistant', ''],
          ['tool', 'ok'],
        ],
      },
    ),
    json([{ role: 'user', content: { content_type: 'text', parts: ['One ', 'two'] } }], {
      right: [['user', 'One two']],
    }),
  ]);
});

describe('the shapes of interfaces and data sets', () => {
  const city: [string, string][] = [
    ['user', 'Name a city.'],
    ['assistant', 'Oslo.'],
  ];
  const oslo = [
    { from: 'human', value: 'Name a city.' },
    { from: 'gpt', value: 'Oslo.' },
  ];
  checkCases([
    json(
      [
        { id: 1, conversations: oslo },
        { id: 2, conversations: [] },
      ],
      { right: city, notes: ['This is prompt 1 of 2 in the file.'] },
    ),
    json([{ conversations: [] }, { conversations: oslo }], { prompt: [2], right: city }),
    json({ system: 'Be brief.', conversations: oslo }, { right: [['system', 'Be brief.'], ...city] }),
    json([{ messages: [{ role: 'user', content: 'Name a city.' }] }, { messages: [] }], { right: [city[0]] }),
    json([[{ role: 'user', content: 'Name a city.' }], [user]], { right: [city[0]] }),
    json(
      {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'Name a city.' }] },
          { role: 'model', parts: [{ text: 'Oslo.' }] },
        ],
      },
      {
        right: [['system', 'Be brief.'], ...city],
      },
    ),
    json(
      {
        system_instruction: { parts: { text: 'Be brief.' } },
        contents: [{ parts: [{ inline_data: { mime_type: 'image/png' } }, { text: 'Name a city.' }] }],
      },
      {
        right: [['system', 'Be brief.'], city[0]],
        notes: ['Left out, because it is not text: 1 picture.'],
      },
    ),
    json({ key: 'a', request: { contents: 'Name a city.' } }, { right: [city[0]] }),
    json(
      {
        contents: [
          { role: 'user', parts: [{ text: 'Is it warm?' }] },
          { role: 'model', parts: [{ functionCall: { name: 'weather', args: {} } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { output: '22 degrees' } } }] },
          { role: 'function', parts: [{ function_response: { name: 'weather', response: { high: 3, low: 1 } } }] },
        ],
      },
      {
        right: [
          ['user', 'Is it warm?'],
          ['assistant', ''],
          ['tool', '22 degrees'],
          ['tool', ''],
        ],
        absent: ['weather'],
        notes: ['Left out, because it is not text: 1 tool call; 1 tool result.'],
      },
    ),
    json([{ role: 'user', content: 'On {{topic | upper}}, {{ xs[0] }} and {{name}}; {{ {1} }} and {{#if x}}.' }], {
      right: [['user', 'On {{topic | upper}}, {{ xs[0] }} and Ada; {{ {1} }} and {{#if x}}.']],
      values: { name: 'Ada' },
      written: [['Ada', '{{name}}']],
      notes: [
        '{{topic | upper}}, {{ xs[0] }} stays as it is written: in this format only a tag with nothing but a name is filled in.',
      ],
    }),
    json(
      { instruction: 'Name a city.', input: '', output: 'Oslo.' },
      {
        right: city,
        notes: [
          'This is a row of a data set: "instruction" is read as the user’s message, "output" as the assistant’s.',
        ],
      },
    ),
    {
      file: 'a.json',
      text: '[{"instruction": "Add.", "input": "2 and 3", "output": ""}]',
      right: [['user', 'Add.\n\n2 and 3']],
      unplaced: 2,
    },
    json(
      [
        { act: 'guide', prompt: 'Name a city.' },
        { act: 'b', prompt: 'c' },
      ],
      { right: [city[0]], notes: ['This is prompt 1 of 2 in the file.'] },
    ),
    json(
      { prompt: [{ role: 'user', content: 'Name a city.' }], chosen: [{ role: 'assistant', content: 'x' }] },
      {
        right: [city[0]],
        notes: ['Not read, although a model may be given it: "chosen".'],
      },
    ),
    json({ model: 'm', prompt: 'Name a city.' }, { right: 'Name a city.' }),
    json(
      [
        ['system', 'Be brief.'],
        ['human', 'Name a city.'],
      ],
      { right: [['system', 'Be brief.'], city[0]] },
    ),
    json(
      {
        lc: 1,
        type: 'constructor',
        id: ['langchain', 'prompts', 'ChatPromptTemplate'],
        kwargs: {
          messages: [
            {
              lc: 1,
              id: ['a', 'SystemMessagePromptTemplate'],
              kwargs: { prompt: { lc: 1, id: ['a', 'PromptTemplate'], kwargs: { template: 'Be brief.' } } },
            },
            { lc: 1, id: ['a', 'HumanMessage'], kwargs: { content: 'Name a city.' } },
          ],
        },
      },
      { right: [['system', 'Be brief.'], city[0]] },
    ),
    json(
      [
        { type: 'human', data: { content: 'Name a city.' } },
        { type: 'ai', data: { content: 'Oslo.' } },
      ],
      { right: city },
    ),
    json({ _type: 'prompt', input_variables: [], template: 'Name a city.' }, { right: [city[0]] }),
    json(
      {
        messages: [
          { role: 'USER', content: 'Name a city.' },
          { role: 'model', content: 'Oslo.' },
        ],
      },
      { right: city },
    ),
    {
      file: 'naive.json',
      text: '{"act1": "Q: a\\nA:", "act2": "Q: b\\nA:"}',
      right: 'Q: a\nA:',
      written: [['\n', '\\n']],
      notes: ['This is prompt 1 of 2 in the file.', 'The file calls it act1.'],
    },
    { file: 'a.json', text: '[ // ours\n {"role": "user", /* who */ "content": "Hi",},\n]', right: [['user', 'Hi']] },
    {
      file: 'a.json',
      text: '[{"role": "user", "content": "Say {{ word }}, {{other}}"}]',
      values: { word: 'x' },
      right: [['user', 'Say x, {{other}}']],
      written: [['x', '{{ word }}']],
      variables: [
        { name: 'word', value: 'x', from: 'given' },
        { name: 'other', value: null, from: null },
      ],
    },
  ]);

  it('are those of the prompt under the cursor', () => {
    const text = JSON.stringify([{ messages: [user] }, { messages: [{ role: 'user', content: 'Second' }] }]);
    const at = text.indexOf('Second');
    expect(parsePrompt(text, { file: 'a.json', at })).toMatchObject({ messages: [{ content: 'Second' }] });
    expect(parsePrompt(text, { file: 'a.json', at: 3 })).toMatchObject({ messages: [{ content: 'Name a tree.' }] });
    expect(() => parsePrompt(text, { file: 'a.json', prompt: [3] })).toThrow(
      'The number of the prompt must be between 1 and 2.',
    );
  });

  it('are numbered list by list, where lists stand in lists', () => {
    const named = (word: string) => ({ messages: [{ role: 'user', content: word }] });
    const lists = [{ data: [named('a'), named('b')] }, [named('c')], { examples: [[named('d'), named('e')]] }];
    const text = JSON.stringify({ rows: lists });
    const read = (options: ParseOptions) => {
      const input = parsePrompt(text, options);
      return [input.kind === 'chat' ? input.messages[0].content : input.text, input.chosen];
    };
    for (const [word, chosen] of [
      ['a', [1, 1]],
      ['b', [1, 2]],
      ['c', [2]],
      ['d', [3, 1]],
      ['e', [3, 2]],
    ] as const) {
      expect(read({ file: 'a.json', at: text.indexOf(`"${word}"`) })).toEqual([word, chosen]);
      expect(read({ file: 'a.json', prompt: chosen })).toEqual([word, chosen]);
    }
    expect(read({ file: 'a.json', prompt: [3] })).toEqual(['d', [3, 1]]);
    expect(notesOf(parsePrompt(text, { file: 'a.json', prompt: [3, 2] }))).toEqual([
      'This is prompt 3 of 3 in the file.',
      'In the list that stands there it is prompt 2 of 2.',
    ]);
    expect(() => read({ file: 'a.json', prompt: [2, 2] })).toThrow('must be between 1 and 1');
    expect(() => read({ file: 'a.json', prompt: [1, 3] })).toThrow('must be between 1 and 2');
    const single = JSON.stringify([named('one')]);
    expect(() => parsePrompt(single, { file: 'a.json', prompt: [2] })).toThrow('must be between 1 and 1');
    // A text among other files that are read with the same options.
    expect(parsePrompt('Hi', { file: 'a.txt', prompt: [2] })).toMatchObject({ text: 'Hi' });
  });
});

describe('JSON that is no conversation', () => {
  it.each([
    [
      '{"editor.fontSize": 14}',
      'line 1, column 1: this object with "editor.fontSize" is no conversation; lists of messages',
    ],
    ['{"a": {}, "b": 1}', 'this object with "a", "b" is no conversation'],
    ['[1, 2]', 'this list is no conversation'],
    ['[{"a": 1}]', 'line 1, column 2: this object with "a" is no conversation'],
    ['"Hi"', 'this text is no conversation'],
    ['[\n  {% for turn in turns %}\n  1]', 'line 2, column 3: {% for turn in turns %} is a statement of a template'],
    ['[{"role": "user", "content": {{ text }} }]', 'line 1, column 30: {{ text }} is a statement of a template'],
    ['[1] {# x #}', 'line 1, column 5: {# x #} is a statement of a template'],
  ])('%s is refused in one sentence', (text, words) => {
    expect(() => parsePrompt(text, { file: 'a.json' })).toThrow(words);
  });
});
