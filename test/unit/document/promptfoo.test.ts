/** promptfoo's prompts: Nunjucks with a test's values, conversations in JSON and YAML, prompts and values in files beside. */
import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { checkCases, notesOf } from './fileCases';

const file = 'promptfooconfig.yaml';
const beside = (files: Record<string, string>) => (path: string) => files[path.replace(/^\.\//, '')] ?? null;

describe('a prompt of promptfoo', () => {
  checkCases([
    {
      file,
      text: 'prompts:\n  - |-\n    {% for city in cities.list %}{{ city | upper }}, {% endfor %}{{ n }} of {{ done }}, {{ missing }}.\ntests:\n  - vars:\n      cities: {list: [Oslo, Rome]}\n      n: 2\n      done: true\n',
      right: [['user', 'OSLO, ROME, 2 of true, {{ missing }}.']],
      written: [
        ['OSLO', '{{ city | upper }}'],
        ['ROME', '{{ city | upper }}'],
        ['2', '{{ n }}'],
        ['true', '{{ done }}'],
      ],
      variables: [
        { name: 'cities', value: '[object Object]', from: 'file' },
        { name: 'n', value: '2', from: 'file' },
        { name: 'done', value: 'true', from: 'file' },
        { name: 'missing', value: null, from: null },
      ],
    },
    {
      file,
      text: 'prompts: ["Say {{word}} in {{tongue}}."]\ndefaultTest:\n  vars: {tongue: Greek, word: no}\ntests:\n  - vars: {word: [yes, maybe]}\n',
      right: [['user', 'Say yes in Greek.']],
      written: [
        ['yes', '{{word}}'],
        ['Greek', '{{tongue}}'],
      ],
      notes: ['Of several values the first is filled in: "word".'],
    },
    {
      file,
      text: 'prompts: ["Say {{word}}."]\ntests:\n  - vars: {word: [yes]}\n',
      values: { word: 'never' },
      right: [['user', 'Say never.']],
      written: [['never', '{{word}}']],
      notes: [],
      variables: [{ name: 'word', value: 'never', from: 'given' }],
    },
    {
      file,
      text: 'prompts:\n  - \'[{"role": "system", "content": "Be \\"brief\\"."}, {"role": "user", "content": "Name {{what}}, it\'\'s {{x}}."}]\'\ntests:\n  - vars: {what: "a blue \\"fish\\""}\n',
      right: [
        ['system', 'Be "brief".'],
        ['user', 'Name a blue "fish", it\'s {{x}}.'],
      ],
      written: [
        ['"', '\\"'],
        ['"', '\\"'],
        ['a blue "fish"', '{{what}}'],
        ["'", "''"],
      ],
      absent: ['role'],
    },
    {
      file,
      text: 'prompts:\n  - |\n    - role: system\n      content: Be brief.\n    - role: user\n      content: Name {{what}}.\ntests:\n  - vars: {what: a fish}\n',
      right: [
        ['system', 'Be brief.'],
        ['user', 'Name a fish.'],
      ],
      written: [['a fish', '{{what}}']],
    },
    {
      file,
      text: 'prompts:\n  - |\n    [{% for each in turns.all %}{"role": "user", "content": "{{each}}"}{% if not loop.last %},{% endif %}{% endfor %}]\ntests:\n  - vars: {turns: {all: [One, Two]}}\n',
      right: [
        ['user', 'One'],
        ['user', 'Two'],
      ],
      written: [
        ['One', '{{each}}'],
        ['Two', '{{each}}'],
      ],
    },
    { file, text: 'prompts:\n  - "[draft] Name a fish."\n', right: [['user', '[draft] Name a fish.']] },
    { file, text: 'prompts: \'["a", "b"]\'\n', right: [['user', '["a", "b"]']] },
  ]);

  it.each([
    ['prompts/a.txt', 'Name {{what}}.\n', 'Name a fish.', 'The prompt is that of the file prompts/a.txt.'],
    ['a.md', '# Name\n\n{{ what }}\n', '# Name\n\na fish', 'The prompt is that of the file a.md.'],
    ['a.txt', 'Name {{what}}.\n---\nSecond.\n', 'Name a fish.', 'The prompt is the first of the file a.txt.'],
  ])('in the file %s is read, and has the place of its name', (path, content, right, note) => {
    const text = `prompts:\n  - file://${path}\ntests:\n  - vars: {what: a fish}\n`;
    checkOne(text, { [path]: content }, [['user', right]], [note]);
  });

  it('in a file is a conversation where that holds one', () => {
    const text = 'prompts: [file://chat.json]\ntests:\n  - vars: {what: file://what.txt}\n';
    const chat = '[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Name {{what}}."}]';
    checkOne(text, { 'chat.json': chat, 'what.txt': 'a fish\n' }, [
      ['system', 'Be brief.'],
      ['user', 'Name a fish.'],
    ]);
  });

  it.each(['file://a.py', 'file://a.txt', 'prompts/*.txt', 'file://a.js:make'])('%s is named', (path) => {
    const read = () => parsePrompt(`prompts:\n  - ${path}\n`, { file, readBeside: () => null });
    expect(read).toThrow(`line 2, column 5: this prompt stands in another file, ${path}`);
  });

  it('tells a value whose file is not there, and tests that are elsewhere', () => {
    const input = parsePrompt('prompts: ["Name {{what}}."]\ntests:\n  - vars: {what: file://no.txt}\n', { file });
    expect(notesOf(input)).toEqual(['The file no.txt, which holds values, is not in the folder of this one.']);
    const other = parsePrompt('prompts: ["Name {{what}}."]\ntests: file://tests.csv\n', { file });
    expect(notesOf(other)).toEqual(['Not read, although a model may be given it: "tests".']);
  });

  it('has the place of a fault in its template', () => {
    const read = () => parsePrompt('prompts:\n  - "Name {% if %}"\n', { file });
    expect(read).toThrow(/promptfooconfig\.yaml .*line 2, column \d+/);
  });
});

function checkOne(text: string, files: Record<string, string>, right: [string, string][], notes?: string[]): void {
  const input = parsePrompt(text, { file, readBeside: beside(files) });
  if (input.kind !== 'chat') throw new Error('no conversation');
  expect(input.messages.map(({ role, content }) => [role, content])).toEqual(right);
  const [start, end] = [text.indexOf('file://'), text.search(/[\]\n]*\]?\ntests/)];
  for (const { pieces, content } of input.messages) {
    expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(content.length);
    for (const { source } of pieces) expect(source).toEqual([start, end]);
  }
  if (notes) expect(notesOf(input)).toEqual(notes);
}

describe('a task of lm-evaluation-harness', () => {
  it('is told by name', () => {
    const task =
      'task: arc\ndataset_path: allenai/ai2_arc\ndoc_to_text: "Question: {{question}}"\ndoc_to_target: "{{answer}}"\n';
    expect(() => parsePrompt(task, { file: 'arc.yaml' })).toThrow(
      /this is lm-evaluation-harness, a format of other tools .*Use --raw/,
    );
  });
});
