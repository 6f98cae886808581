/** Fuzzed text readers: prompt files of each format, tables, lists of facts, sentences. The corpus is the examples and small grammars. */
import { openStatements } from '../../src/document/facts';
import { parsePrompt } from '../../src/document/parsePrompt';
import { rowStatements, sentenceStatements } from '../../src/document/sentences';
import { holdsStatements, planProbe, statementsReading, truthStatements } from '../../src/document/statements';
import { parseTable, type Table, tableTexts } from '../../src/document/table';
import { fill } from '../../src/protocol/clauses';
import type { PromptInput } from '../../src/protocol/model';
import { readingSentence, type TableReading } from '../../src/protocol/tableReading';
import { type FuzzInput, type FuzzReader, mayRefuse, must } from './check';
import { corpus } from './corpus';
import { below, mutatedJson, mutatedText, oneOf, type Random } from './mutate';

const words = [
  'The cat sat',
  'a',
  'b',
  '1',
  '0,5',
  '1.234,5',
  '1.0',
  'true',
  'FALSE',
  '',
  ' ',
  '真',
  'He said "hi"',
  '"C" St',
  'x;y',
  'a, b',
  '\uFFFD',
];
const names = [
  'text',
  'label',
  'group',
  'statement',
  'topic',
  'value',
  '',
  'Unnamed: 0',
  'id',
  'Text',
  'polarity',
  'known',
];

/** Cells with a delimiter, quoted or not, in rows that mostly have the same length. */
function tableText(random: Random): string {
  const delimiter = oneOf(random, [',', ';', '\t', '|', ', ']);
  const end = oneOf(random, ['\n', '\r\n', '\r']);
  const width = 1 + below(random, 4);
  const quoted = (cell: string) => (random() < 0.3 ? `"${cell.replaceAll('"', random() < 0.9 ? '""' : '"')}"` : cell);
  const row = (from: readonly string[]) =>
    Array.from({ length: random() < 0.97 ? width : below(random, 6) }, () => quoted(oneOf(random, from))).join(
      delimiter,
    );
  const rows = Array.from({ length: below(random, 14) }, () => row(words));
  const head = random() < 0.7 ? [row(names)] : [];
  const lead = oneOf(random, ['', '', '', '\uFEFF', `sep=${delimiter}${end}`, end]);
  return lead + [...head, ...rows].join(end) + oneOf(random, ['', end, end + end]);
}

function readTable(text: string): void {
  const header = [null, true, false][text.length % 3];
  const table = mayRefuse(() => parseTable(text, 't.csv', { header }));
  if (!table) return;
  must(table.rows.length > 0 && table.rows.every((row) => row.length === table.columns.length), 'rows are even');
  must(new Set(table.columns).size === table.columns.length, 'columns have names of their own');
  const listed = mayRefuse(() => tableTexts(table, 't.csv'));
  if (listed) told(listed.reading, listed.texts.length);
  const { statements, reading } = rowStatements(table, text);
  told(reading, statements.length);
  for (const { source } of statements) {
    must(
      source === null || (source[0] >= 0 && source[0] <= source[1] && source[1] <= text.length),
      'places are in the file',
    );
  }
}

function told(reading: TableReading, rows: number): void {
  must(reading.rows === rows, 'the rows read are counted');
  const sentence = readingSentence(reading, (english, ...args) => fill(english, args.map(String)));
  must(/^(?:one row|[\d,]+ rows), .*\.$/s.test(sentence), 'there is a sentence');
}

/** A header may have thousands of columns, and any of them could hold the label, so only the first few are tried. */
const mostLabels = 12;

function readStatements(text: string): void {
  const table = mayRefuse(() => parseTable(text, 't.csv'));
  if (!table) return;
  if (holdsStatements(table)) mayRefuse(() => statementsReading(table, 't.csv'));
  const statements = mayRefuse(() => truthStatements(table, 't.csv'));
  for (const each of statements ?? []) must(each.text !== '', 'a statement has a text');
  planned(table, {});
  for (const label of [...table.columns.slice(0, mostLabels), 'none'])
    planned(table, { label, group: oneOf(() => 0.5, table.columns), template: 'So: {x}' });
}

function planned(table: Table, choice: Parameters<typeof planProbe>[2]): void {
  const plan = mayRefuse(() => planProbe(table, 't.csv', choice));
  if (!plan) return;
  told(plan.reading, plan.rows.length);
  for (const { label, text } of plan.rows) must(label.trim() !== '' && text !== '', 'a row has a label and a text');
}

