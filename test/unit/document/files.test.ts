/** The files people have: each case stands for its kind, with its messages and with the place of each piece. */
import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';
import { selectionPrompt } from '../../../src/document/rawText';
import { checkCases } from './fileCases';

describe('line ends', () => {
  const windows = ['The file has Windows line ends; each is read as one line break.'];
  checkCases([
    {
      file: 'windows.txt',
      text: 'Review: dull.\r\nSentiment: bad\r\n\r\nReview:',
      right: 'Review: dull.\nSentiment: bad\n\nReview:',
      written: [
        ['\n', '\r\n'],
        ['\n', '\r\n'],
        ['\n', '\r\n'],
      ],
      notes: windows,
    },
    {
      file: 'mixed.txt',
      text: 'One.\r\nTwo.\nThree.\rFour.',
      right: 'One.\nTwo.\nThree.\nFour.',
      written: [
        ['\n', '\r\n'],
        ['Two.\nThree.\nFour.', 'Two.\nThree.\rFour.'],
      ],
      notes: ['The file has carriage returns; each is read as a line break.'],
    },
    {
      file: 'a.prompty',
      text: '---\r\nname: x\r\n---\r\nsystem:\r\nBe brief.\r\nBe kind.\r\n\r\nuser:\r\nHi\r\n',
      right: [
        ['system', 'Be brief.\nBe kind.'],
        ['user', 'Hi'],
      ],
      written: [['\n', '\r\n']],
      notes: windows,
    },
    {
      file: 'a.json',
      text: '[\r\n{"role": "user",\r\n"content": "a\\r\\nb"}]\r\n',
      right: [['user', 'a\r\nb']],
      written: [
        ['\r', '\\r'],
        ['\n', '\\n'],
      ],
    },
    {
      file: 'mark.instructions.md',
      text: '\ufeff---\r\na: b\r\n---\r\nGo.\r\n',
      right: [['user', 'Go.']],
      notes: windows,
    },
  ]);

  it('of a selection are those of the file', () => {
    const text = 'a\r\nbc\r\nd';
    expect(selectionPrompt(text, 1, 9, null)).toMatchObject({
      text: '\nbc\nd',
      pieces: [{ source: [1, 3] }, { source: [3, 5] }, { source: [5, 7] }, { source: [7, 8] }],
    });
  });
});

describe('characters that cannot be seen', () => {
  checkCases([
    {
      file: 'a.txt',
      text: 'a\u00a0b\u200bc\u200b',
      right: 'a\u00a0b\u200bc\u200b',
      notes: ['The text has characters that cannot be seen: U+00A0, U+200B × 2.'],
    },
    {
      file: 'a.txt',
      text: 'a\u2060b\u2028c\u0001',
      right: 'a\u2060b\u2028c\u0001',
      notes: ['The text has characters that cannot be seen: U+2060, U+2028, U+0001.'],
    },
    { file: 'a.txt', text: '👩\u200d👧 می\u200cخواهم\tx\n', right: '👩\u200d👧 می\u200cخواهم\tx\n', notes: [] },
  ]);
});

