/** The seeds of the fuzzers: the examples of this repository, and small texts that use what the formats know. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const examples = join(process.cwd(), 'examples');
const named = (ending: string): string[] =>
  readdirSync(examples, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(join(examples, name), 'utf8').slice(0, 4000));

const prompty = `---
name: A test
model:
  api: chat
inputs:
  question:
    type: string
sample:
  question: What is it?
  list: [red, green]
---
system:
You are {{name}}. {# a comment #}

user:
{{question | upper}} {% if list %}{% for item in list %}{{item}}, {% endfor %}{% else %}none{% endif %}
![](picture.png)

assistant:
Yes.
`;
const dotprompt = `---
model: some/model
input:
  schema:
    name: string
  default:
    name: Mira
    items: [a, b]
---
{{role "system"}}
Be brief, {{name}}.
{{role "user"}}{{#if name}}Hello {{name}}{{else}}Hello{{/if}} {{#each items}}{{this}} {{/each}}{{media url=picture}}
{{!-- a comment --}}{{history}}
`;
const continued =
  '# x\nname: a\ntemperature: 0.5\n---\n<system>\nBe {{x}}.\n</system>\n{{{ input }}}\n<user>a</user>b\n';
const promptMd = `---
mode: agent
description: 'Do it'
tools: [a, "b"]
---
# Heading
Rename \${input:old:What is it?} to \${input:new} in \${selection}. #file:other.md [link](x.md)
`;
const chats = [
  { system: [{ type: 'text', text: 'Be brief.' }], messages: [{ role: 'user', content: 'Hi {{name}}' }], tools: [] },
  { instructions: 'a', input: [{ role: 'user', content: [{ type: 'input_text', text: 'b' }] }, { type: 'reasoning' }] },
  { systemInstruction: { parts: [{ text: 'a' }] }, contents: [{ role: 'model', parts: [{ inlineData: {} }] }] },
  [
    { conversations: [{ from: 'human', value: 'a' }] },
    { instruction: 'a', input: 'b', output: 'c', history: [['d', 'e']] },
  ],
  { lc: 1, id: ['HumanMessagePromptTemplate'], kwargs: { prompt: { kwargs: { template: 'a {b}' } } } },
  { body: { messages: [['human', 'a']] }, custom_id: 'x' },
  { prompt: [{ role: 'user', content: 'a' }], chosen: [{ role: 'assistant', content: 'b' }], rejected: 'c' },
  { message: 'a', preamble: 'b', chat_history: [{ role: 'USER', message: 'c' }] },
  {
    current_node: 'b',
    mapping: {
      a: { parent: null, message: { author: { role: 'user' }, content: { parts: ['c'] } } },
      b: { parent: 'a', message: { author: { role: 'assistant' }, content: { parts: ['d', {}] } } },
    },
  },
  { _type: 'few_shot', prefix: 'a', example_prompt: { template: '<{q}>' }, examples: [{ q: 'b' }], suffix: '{c}' },
  { first: 'a\nb', second: 'c' },
  [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello \\ud83d\\ude00 "you"\n' },
    { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
  ],
  { messages: [{ role: 'user', content: 'One' }], model: 'm', temperature: 0.5 },
];
const yaml = [
  'messages:\n  - role: system\n    content: Be brief.\n  - role: user\n    content: |\n      Say {{input}}\n       and\n\n      more\ntestData:\n  - input: x\n',
  'template: >-\n  <message role="user">Go {{$x}}\n  on</message>\ntemplate_format: semantic-kernel\ninput_variables:\n  - {name: x, default: 1}\n',
  "prompts:\n  - \"a {{x}} \\n \\u0041 \\\n    b\"\n  - 'it''s\n    me'\n  - &a plain\n    text\n  - *a\ntests:\n  - vars: {x: 1}\n",
  'prompts:\n  - |\n    [{% for t in ts.all %}{"role": "user", "content": "{{t | upper}}\\n"}{% if not loop.last %},{% endif %}{% endfor %}]\n  - \'[{"role": "system", "content": [{"type": "text", "text": "a {{x}}"}]}]\'\n  - "- role: user\\n  content: it is {{x}}"\ntests:\n  - vars: {ts: {all: [a, b]}, x: [1, 2]}\n',
  '_type: few_shot\nprefix: "a\\n"\nexample_prompt:\n  template: |\n    Q {q}\n    {{x}}\nexamples:\n  - {q: b}\n  - &e {q: 1}\n  - *e\nsuffix: >\n  so {c}\n',
  'prompts: ["b {{x}}"]\ndefaultTest:\n  options: {prefix: "a\\n{{x}} ", suffix: c}\ntests:\n  - vars: {x: 1}\n',
  'prompts:\n  system: |+\n    a\n\n  user: b {{y}}\nconfig:\n  input:\n    default: {y: 2}\n',
];
const modelfile = [
  'FROM x\nLICENSE """\nSYSTEM no\n"""\nPARAMETER stop "a\nb"\nSystem "one\ntwo"\nMESSAGE user """a "b\n\nc"""\n',
  'FROM x\n# note\nSYSTEM """\nYou are "kind".\n"""\nMESSAGE user a\nmessage assistant """b\nc"""\nTEMPLATE "{{ .Prompt }}"\nSYSTEM "last"\n',
];
const toml = [
  'description = "x"\nprompt = """\na {{args}} \\n \\u0041 \\\n  b\n"""\n',
  "prompt = 'a'\n",
  'prompt = "a \\\\ b"\n',
];
const facts = {
  topics: [
    {
      topic: 'capitals',
      templates: [
        {
          affirmative: 'The capital of {subject} is {value}.',
          facts: [
            ['France', 'Paris'],
            ['Italy', 'Rome'],
          ],
        },
        { affirmative: '{value} is the capital of {subject}.', facts: [['Spain', 'Madrid']] },
      ],
      alsoTrue: [['France', 'Lyon']],
    },
  ],
};

export const corpus = {
  texts: named('.txt'),
  tables: named('.csv').map((text) => text.slice(0, 1200)),
  promptMd: [promptMd, ...named('.prompt.md')],
  prompty: [prompty, ...named('.prompty')],
  dotprompt: [dotprompt, continued, ...named('.prompt')],
  chats: [...chats, ...named('.json').map((text) => JSON.parse(text) as unknown)],
  facts: [facts] as unknown[],
  yaml,
  modelfile,
  toml,
};
