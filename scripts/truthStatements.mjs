/**
 * Writes the truth probe's statements from models/truth/facts.json: `node scripts/truthStatements.mjs` writes statements.csv (to train on)
 * and frozen.csv (to test on once) beside it, `--check` writes nothing and exits with 1 where they differ. models/truth/README.md explains
 * the columns.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../models/truth');
export const columns = ['statement', 'label', 'topic', 'polarity', 'known', 'split', 'style', 'template', 'fact'];
export const outputs = { 'statements.csv': 'train', 'frozen.csv': 'frozen' };

/** @param {string} name */
export const readTruthFile = (name) => fs.readFileSync(path.join(folder, name), 'utf8');

const capitalised = (text) => text[0].toUpperCase() + text.slice(1);

/** The ways in which people spell a sentence; most sentences are spelt correctly. Contractions belong to the forms themselves. */
const spellings = {
  plain: capitalised,
  'lower-case start': (text) => text[0].toLowerCase() + text.slice(1),
  'no period': (text) => capitalised(text).slice(0, -1),
  capitals: (text) => text.toUpperCase(),
  'curly quotes': (text) =>
    capitalised(text)
      .replace(/(^|\s)"/g, '$1“')
      .replace(/(^|\s)'/g, '$1‘')
      .replaceAll('"', '”')
      .replaceAll("'", '’'),
  'lower case': (text) => text.toLowerCase().slice(0, -1),
};
const everyTen = [
  'plain',
  'plain',
  'lower-case start',
  'plain',
  'no period',
  'capitals',
  'plain',
  'curly quotes',
  'plain',
  'lower case',
];
/** The spellings to use instead for words whose letter case has a meaning, as in a chemical symbol. */
const caseBound = { 'lower-case start': 'plain', capitals: 'plain', 'lower case': 'no period' };

/** Each fact gives four statements: its own value and another fact's value, each affirmed and denied, all in one form and one spelling. */
export function statementRows({ topics }) {
  return topics.flatMap(({ topic, known, split, caseMatters, templates }, place) => {
    let number = 0;
    return templates.flatMap(({ forms, facts }, index) =>
      facts.flatMap(([subject, value, falseValue, object], at) => {
        const drawn = everyTen[(3 * place + number) % everyTen.length];
        const style = (caseMatters && caseBound[drawn]) || drawn;
        const form = forms[at % forms.length];
        number++;
        return ['affirmative', 'negated'].flatMap((polarity, which) =>
          [value, falseValue].map((said) => ({
            statement: spellings[style](filled(form[which], { subject, value: said, object })),
            label: (said === value) === (polarity === 'affirmative'),
            topic,
            polarity,
            known,
            split,
            style,
            template: index * forms.length + (at % forms.length) + 1,
            fact: `${topic} ${number}`,
          })),
        );
      }),
    );
  });
}

/** Fills `{subject}`, `{value}` and `{object}` in. */
const filled = (pattern, slots) => pattern.replace(/\{(\w+)\}/g, (_, slot) => slots[slot]);

/** RFC 4180 with line feeds; only commas make a field of our statements need quotes. */
export function statementsCsv(rows) {
  const field = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replace(/"/g, '""')}"` : String(value));
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((cells) => `${cells.map(field).join(',')}\n`)
    .join('');
}

function main(check) {
  const rows = statementRows(JSON.parse(readTruthFile('facts.json')));
  for (const [name, split] of Object.entries(outputs)) {
    const csv = statementsCsv(rows.filter((row) => row.split === split));
    const file = path.join(folder, name);
    if (!check) fs.writeFileSync(file, csv);
    else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== csv) {
      console.error(`${name} is not what facts.json says: run node scripts/truthStatements.mjs`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
