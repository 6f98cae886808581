/**
 * How a table was read, as data, and the one sentence that says so: on standard error for the command line, above the result in the
 * panel. The words are English here; callers pass the translation. Leaf: imports nothing.
 */

export type Delimiter = ',' | ';' | '\t' | '|';

export interface TableReading {
  /** The number of rows whose cells are used. */
  rows: number;
  /** Names of the columns as they are shown, in the order of the file, without columns that only number the rows. */
  columns: string[];
  /** Null = one column. */
  delimiter: Delimiter | null;
  /** Whether the first line holds the columns' names. */
  header: boolean;
  /** Whether the header was recognised (false: it was specified). */
  guessed: boolean;
  notes: TableNote[];
}

export interface TableNote {
  kind: keyof typeof noteWords;
  args: (string | number)[];
}

/** Clauses of the sentence, in the order in which they appear. */
const noteWords = {
  indexColumn: 'the column of row numbers is not used',
  duplicateColumn: 'several columns are called {0}: the first one is used',
  noText: 'rows without a text, left out: {0}',
  noLabel: 'rows without a label, left out: {0}',
  decimalComma: 'the commas of {0} are read as decimal commas',
  thousands: 'the thousands separators in {0} are ignored',
  undecoded: 'cells in which � stands for a lost character: {0} (save the table as UTF-8)',
} as const;

const delimiterWords: Record<Delimiter, string> = {
  ',': 'commas between them',
  ';': 'semicolons between them',
  '\t': 'tabs between them',
  '|': 'bars between them',
};

const frame = {
  sentence: '{0}, {1}, {2}.',
  oneRow: 'one row',
  rows: '{0} rows',
  oneColumn: 'one column ({0})',
  columns: '{0} columns ({1}), {2}',
  further: '{0}; {1}',
  header: 'the first line is the header',
  noHeader: 'no header line',
  likelyNoHeader: 'apparently no header line',
} as const;

/** Every string of the sentence, for the tool that collects translations. */
export const readingWords: readonly string[] = [
  ...Object.values(noteWords),
  ...Object.values(delimiterWords),
  ...Object.values(frame),
];

/** `say` translates a string of `readingWords` and fills its arguments. */
export function readingSentence(
  { rows, columns, delimiter, header, guessed, notes }: TableReading,
  say: (english: string, ...args: (string | number)[]) => string,
): string {
  const names = columns.join(', ');
  const shape =
    delimiter === null || columns.length === 1
      ? say(frame.oneColumn, names)
      : say(frame.columns, columns.length, names, say(delimiterWords[delimiter]));
  const first = header ? frame.header : guessed ? frame.likelyNoHeader : frame.noHeader;
  const clauses = [say(first), ...notes.map(({ kind, args }) => say(noteWords[kind], ...args))];
  const count = rows === 1 ? say(frame.oneRow) : say(frame.rows, rows.toLocaleString('en'));
  return say(
    frame.sentence,
    count,
    shape,
    clauses.reduce((before, clause) => say(frame.further, before, clause)),
  );
}
