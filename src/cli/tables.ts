/** Tables on the command line: whether their first line is a header, and the sentence on standard error that tells how they were read. */
import type { Command } from 'commander';
import { parseTable, type Table } from '../document/table';
import { fill } from '../protocol/clauses';
import { readingSentence, type TableReading } from '../protocol/tableReading';
import type { Environment } from './environment';
import { readText, standardInput } from './readPrompt';

export interface TableOptions {
  /** Absent = decided by what the first line looks like. */
  header?: boolean;
}

export function addTableOptions(command: Command): Command {
  return command
    .option('--header', "the table's first line holds the column names, whatever it looks like")
    .option('--no-header', "the table's first line is an ordinary row");
}

/** Throws what reading a text and a table throws. */
export async function readTable(
  environment: Environment,
  file: string,
  { header }: TableOptions = {},
): Promise<{ table: Table; text: string }> {
  const text = await readText(environment, file);
  return { table: parseTable(text, nameOf(file), { header: header ?? null }), text };
}

/** `data.csv: 24 rows, 2 columns (text, label), commas between them, the first line is the header.` */
export function tellReading({ errors }: Environment, file: string, reading: TableReading): void {
  const sentence = readingSentence(reading, (english, ...args) => fill(english, args.map(String)));
  errors.write(`${nameOf(file)}: ${sentence}\n`);
}

const nameOf = (file: string): string => (file === '-' ? standardInput : file);
