/** Preference rows, few-shot prompts of LangChain, requests of Cohere, exports of Claude and ChatGPT, as they are written in the wild. */
import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { checkCases, notesOf } from './fileCases';

const turn = (role: string, content: string) => ({ role, content });
const first = ['This is prompt 1 of 2 in the file.', 'The file calls it chosen.'];

describe('a row with two answers', () => {
  checkCases([
    {
      file: 'dpo.json',
      text: JSON.stringify({ prompt: 'Name a fruit.', chosen: 'Plum.', rejected: 'No.' }),
      right: [
        ['user', 'Name a fruit.'],
        ['assistant', 'Plum.'],
      ],
      notes: first,
    },
    {
      file: 'dpo.json',
      text: JSON.stringify({ prompt: 'Name a fruit.', chosen: 'Plum.', rejected: 'No.' }),
      prompt: [2],
      right: [
        ['user', 'Name a fruit.'],
        ['assistant', 'No.'],
      ],
      notes: ['This is prompt 2 of 2 in the file.', 'The file calls it rejected.'],
    },
    {
      // UltraFeedback repeats what was asked before each answer.
      file: 'ultra.jsonl',
      text: `${JSON.stringify({ prompt: 'Q', chosen: [turn('user', 'Q'), turn('assistant', 'good')], rejected: [turn('user', 'Q'), turn('assistant', 'bad')] })}\n`,
      right: [
        ['user', 'Q'],
        ['assistant', 'good'],
      ],
      notes: first,
    },
    {
      file: 'trl.json',
      text: JSON.stringify({
        prompt: [turn('system', 'S'), turn('user', 'Q')],
        chosen: [turn('assistant', 'good')],
        rejected: [turn('assistant', 'bad')],
      }),
      right: [
        ['system', 'S'],
        ['user', 'Q'],
        ['assistant', 'good'],
      ],
    },
    {
      // LLaMA-Factory.
      file: 'sharegpt.json',
      text: JSON.stringify([
        {
          conversations: [{ from: 'human', value: 'Q' }],
          chosen: { from: 'gpt', value: 'good' },
          rejected: { from: 'gpt', value: 'bad' },
        },
      ]),
      right: [
        ['user', 'Q'],
        ['assistant', 'good'],
      ],
    },
    {
      // OpenAI's fine-tuning of preferences.
      file: 'openai.jsonl',
      text: `${JSON.stringify({ input: { messages: [turn('user', 'Q')], tools: [] }, preferred_output: [turn('assistant', 'good')], non_preferred_output: [turn('assistant', 'bad')] })}\n`,
      right: [
        ['user', 'Q'],
        ['assistant', 'good'],
      ],
      notes: ['This is prompt 1 of 2 in the file.', 'The file calls it preferred_output.'],
    },
    {
      // hh-rlhf: texts that stand alone, roles and all.
      file: 'hh.json',
      text: JSON.stringify({ chosen: '\n\nHuman: Q\n\nAssistant: good', rejected: '\n\nHuman: Q\n\nAssistant: bad' }),
      right: '\n\nHuman: Q\n\nAssistant: good',
      written: Array(4).fill(['\n', '\\n']),
      notes: first,
    },
    {
      file: 'maths.jsonl',
      text: '{"problem":"1+1?","solution":"2"}\n',
      right: [
        ['user', '1+1?'],
        ['assistant', '2'],
      ],
    },
    {
      // A batch of Bedrock.
      file: 'bedrock.jsonl',
      text: '{"recordId":"1","modelInput":{"system":"S","messages":[{"role":"user","content":[{"type":"text","text":"U"}]}]}}\n',
      right: [
        ['system', 'S'],
        ['user', 'U'],
      ],
    },
  ]);

  it('is the answer under the cursor', () => {
    const text = '{"prompt": "Q",\n "chosen": "good",\n "rejected": "bad"}';
    const read = (at: number) => parsePrompt(text, { file: 'dpo.json', at });
    expect(read(0)).toMatchObject({ messages: [{ content: 'Q' }, { content: 'good' }] });
    expect(read(text.indexOf('bad'))).toMatchObject({ messages: [{ content: 'Q' }, { content: 'bad' }] });
  });
});

