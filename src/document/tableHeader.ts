/**
 * Whether the first line of a table holds the names of its columns, and what the columns are called. Known names decide, else the
 * differences from the lines below.
 */
import { isBlank, numbersIn, truthValue } from './cells';

/** Names that occur only in a header. */
const columnNames = new Set([
  ...[
    'text',
    'texts',
    'statement',
    'sentence',
    'word',
    'phrase',
    'name',
    'prompt',
    'input',
    'output',
    'content',
    'title',
  ],
  ...[
    'question',
    'answer',
    'response',
    'completion',
    'instruction',
    'review',
    'comment',
    'message',
    'quote',
    'document',
  ],
  ...[
    'label',
    'labels',
    'class',
    'category',
    'group',
    'topic',
    'value',
    'target',
    'type',
    'kind',
    'sentiment',
    'polarity',
  ],
  ...['known', 'score', 'rating', 'country', 'city', 'language', 'gender', 'year', 'source', 'id', 'index', 'idx', '#'],
  ...[
    'latitude',
    'longitude',
    'noun',
    'verb',
    'adjective',
    'token',
    'animal',
    'colour',
    'color',
    'role',
    'description',
  ],
  ...[
    '文本',
    '文字',
    '句子',
    '陈述',
    '陳述',
    '名称',
    '名稱',
    '词',
    '詞',
    '标签',
    '標籤',
    '类别',
    '類別',
    '组',
    '組',
    '主题',
    '主題',
  ],
]);

/** pandas and R write a column of row numbers without a name, and pandas reads it back under this one. */
const unnamed = /^(?:unnamed: ?\d+(?:[._]\w+)*|\.\.\.\d+)?$/i;
const wholeNumber = /^\d+$/;

type Records = readonly (readonly string[])[];

/** Decides by the look of the line; `records` has at least one row. */
export function hasHeader(records: Records): boolean {
  const [first, ...rows] = records;
  const names = first.map((cell) => cell.trim().toLowerCase());
  if (names.some((name) => columnNames.has(name))) return true;
  // A first column without a name, among named ones, is pandas' index.
  if (first.length > 1 && unnamed.test(names[0]) && names.slice(1).every((name) => name !== '')) return true;
  if (rows.length === 0) return false;
  const votes = first.map((cell, column) =>
    voteOf(
      cell,
      rows.map((row) => row[column]),
    ),
  );
  if (votes.includes(-1)) return false;
  if (votes.includes(1)) return true;
  return first.length > 1 && first.every(isLowerName);
}

/** 1 for a header, −1 against it. */
function voteOf(name: string, cells: readonly string[]): -1 | 0 | 1 {
  const filled = cells.filter((cell) => !isBlank(cell));
  if (isBlank(name) || filled.length === 0) return 0;
  const isNumber = (list: readonly string[]) => numbersIn(list, null) !== null;
  if (isNumber([name])) return -1;
  if (isNumber(filled)) return 1;
  const truths = filled.every((cell) => truthValue(cell) !== null);
  if (truths) return truthValue(name) === null ? 1 : -1;
  // Values recur in the rows below, names do not.
  if (filled.includes(name)) return -1;
  if (isProse(name, filled)) return -1;
  const different = filled.filter((cell) => !isLowerName(cell)).length;
  return isLowerName(name) && different >= 0.8 * filled.length ? 1 : 0;
}

const isLowerName = (cell: string): boolean => /^[\p{Ll}_][\p{Ll}\p{N}_.-]{0,29}$/u.test(cell);

/** Whether the name has several words, like the lines below. */
function isProse(name: string, cells: readonly string[]): boolean {
  const mean = cells.reduce((sum, cell) => sum + cell.length, 0) / cells.length;
  const several = name.trim().split(/\s+/).length > 2 || /[.!?。！？]$/.test(name) || name.includes('\n');
  return several && name.length > mean / 3;
}

/** Indices of columns that only number the rows: they have no name of their own and hold whole numbers throughout. */
export function indexColumns(records: Records, header: boolean): number[] {
  const rows = header ? records.slice(1) : records;
  const all = records[0].map((_, column) => column);
  const found = all.filter((column) => {
    const cells = rows.map((row) => row[column]);
    if (header) return unnamed.test(records[0][column].trim()) && cells.every((cell) => wholeNumber.test(cell));
    const counted = cells.every((cell, at) => wholeNumber.test(cell) && Number(cell) === Number(cells[0]) + at);
    return column === 0 && cells.length > 2 && counted && Number(cells[0]) <= 1;
  });
  return found.length < all.length ? found : [];
}

/** Names in lower case, none repeated; `column 3` for the third without one. */
export function namesFrom(first: readonly string[]): { columns: string[]; twice: string[] } {
  const columns = new Set<string>();
  const copies = new Map<string, number>();
  first.forEach((cell, at) => {
    const own = cell.trim().replace(/\s+/g, ' ').toLowerCase() || `column ${at + 1}`;
    let name = own;
    // Counts on from the previous copy, because thousands of columns may have the same name.
    for (let copy = (copies.get(own) ?? 1) + 1; columns.has(name); copy++) {
      name = `${own} (${copy})`;
      copies.set(own, copy);
    }
    columns.add(name);
  });
  return { columns: [...columns], twice: [...copies.keys()] };
}

/**
 * Names for a table without a header: the first column of words is its text, unless others are much longer; the only other column is the
 * label.
 */
export function namesOf(rows: Records): string[] {
  const lengths = rows[0].map((_, column) => {
    const cells = rows.map((row) => row[column]);
    if (numbersIn(cells, null) || cells.every((cell) => truthValue(cell) !== null)) return -1;
    return cells.reduce((sum, cell) => sum + cell.length, 0);
  });
  const longest = Math.max(...lengths);
  const text = Math.max(
    0,
    lengths.findIndex((length) => length > 0 && length >= longest / 2),
  );
  return lengths.map((_, column) => {
    if (column === text) return 'text';
    return lengths.length === 2 ? 'label' : `column ${column + 1}`;
  });
}
