/**
 * The texts that the Embeddings tab plots, from the text in front and the user's choices: automatic choices become definite ones, and lines
 * and rows become texts with known places in the file. Pure except for reading.
 */

import type {
  EmbeddingsIntent,
  EmbeddingsParams,
  EmbeddingsPlan,
  SourceText,
} from '../../analysis/embeddings/contract';
import { commonWord, wordExpression } from '../../document/commonWord';
import { isTableName } from '../../document/promptKind';
import type { Prompt, PromptInput, Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { TableReading } from '../../protocol/tableReading';
import type { PromptSource } from './promptSource';

/** A file that is open in the editor, as a prompt. */
export interface OpenPrompt {
  uri: string;
  name: string;
  input: PromptInput;
}

/** Place of a text in the file: `slot` in its prompt is the file's text from `at` on. `whole`: the whole prompt is the file's text. */
export type Spot = { at: number; slot: Range } | { whole: true } | null;

export interface EmbeddedTexts {
  plan: EmbeddingsPlan;
  texts: SourceText[];
  labels: string[];
  spots: Spot[];
}

const labelLength = 40;

type Choice = Pick<EmbeddingsIntent, 'source' | 'at' | 'pattern' | 'template' | 'groupBy' | 'marks'>;

/** Rejects with a ProblemError for a malformed table, a template without a place for the text, or a text that is no prompt. */
export async function embeddedTexts(
  source: PromptSource,
  input: PromptInput,
  choice: Choice,
  openPrompts: () => Promise<OpenPrompt[]>,
): Promise<EmbeddedTexts> {
  const kind = choice.source === 'auto' ? await likelySource(source) : choice.source;
  const gathered = await gather(kind, source, input, choice, openPrompts);
  const marked = new Map(choice.marks.map(({ text, group }) => [text, group]));
  const texts = gathered.texts.map((text, index) => ({ ...text, group: marked.get(index) ?? text.group }));
  const found = kind === 'lines' ? commonWord(await ownLines(source)) : null;
  const pattern = choice.pattern !== '' ? choice.pattern : (found ?? '');
  const at = choice.at !== 'auto' ? choice.at : likelyPlaces(kind, pattern);
  const { template, groupBy, columns, reading } = gathered;
  return {
    plan: {
      source: kind,
      at: at === 'pattern' && pattern === '' ? 'tokens' : at,
      pattern,
      template,
      groupBy,
      columns,
      ...(reading ? { reading } : {}),
    },
    texts,
    labels: gathered.labels.map((label) =>
      label.length > labelLength ? `${label.slice(0, labelLength - 1)}…` : label,
    ),
    spots: gathered.spots,
  };
}

export function pointsAt({ at, pattern, source }: EmbeddingsPlan): EmbeddingsParams['at'] {
  // In a prompt, the tokens around a word would add hundreds of points; in short lines they are the context that the word is read in.
  return at === 'pattern' ? { kind: at, pattern: wordExpression(pattern), around: source === 'lines' } : { kind: at };
}

function likelyPlaces(kind: EmbeddingsPlan['source'], pattern: string): EmbeddingsPlan['at'] {
  if (pattern !== '') return 'pattern';
  return kind === 'prompt' ? 'tokens' : 'last';
}

async function likelySource(source: PromptSource): Promise<EmbeddingsPlan['source']> {
  if (isTable(source)) return 'table';
  const lines = await ownLines(source);
  return commonWord(lines) === null ? 'prompt' : 'lines';
}

/** The prompt of data whose text is not shown as tokens. */
export function noTokens({ title }: PromptSource): Prompt {
  return { file: title, rendered: '', tokens: [] };
}

export function isTable({ uri, range }: Pick<PromptSource, 'uri' | 'range'>): boolean {
  return range === null && isTableName(uri);
}

function ownText({ text, range }: PromptSource): { text: string; from: number } {
  return range ? { text: text.slice(...range), from: range[0] } : { text, from: 0 };
}

async function ownLines(source: PromptSource): Promise<string[]> {
  const { lines } = await import('../../document/table');
  return lines(ownText(source).text).map(({ text }) => text);
}

interface Gathered extends Omit<EmbeddedTexts, 'plan'> {
  template: string;
  groupBy: string | null;
  columns: string[];
  reading?: TableReading;
}

async function gather(
  kind: EmbeddingsPlan['source'],
  source: PromptSource,
  input: PromptInput,
  choice: Choice,
  openPrompts: () => Promise<OpenPrompt[]>,
): Promise<Gathered> {
  const none = { template: '', groupBy: null, columns: [] };
  switch (kind) {
    case 'prompt':
      return {
        ...none,
        texts: [{ input, name: source.title, group: null }],
        labels: [source.title],
        spots: [{ whole: true }],
      };
    case 'open': {
      const open = await openPrompts();
      const others = open.filter(({ uri }) => uri !== source.uri);
      const own = isTable(source) ? [] : [{ uri: source.uri, name: source.title, input }];
      const all = [...own, ...others];
      return {
        ...none,
        texts: all.map(({ input, name }) => ({ input, name, group: null })),
        labels: all.map(({ name }) => name),
        spots: all.map(({ uri }) => (uri === source.uri ? { whole: true } : null)),
      };
    }
    case 'lines':
      return { ...none, ...(await linesOf(source, choice.template ?? '')) };
    case 'table':
      return rowsOf(source, choice);
  }
}

/** Texts of the lines; empty lines between them separate groups. */
async function linesOf(source: PromptSource, template: string): Promise<Omit<Gathered, 'groupBy' | 'columns'>> {
  const { inTemplate, lines } = await import('../../document/table');
  const { text, from } = ownText(source);
  const all = lines(text);
  let paragraph = 1;
  const paragraphs = all.map(({ source: [start] }, index) => {
    const before = index === 0 ? '' : text.slice(all[index - 1].source[1], start);
    if ((before.match(/\r\n|\r|\n/g) ?? []).length > 1) paragraph++;
    return paragraph;
  });
  const grouped = paragraph > 1 && paragraph < all.length;
  return {
    template,
    texts: all.map((line, index) => ({
      input: inTemplate(line.text, template || null),
      name: String(index + 1),
      group: grouped ? String(paragraphs[index]) : null,
    })),
    labels: all.map((line) => line.text),
    spots: all.map((line) => spotOf(from + line.source[0], line.text, template)),
  };
}

async function rowsOf(source: PromptSource, { template: chosen, groupBy }: Choice): Promise<Gathered> {
  const { groupColumns, inTemplate, leftOutNote, optionalColumn, parseTable, readingWith, templateFor, textColumn } =
    await import('../../document/table');
  const { text, from } = ownText(source);
  const table = parseTable(text, source.title);
  const column = textColumn(table);
  const byColumn = groupBy === null ? optionalColumn(table, groupColumns) : optionalColumn(table, [groupBy]);
  const rows = table.rows.filter((row) => (row[column] ?? '') !== '');
  if (rows.length === 0) throw new ProblemError('emptyPrompt', [source.title]);
  const cells = rows.map((row) => row[column]);
  const template = chosen ?? templateFor(cells);
  const places = cellPlaces(text, cells, table.start);
  return {
    template,
    groupBy: byColumn === null ? null : table.columns[byColumn],
    columns: table.columns,
    reading: readingWith(table, rows.length, leftOutNote('noText', table.rows.length - rows.length)),
    texts: rows.map((row, index) => ({
      input: inTemplate(row[column], template || null),
      name: String(index + 1),
      group: byColumn === null ? null : row[byColumn] || null,
    })),
    labels: cells,
    spots: places.map((at, index) => (at === null ? null : spotOf(from + at, cells[index], template))),
  };
}

function spotOf(at: number, text: string, template: string): Spot {
  const start = template === '' ? 0 : template.indexOf('{x}');
  return { at, slot: [start, start + text.length] };
}

/** Offsets of consecutive cells; null for a cell that is quoted differently in the file. */
function cellPlaces(text: string, cells: readonly string[], start: number): (number | null)[] {
  let from = start;
  return cells.map((cell) => {
    let at = text.indexOf(cell, from);
    while (at > 0 && !/[\s,;|"\uFEFF]/.test(text[at - 1])) at = text.indexOf(cell, at + 1);
    if (at < 0) return null;
    from = at + cell.length;
    return at;
  });
}