/** Checks that every piece lies within the file and within its text. */
function readPrompt(text: string, file: string): void {
  const input = parsePrompt(text, { file, variables: { name: 'Mira', question: '{{name}}' } });
  const parts =
    input.kind === 'raw' ? [input] : input.messages.map((each) => ({ text: each.content, pieces: each.pieces }));
  for (const { text: own, pieces } of parts) {
    for (const { at, length, source } of pieces) {
      must(at >= 0 && length >= 0 && at + length <= own.length, 'a piece lies within its text');
      must(source[0] >= 0 && source[0] <= source[1] && source[1] <= text.length, 'a piece lies within the file');
    }
  }
}

function textReader(
  name: string,
  ending: string,
  seeds: readonly string[],
  read: (text: string) => unknown,
): FuzzReader {
  return {
    name,
    ending,
    input: (random) => mutatedText(random, oneOf(random, seeds), seeds),
    read: (input: FuzzInput) => read(String(input)),
  };
}

function tableReader(name: string, read: (text: string) => unknown): FuzzReader {
  const input = (random: Random) => {
    const text = random() < 0.7 ? tableText(random) : oneOf(random, corpus.tables);
    return random() < 0.5 ? text : mutatedText(random, text, corpus.tables);
  };
  return { name, ending: 'csv', input, read: (text: FuzzInput) => read(String(text)) };
}

const facts: FuzzReader = {
  name: 'facts',
  ending: 'json',
  input: (random) => {
    const text = JSON.stringify(mutatedJson(random, oneOf(random, corpus.facts)));
    return random() < 0.8 ? text : mutatedText(random, text, [text]);
  },
  read: (input) => {
    for (const { text, right, wrong } of openStatements(String(input), 'facts.json')) {
      must(typeof text === 'string' && !right.some((each) => wrong.includes(each)), 'nothing is right and wrong');
    }
  },
};

const json: FuzzReader = {
  name: 'chatJson',
  ending: 'json',
  input: (random) => {
    const text = JSON.stringify(mutatedJson(random, oneOf(random, corpus.chats)), null, below(random, 3));
    return random() < 0.5 ? text : mutatedText(random, text, [text]);
  },
  read: (input) => readPrompt(String(input), 'chat.json'),
};

const jsonLines: FuzzReader = {
  name: 'jsonLines',
  ending: 'jsonl',
  input: (random) => {
    const lines = Array.from({ length: below(random, 5) }, () =>
      JSON.stringify(mutatedJson(random, oneOf(random, corpus.chats))),
    );
    const text = lines.join(oneOf(random, ['\n', '\r\n', '\n\n']));
    return random() < 0.5 ? text : mutatedText(random, text, [text]);
  },
  read: (input) => readPrompt(String(input), 'chat.jsonl'),
};

/** A mapping, so that the compiler notices a missing format when one is added. */
export const textReaders: readonly FuzzReader[] = [
  tableReader('tables', readTable),
  tableReader('statements', readStatements),
  facts,
  textReader('raw', 'txt', corpus.texts, (text) => readPrompt(text, 'a.txt')),
  textReader('promptMd', 'prompt.md', corpus.promptMd, (text) => readPrompt(text, 'a.prompt.md')),
  textReader('customMd', 'instructions.md', corpus.promptMd, (text) => readPrompt(text, 'a.instructions.md')),
  textReader('prompty', 'prompty', corpus.prompty, (text) => readPrompt(text, 'a.prompty')),
  textReader('dotprompt', 'prompt', corpus.dotprompt, (text) => readPrompt(text, 'a.prompt')),
  json,
  jsonLines,
  textReader('promptYaml', 'prompt.yml', corpus.yaml, (text) => readPrompt(text, 'a.prompt.yml')),
  textReader('yaml', 'yaml', corpus.yaml, (text) => readPrompt(text, 'a.yaml')),
  textReader('skprompt', 'txt', corpus.yaml, (text) => readPrompt(text, 'skprompt.txt')),
  textReader('jinja', 'jinja2', corpus.prompty, (text) => readPrompt(text, 'a.jinja2')),
  textReader('modelfile', 'modelfile', corpus.modelfile, (text) => readPrompt(text, 'Modelfile')),
  textReader('toml', 'toml', corpus.toml, (text) => readPrompt(text, 'a.toml')),
  textReader('sentences', 'txt', corpus.texts, (text) => {
    const input: PromptInput = {
      kind: 'raw',
      file: null,
      text,
      pieces: [{ at: 0, length: text.length, source: [0, text.length] }],
    };
    for (const { source } of sentenceStatements(input).statements) {
      must(source === null || (source[0] <= source[1] && source[1] <= text.length), 'a sentence lies within the text');
    }
  }),
];
