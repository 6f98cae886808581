/** promptfoo's prompts: Nunjucks with a test's values, conversations in JSON and YAML, prompts and values in files beside. */
import { describe, expect, it } from 'vitest';
import { type ParseOptions, parsePrompt } from '../../../src/document/parsePrompt';
import { checkCases, notesOf } from './fileCases';

const file = 'promptfooconfig.yaml';
const beside = (files: Record<string, string>) => (path: string) => files[path.replace(/^\.\//, '')] ?? null;

describe('a prompt of promptfoo', () => {
  checkCases([
    {
      file,
      text: 'prompts: ["Say {{word}}."]\ndefaultTest:\n  options: {prefix: "As {{who}}: ", suffix: " Now."}\n  vars: {who: king}\ntests:\n  - vars:\n      word: |\n        yes\n    options: {suffix: " Go."}\n',
      right: [['user', 'As king: Say yes. Go.']],
      written: [
        ['king', '{{who}}'],
        ['yes', '{{word}}'],
      ],
      notes: [],
    },
    {
      file,
      text: 'prompts: ["Say {{word}}."]\ntests: file://t.csv\n',
      readBeside: beside({ 't.csv': 'word,__prefix\nyes,Well: \n' }),
      right: [['user', 'Well:Say yes.']],
      written: [['yes', '{{word}}']],
      // The text of the other file has no place in this one.
      unplaced: 5,
    },
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

  it('is the one in which the cursor stands; among the tests it is the first', () => {
    const text = 'prompts:\n  - One {{a}}\n  - |\n    Two {{a}}\n  - Three {{a}}\ntests:\n  - vars: {a: b}\n';
    const read = (words: string) => parsePrompt(text, { file, at: text.indexOf(words) });
    const contents = ['prompts', 'One', 'Two', 'Three', 'tests', 'a: b'].map((words) => {
      const input = read(words);
      return input.kind === 'chat' ? input.messages[0].content : '';
    });
    expect(contents).toEqual(['One b', 'One b', 'Two b\n', 'Three b', 'One b', 'One b']);
  });

  it.each(['file://a.txt', 'prompts/*.txt', 'file://a.xlsx', 'prompts/**/*.md'])('%s is named', (path) => {
    const read = () => parsePrompt(`prompts:\n  - ${path}\n`, { file, readBeside: () => null });
    expect(read).toThrow(`line 2, column 5: this prompt stands in another file, ${path}`);
  });

  it.each(['file://a.py', 'file://a.js:make', 'exec:./a.sh', 'prompts/a.ts'])('%s is named as a program', (path) => {
    const read = () => parsePrompt(`prompts:\n  - ${path}\n`, { file, readBeside: () => 'text' });
    expect(read).toThrow(
      `line 2, column 5: this prompt is made by a program, ${path}, and programs are never run here`,
    );
  });

  it.each([
    ['- vars: {what: file://no.txt}', 'The file no.txt, which holds values, is not in the folder of this one.'],
    [
      '- vars: {what: file://a.py}',
      'Values that a program makes are missing, since programs are never run here: a.py.',
    ],
    [
      'file://gen.py:tests',
      'Values that a program makes are missing, since programs are never run here: gen.py:tests.',
    ],
    ['- path: file://gen.js', 'Values that a program makes are missing, since programs are never run here: gen.js.'],
    ['file://no/*.yaml', 'The file no/*.yaml, which holds values, is not in the folder of this one.'],
    ['file://broken.json', 'The file broken.json, which holds values, cannot be read.'],
    ['https://docs.google.com/spreadsheets/d/x', 'Not read, although a model may be given it: "tests".'],
  ])('tests that are %s: what is not read is told', (tests, note) => {
    const text = `prompts: ["Name {{what}}."]\ntests:\n  ${tests}\n`;
    const input = parsePrompt(text, { file, readBeside: beside({ 'broken.json': '[' }), listBeside: () => [] });
    expect(notesOf(input)).toEqual([note]);
    expect(input).toMatchObject({ messages: [{ content: 'Name {{what}}.' }] });
  });

  const folder = {
    'prompts/a.txt': 'Name {{what}}.\n---\nDraw {{what}}.\n',
    'prompts/b.md': 'Sing of {{what}}.',
    'prompts/deep/c.txt': 'Hum.',
    'lines.jsonl':
      '[{"role": "user", "content": "One {{what}}."}]\n\n[{"role": "system", "content": "Two."}, {"role": "user", "content": "x"}]\n',
    'rows.csv': 'prompt,label\n"Say, {{what}}",x\nStop.,y\n',
    'tests.csv': 'what,__expected\n"a fish, raw",fish\na bird,\n',
    'tests.yaml': '- vars: {what: a stone}\n- vars: {what: a tree}\n',
    'tests.json': '{"vars": {"what": "a river"}}',
    'tests.jsonl': '{"vars": {"what": "a lake"}}\n{"vars": {"what": "a sea"}}\n',
    'usual.yaml': 'vars:\n  what: a cloud\n',
    'vars.yaml': 'what: a hill\n',
    'data/1.txt': 'a first\n',
    'data/2.txt': 'a second\n',
    'list.yaml': '[a, {b: 1}]\n',
  };
  const read = (text: string, options: ParseOptions) => {
    const listBeside = (of: string) => Object.keys(folder).filter((path) => path.startsWith(of));
    const input = parsePrompt(text, { readBeside: beside(folder), listBeside, ...options });
    if (input.kind !== 'chat') throw new Error('no conversation');
    return { words: input.messages.map(({ content }) => content), notes: notesOf(input), ...input };
  };

  it.each([
    ['prompts: [first, file://prompts/*]', ['first', 'Name it.', 'Draw it.', 'Sing of it.']],
    ['prompts: file://prompts/**/*.txt', ['Name it.', 'Draw it.', 'Hum.']],
    ['prompts: ["prompts/*.{md,txt}", last]', ['Name it.', 'Draw it.', 'Sing of it.', 'last']],
    ['prompts: ["file://prompts/[a-b].md", lines.jsonl]', ['Sing of it.', 'One it.', 'Two.']],
    ['prompts: [{id: file://rows.csv, label: x}]', ['Say, it', 'Stop.']],
    ['prompts: {prompts/b.md: songs, rows.csv: rows}', ['Sing of it.', 'Say, it', 'Stop.']],
  ])('%s: each is a prompt of its own', (prompts, right) => {
    const text = `${prompts}\nproviders: [x]\ntests: [{vars: {what: it}}]\n`;
    const firsts = right.map((_, index) => read(text, { file, prompt: [index + 1] }).words[0]);
    expect(firsts).toEqual(right);
    expect(() => read(text, { file, prompt: [right.length + 1] })).toThrow(`between 1 and ${right.length}`);
  });

  it('a cursor on the name of a file means its first prompt', () => {
    const text = 'prompts:\n  - first\n  - file://prompts/a.txt\n  - last\n';
    const at = (word: string) => read(text, { file, at: text.indexOf(word) + 2 }).words[0];
    expect(['first', 'a.txt', 'last'].map(at)).toEqual(['first', 'Name {{what}}.', 'last']);
  });

  it.each([
    ['tests: file://tests.csv', ['a fish, raw', 'a bird']],
    ['tests: tests.yaml', ['a stone', 'a tree']],
    [
      'tests: [file://tests.json, {vars: {what: a pond}}, file://tests.jsonl]',
      ['a river', 'a pond', 'a lake', 'a sea'],
    ],
    ['tests: file://tests.{json,yaml}', ['a river', 'a stone', 'a tree']],
    ['tests: [{vars: file://vars.yaml}]', ['a hill']],
    ['tests: [{vars: [vars.yaml]}]', ['a hill']],
    ['defaultTest: file://usual.yaml', ['a cloud']],
    ['defaultTest: {vars: {what: none}}\ntests: [{description: x}, file://tests.json]', ['none', 'a river']],
    ['tests: [{vars: {what: file://data/*.txt}}]', ['a first']],
    ['tests: [{vars: {what: file://list.yaml}}]', ['["a",{"b":1}]']],
    [
      'scenarios: [{config: [{vars: {what: one}}, {vars: {what: two}}], tests: [{description: x}, {vars: {what: 3}}]}]',
      ['one', '3', 'two', '3'],
    ],
  ])('%s: the values of each test', (tests, right) => {
    const text = `prompts: ["{{what}}"]\n${tests}\n`;
    expect(
      right.map(
        (_, index) =>
          read(text, { file, test: tests.startsWith('d') && right.length === 1 ? undefined : index + 1 }).words[0],
      ),
    ).toEqual(right);
  });

  it('values that name others have them put in, and these are variables too', () => {
    const text =
      'prompts: ["{{greeting}} Go."]\ntests:\n  - vars: {greeting: "Hello {{ who }} of {{place}}, {{none}}.", who: "Ms {{name}}", name: Mira, place: 3, unused: "{{x}}", loop: "{{loop}}"}\n';
    const { words, variables } = read(text, { file });
    expect(words).toEqual(['Hello Ms Mira of 3, {{none}}. Go.']);
    expect(variables).toEqual([
      { name: 'greeting', value: 'Hello Ms Mira of 3, {{none}}.', from: 'file' },
      { name: 'who', value: 'Ms Mira', from: 'file' },
      { name: 'place', value: '3', from: 'file' },
      { name: 'none', value: null, from: null },
      { name: 'name', value: 'Mira', from: 'file' },
    ]);
    const given = read(text, { file, variables: { name: 'Ada', none: 'now' } });
    expect(given.words).toEqual(['Hello Ms Ada of 3, now. Go.']);
    expect(given.variables?.filter(({ from }) => from === 'given').map(({ name }) => name)).toEqual(['none', 'name']);
  });

  it('values that name each other end', () => {
    const text = 'prompts: ["{{a}}"]\ntests:\n  - vars: {a: "{{b}}{{b}}", b: "{{a}}{{a}}"}\n';
    expect(read(text, { file }).words[0].length).toBeLessThan(2 ** 21);
  });

  it('aliases that multiply are refused in words', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'])
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`);
    const text = `prompts: ["{{x}}"]\n${bomb.join('\n')}\ntests: [{vars: {x: *g}}]\n`;
    expect(() => read(text, { file })).toThrow(/not valid YAML .*alias/i);
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