describe('a few-shot prompt of LangChain', () => {
  const yaml = `_type: few_shot
input_variables: ["adjective"]
prefix:
  Write antonyms.
example_prompt:
  _type: prompt
  input_variables: ["input", "output"]
  template: "Input: {input}\\nOutput: {output}"
examples:
  - input: happy
    output: sad
  - input: tall
    output: short
suffix:
  "Input: {adjective}\\nOutput:"
`;
  const whole =
    'Write antonyms.\n\nInput: happy\nOutput: sad\n\nInput: tall\nOutput: short\n\nInput: {adjective}\nOutput:';
  const values = [
    ['happy', '{input}'],
    ['\n', '\\n'],
    ['sad', '{output}'],
    ['tall', '{input}'],
    ['\n', '\\n'],
    ['short', '{output}'],
  ] as [string, string][];
  const json = JSON.stringify({
    _type: 'few_shot',
    prefix: 'Write antonyms.',
    example_prompt: { _type: 'prompt', template: 'Input: {input}\nOutput: {output}' },
    examples: [
      { input: 'happy', output: 'sad' },
      { input: 'tall', output: 'short' },
    ],
    suffix: 'Input: {adjective}\nOutput:',
  });

  checkCases([
    {
      file: 'shots.yaml',
      text: yaml,
      right: [['user', whole]],
      written: [...values, ['\n', '\\n']],
      // Three empty lines, of two line breaks each, stand nowhere in the file.
      unplaced: 6,
      variables: [{ name: 'adjective', value: null, from: null }],
    },
    { file: 'shots.json', text: json, right: [['user', whole]], written: [...values, ['\n', '\\n']], unplaced: 6 },
    {
      file: 'shots.yaml',
      text: yaml.replace('prefix:\n  Write antonyms.', "example_separator: '|'"),
      values: { adjective: 'big' },
      right: [['user', 'Input: happy\nOutput: sad|Input: tall\nOutput: short|Input: big\nOutput:']],
      written: [...values, ['big', '{adjective}'], ['\n', '\\n']],
      unplaced: 2,
    },
    {
      file: 'shots.yaml',
      text: '_type: few_shot\nexample_prompt_path: one.json\nexamples: examples.json\nsuffix: "So {a}"\n',
      readBeside: (path) =>
        ({ 'one.json': '{"_type":"prompt","template":"<{q}>"}', 'examples.json': '[{"q":"x"},{"q":true}]' })[path] ??
        null,
      right: [['user', '<x>\n\n<True>\n\nSo {a}']],
      written: [
        ['<', 'one.json'],
        ['x', 'one.json'],
        ['>', 'one.json'],
        ['<', 'one.json'],
        ['True', 'one.json'],
        ['>', 'one.json'],
      ],
      unplaced: 4,
    },
    {
      file: 'one.yaml',
      text: '_type: prompt\ninput_variables: [a]\ntemplate_path: one.txt\n',
      readBeside: (path) => (path === 'one.txt' ? 'Say {a}.' : null),
      right: [['user', 'Say {a}.']],
      written: [['Say {a}.', 'one.txt']],
    },
  ]);

  it.each([
    ['_type: few_shot\nexamples: no.json\nsuffix: a\n', 'this YAML is none of the prompts that are read'],
    ['_type: few_shot\ntemplate_format: jinja2\nsuffix: a\n', 'the template is written in jinja2'],
  ])('without what it needs is refused in one sentence', (text, words) => {
    expect(() => parsePrompt(text, { file: 'shots.yaml', readBeside: () => null })).toThrow(words);
  });
});

describe('a conversation that a service keeps', () => {
  const node = (id: string, parent: string | null, role: string, parts: unknown[], more = {}) => [
    id,
    { id, parent, children: [], message: { author: { role }, content: { content_type: 'text', parts }, ...more } },
  ];

  checkCases([
    {
      file: 'cohere.json',
      text: JSON.stringify({
        message: 'And now?',
        chat_history: [
          { role: 'USER', message: 'Hi' },
          { role: 'CHATBOT', message: 'Hello' },
        ],
        preamble: 'Be kind.',
        documents: [{ snippet: 'x' }],
      }),
      right: [
        ['system', 'Be kind.'],
        ['user', 'Hi'],
        ['assistant', 'Hello'],
        ['user', 'And now?'],
      ],
      notes: ['Not read, although a model may be given it: "documents".'],
    },
    {
      file: 'conversations.json',
      text: JSON.stringify([
        {
          uuid: '1',
          name: 'Chat',
          chat_messages: [
            { text: 'Hi', content: [{ type: 'text', text: 'Hi' }], sender: 'human', attachments: [{ file_name: 'a' }] },
            { text: 'Yo', content: [], sender: 'assistant' },
          ],
        },
      ]),
      right: [
        ['user', 'Hi'],
        ['assistant', 'Yo'],
      ],
      notes: ['Left out, because it is not text: 1 document.'],
    },
    {
      file: 'conversations.json',
      text: JSON.stringify([
        {
          title: 'T',
          current_node: 'd',
          mapping: Object.fromEntries([
            ['r', { id: 'r', message: null, parent: null, children: ['a'] }],
            node('a', 'r', 'system', ['']),
            node('h', 'a', 'user', ['About me'], { metadata: { is_visually_hidden_from_conversation: true } }),
            node('b', 'h', 'user', [{ content_type: 'image_asset_pointer' }, 'Hi']),
            node('c', 'b', 'assistant', ['Old']),
            node('d', 'b', 'assistant', ['New']),
          ]),
        },
      ]),
      right: [
        ['user', 'Hi'],
        ['assistant', 'New'],
      ],
      notes: ['Left out, because it is not text: 1 picture.'],
    },
  ]);

  it('ends where its parents turn in a circle', () => {
    const [a, b] = [node('a', 'b', 'user', ['A']), node('b', 'a', 'assistant', ['B'])];
    const text = JSON.stringify({ mapping: Object.fromEntries([a, b]), current_node: 'b' });
    expect(parsePrompt(text, { file: 'c.json' })).toMatchObject({ messages: [{ content: 'A' }, { content: 'B' }] });
  });

  it('without a text anywhere is empty', () => {
    const text = JSON.stringify({ mapping: Object.fromEntries([node('a', null, 'system', [''])]), current_node: 'a' });
    expect(() => parsePrompt(text, { file: 'c.json' })).toThrow('c.json is empty');
    expect(notesOf(parsePrompt('Hi', { file: 'a.txt' }))).toEqual([]);
  });
});
