/**
 * Writes the truth probe's statements from models/truth/facts.json:
 * `node scripts/truthStatements.mjs` writes statements.csv (to train on) and frozen.csv (to test on once) beside it,
 * `--check` writes nothing and exits with 1 where they differ. What the columns mean: models/truth/README.md.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../models/truth');
export const columns = ['statement', 'label', 'topic', 'polarity', 'known', 'split', 'template', 'fact'];
export const outputs = { 'statements.csv': 'train', 'frozen.csv': 'frozen' };

/** @param {string} name */
export const readTruthFile = (name) => fs.readFileSync(path.join(folder, name), 'utf8');

/** Every fact four times: with its own value and with another fact's, said and denied. */
export function statementRows({ topics }) {
  return topics.flatMap(({ topic, known, split, templates }) => {
    let number = 0;
    return templates.flatMap(({ facts, ...patterns }, index) =>
      facts.flatMap(([subject, value, falseValue, object]) => {
        number++;
        return ['affirmative', 'negated'].flatMap((polarity) =>
          [value, falseValue].map((said) => ({
            statement: sentence(patterns[polarity], { subject, value: said, object }),
            label: (said === value) === (polarity === 'affirmative'),
            topic,
            polarity,
            known,
            split,
            template: index + 1,
            fact: `${topic} ${number}`,
          })),
        );
      }),
    );
  });
}

/** Fills `{subject}`, `{value}` and `{object}` in and begins with a capital letter. */
function sentence(pattern, slots) {
  const text = pattern.replace(/\{(\w+)\}/g, (_, slot) => slots[slot]);
  return text[0].toUpperCase() + text.slice(1);
}

/** RFC 4180 with line feeds; nothing in our statements needs quotes but commas. */
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