describe('JSON Lines', () => {
  const row = (word: string) => JSON.stringify({ messages: [{ role: 'user', content: word }] });
  const text = `${row('One "x"')}\n\n${row('Two')}\r\n{"instruction": "Add.", "input": "2", "output": "3"}\n`;
  checkCases([
    {
      file: 'a.jsonl',
      text,
      right: [['user', 'One "x"']],
      written: [
        ['"', '\\"'],
        ['"', '\\"'],
      ],
    },
    {
      file: 'a.ndjson',
      text,
      line: 3,
      right: [['user', 'Two']],
      notes: ['This is line 3 of 4 in the file.', 'The file has Windows line ends; each is read as one line break.'],
    },
    {
      file: 'a.jsonl',
      text,
      line: 4,
      right: [
        ['user', 'Add.\n\n2'],
        ['assistant', '3'],
      ],
      unplaced: 2,
    },
    { file: 'a.jsonl', text, at: text.indexOf('Two') + 1, right: [['user', 'Two']] },
    { file: 'a.jsonl', text, at: row('One "x"').length + 1, right: [['user', 'Two']] },
    {
      file: 'a.jsonl',
      text,
      at: text.length,
      right: [
        ['user', 'Add.\n\n2'],
        ['assistant', '3'],
      ],
      unplaced: 2,
    },
    { file: 'a.jsonl', text: `\ufeff\n${row('Late')}`, right: [['user', 'Late']] },
  ]);

  it.each([
    [9, /no line 9; its last is line 4/],
    [2, /line 2, column 1: nothing is written on this line/],
  ])('has no prompt on line %i', (line, words) => {
    expect(() => parsePrompt(text, { file: 'a.jsonl', line })).toThrow(words);
  });

  it('names the line of the file where a line is broken', () => {
    expect(() => parsePrompt(`${row('a')}\n{"messages": [}`, { file: 'a.jsonl', line: 2 })).toThrow(
      'line 2, column 15: this is not JSON',
    );
  });
});

describe('front matter of Markdown that customises an assistant', () => {
  const rule = '# Notes\n\nWrite in the past tense.';
  checkCases([
    {
      file: 'notes.instructions.md',
      text: `---\napplyTo: "docs/**"\ndescription: x\n---\n\n${rule}\n`,
      right: [['user', rule]],
      absent: ['applyTo', '---'],
    },
    {
      file: '.cursor/rules/style.mdc',
      text: `---\nglobs: **/*.ts\nalwaysApply: [\n---\n${rule}`,
      right: [['user', rule]],
      absent: ['globs'],
    },
    {
      file: '.claude/agents/planner.md',
      text: `---\ntools: ['search']\n---\n${rule}\n\n---\n\nMore.`,
      right: [['user', `${rule}\n\n---\n\nMore.`]],
      absent: ['tools'],
    },
    { file: 'skills/pdf/SKILL.md', text: `---\nname: pdf\n---\n${rule}`, right: [['user', rule]], absent: ['name'] },
    { file: 'old.chatmode.md', text: rule, right: [['user', rule]] },
    { file: 'rules.mdc', text: `---\n${rule}`, right: [['user', `---\n${rule}`]] },
    {
      file: '.claude/commands/tidy.md',
      text: '---\nargument-hint: [folder]\n---\nTidy $ARGUMENTS, then $1; it cost $10.\n',
      right: [['user', 'Tidy $ARGUMENTS, then $1; it cost $10.']],
      variables: [
        { name: 'ARGUMENTS', value: null, from: null },
        { name: '1', value: null, from: null },
      ],
    },
    {
      file: 'commands/tidy.md',
      text: 'Tidy $ARGUMENTS.',
      values: { ARGUMENTS: 'docs' },
      variables: [{ name: 'ARGUMENTS', value: 'docs', from: 'given' }],
      right: [['user', 'Tidy docs.']],
      written: [['docs', '$ARGUMENTS']],
    },
    { file: 'README.md', text: `---\na: b\n---\n${rule}`, right: `---\na: b\n---\n${rule}` },
  ]);
});

