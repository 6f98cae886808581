/**
 * The statements that the lie detector judges: a text's sentences that could be true or false, each with its place in the file, and the
 * rows of a table. Questions are counted and left out; headings and lead-ins that end with a colon are not statements.
 */
import type { PromptInput, Range, SourcePiece } from '../protocol/model';
import type { TableReading } from '../protocol/tableReading';
import { truthValue } from './cells';
import { leftOutNote, optionalColumn, readingWith, type Table, textColumn } from './table';

export interface FoundStatement {
  text: string;
  /** UTF-16 range in the file; null where the text is not in a file. */
  source: Range | null;
  /** The table's label; null where it has none. */
  label: boolean | null;
}

export interface Found {
  statements: FoundStatement[];
  questions: number;
}

/** A block is a line, or several lines where a sentence is wrapped. */
type Block = Range;

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const endMark = /[.!?。！？…]["'”’)\]」』]*$/;
/** A period after these does not end a sentence. */
const abbreviation = /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|vs|cf|e\.g|i\.e|approx|No|U\.S|U\.K)\.\s*$/;
/** Marks of list items and quotations before a line's text. */
const marker = /^\s*(?:(?:[-*+•>]|\d{1,3}[.)])\s+)*/;

/** For a chat, the contents of all messages are read. */
export function sentenceStatements(input: PromptInput): Found {
  const parts =
    input.kind === 'raw'
      ? [{ text: input.text, pieces: input.pieces }]
      : input.messages.map(({ content, pieces }) => ({ text: content, pieces }));
  const all = parts.map(({ text, pieces }) => inText(text, (range) => sourceOf(range, pieces)));
  return {
    statements: all.flatMap(({ statements }) => statements),
    questions: all.reduce((sum, { questions }) => sum + questions, 0),
  };
}

/** The rows of a table with the label of its column `label`, where that is true or false; without this column, no row has one. */
export function rowStatements(table: Table, text: string, from = 0): Found & { reading: TableReading } {
  const column = optionalColumn(table, ['statement']) ?? textColumn(table);
  const label = optionalColumn(table, ['label']);
  let at = table.start;
  const statements = table.rows
    .filter((row) => (row[column] ?? '') !== '')
    .map((row): FoundStatement => {
      // Inside quotes, a quote is written twice.
      const written = text.includes(row[column]) ? row[column] : row[column].replaceAll('"', '""');
      const found = text.indexOf(written, at);
      if (found >= 0) at = found + written.length;
      return {
        text: row[column],
        source: found < 0 ? null : [from + found, from + found + written.length],
        label: label === null ? null : truthValue(row[label] ?? ''),
      };
    });
  const left = leftOutNote('noText', table.rows.length - statements.length);
  return { statements, questions: 0, reading: readingWith(table, statements.length, left) };
}

/** The words at the end of a text that no mark ends, which an answer continues. Empty after a colon. */
export function openEnd(text: string): string {
  const trimmed = text.trimEnd();
  if (endMark.test(trimmed) || /[:：]$/.test(trimmed)) return '';
  const last = blocks(trimmed).at(-1);
  return last
    ? (segments(trimmed.slice(...last))
        .at(-1)
        ?.text.trim() ?? '')
    : '';
}

/** Whether a mark ends the text's last sentence. */
export function isEnded(text: string): boolean {
  return endMark.test(text.trimEnd());
}

function inText(text: string, place: (range: Range) => Range | null): Found {
  let questions = 0;
  const statements: FoundStatement[] = [];
  for (const [start, end] of blocks(text)) {
    for (const segment of segments(text.slice(start, end))) {
      const own = segment.text.trim();
      if (/[?？]["'”’)]*$/.test(own)) questions++;
      else if (isStatement(own)) {
        const from = start + segment.at + segment.text.length - segment.text.trimStart().length;
        const written = own.replace(/\s+/g, ' ');
        statements.push({ text: written, source: place([from, from + own.length]), label: null });
      }
    }
  }
  return { statements, questions };
}

/** At least two words, or four characters of a script that writes no spaces. */
function isStatement(text: string): boolean {
  if (/[:：]$/.test(text)) return false;
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length > 1 || /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{4}/u.test(text);
}

function blocks(text: string): Block[] {
  const all: Block[] = [];
  for (const match of text.matchAll(/[^\r\n]+/g)) {
    const line = match[0];
    const end = match.index + line.length;
    if (line.trim() === '' || /^\s*#{1,6}\s/.test(line)) continue;
    const before = all.at(-1);
    const between = before ? text.slice(before[1], match.index) : '';
    const wrapped = before && /^(?:\r\n|\r|\n)$/.test(between) && /^\s*\p{Ll}/u.test(line);
    if (wrapped && !/[.!?。！？:：]\s*$/.test(text.slice(...before))) before[1] = end;
    else all.push([match.index + (marker.exec(line)?.[0].length ?? 0), end]);
  }
  return all;
}

function segments(text: string): { text: string; at: number }[] {
  const all: { text: string; at: number }[] = [];
  // The segmenter ends a sentence at every line end; inside a block, a line end only wraps the line.
  for (const { segment, index } of sentences.segment(text.replace(/[\r\n]/g, ' '))) {
    const before = all.at(-1);
    if (before && abbreviation.test(before.text)) before.text += segment;
    else all.push({ text: segment, at: index });
  }
  return all;
}

/** The file range of all pieces that the range touches, which a template's loop may have put out of order; null where it touches none. */
function sourceOf([start, end]: Range, pieces: readonly SourcePiece[]): Range | null {
  const touched = pieces
    .filter(({ at, length }) => at < end && at + length > start)
    .map(({ at, length, source }): Range => {
      if (length !== source[1] - source[0]) return source;
      return [source[0] + Math.max(0, start - at), source[0] + Math.min(length, end - at)];
    });
  if (touched.length === 0) return null;
  return [Math.min(...touched.map(([from]) => from)), Math.max(...touched.map(([, to]) => to))];
}