describe('prompts in YAML', () => {
  const messages =
    'messages:\n  - role: system\n    content: Be brief.\n  - role: user\n    content: |\n      Shorten:\n        {{input}}\n      \n      Thanks\ntestData:\n  - input: A long text.\n  - input: Another.\n';
  checkCases([
    {
      file: 'a.prompt.yml',
      text: messages,
      right: [
        ['system', 'Be brief.'],
        ['user', 'Shorten:\n  A long text.\n\nThanks\n'],
      ],
      written: [
        ['A long text.', '{{input}}'],
        ['\n', '      \n      '],
      ],
      notes: ['Its values are those of test 1 of 2.'],
      variables: [{ name: 'input', value: 'A long text.', from: 'file' }],
    },
    {
      file: 'a.prompt.yaml',
      text: messages,
      test: 2,
      values: {},
      right: [
        ['system', 'Be brief.'],
        ['user', 'Shorten:\n  Another.\n\nThanks\n'],
      ],
      written: [
        ['Another.', '{{input}}'],
        ['\n', '      \n      '],
      ],
    },
    {
      file: 'a.prompt.yml',
      text: 'messages:\n  - role: user\n    content: >-\n      One line\n      goes on.\n\n      New.\n  - {role: assistant, content: "Say \\"hi\\"\\n  and it\\u0073"}\n  - role: user\n    content: \'It\'\'s\n      me\'\n',
      right: [
        ['user', 'One line goes on.\nNew.'],
        ['assistant', 'Say "hi"\n  and its'],
        ['user', "It's me"],
      ],
      written: [
        ['"', '\\"'],
        ['"', '\\"'],
        ['\n', '\\n'],
        ['s', '\\u0073'],
        ["'", "''"],
      ],
      unplaced: 0,
    },
    {
      file: 'story.yaml',
      text: 'template: |\n  Write about {{$topic}} in {{ $length }} lines.\ntemplate_format: semantic-kernel\ninput_variables:\n  - name: topic\n  - name: length\n    default: 3\n',
      right: [['user', 'Write about {{$topic}} in 3 lines.']],
      written: [['3', '{{ $length }}']],
    },
    {
      file: 'roles.yaml',
      text: 'template: |\n  <message role="system">Be brief.</message>\n  <message role="user">{{$x}}</message>\ntemplate_format: semantic-kernel\n',
      values: { x: 'Hi' },
      right: [
        ['system', 'Be brief.'],
        ['user', 'Hi'],
      ],
      written: [['Hi', '{{$x}}']],
    },
    {
      file: 'promptfooconfig.yaml',
      text: 'prompts:\n  - "Name the capital of {{country}}."\n  - Second {{country}}\ntests:\n  - vars: {country: Peru}\n  - vars: {country: Chile}\n',
      right: [['user', 'Name the capital of Peru.']],
      written: [['Peru', '{{country}}']],
      notes: ['This is prompt 1 of 2 in the file.', 'Its values are those of test 1 of 2.'],
    },
    {
      file: 'promptfooconfig.yaml',
      text: 'prompts:\n  - "Name the capital of {{country}}."\n  - Second {{country}}\ntests:\n  - vars: {country: Peru}\n  - vars: {country: Chile}\n',
      prompt: [2],
      test: 2,
      right: [['user', 'Second Chile']],
      written: [['Chile', '{{country}}']],
    },
    {
      file: 'lang.yaml',
      text: '_type: prompt\ninput_variables: [x]\ntemplate: "Tell {x} to {{x}}"\n',
      values: { x: 'A' },
      right: [['user', 'Tell A to {x}']],
      written: [
        ['A', '{x}'],
        ['{', '{{'],
        ['}', '}}'],
      ],
    },
    {
      file: 'dotnet.prompt',
      text: 'config:\n  input:\n    default:\n      country: Malta\nprompts:\n  system: |\n    You like puns.\n  user: |\n    Tell me about {{ country }}.\n',
      right: [
        ['system', 'You like puns.\n'],
        ['user', 'Tell me about Malta.\n'],
      ],
      written: [['Malta', '{{ country }}']],
      absent: ['config'],
    },
  ]);

  it.each([
    ['a: 1\nb: 2\n', /a\.yaml cannot be read as a prompt: line 1, column 1: this YAML is none of the prompts/],
    ['- 1\n', /none of the prompts that are read/],
    ['a: [1\n', /this is not valid YAML/],
    ['prompts:\n  - file://a.txt\n', /line 2, column 5: this prompt stands in another file, file:\/\/a\.txt/],
  ])('%j is told in one sentence', (text, words) => {
    expect(() => parsePrompt(text, { file: 'a.yaml' })).toThrow(words);
  });
});
