/**
 * The answer of a tool: the text that the command line prints, with compact tables, and the numbers as `--json` has them; both together
 * within a length that an assistant can take in.
 */
import type { Report } from '../cli/report';
import { textBlocks } from '../cli/terminalText';
import type { ToolResult } from '../client/toolsBundle';
import { Refusal } from './refusal';
import { firstRow } from './tool';
import { asRows, charactersPerItem, windowedData, windowedText } from './windowed';

/** Length in characters of a whole result, written as JSON. */
export const longestResult = 20_000;

/** The share of it that the text may take where the numbers do not fit beside it. */
const textShare = 0.5;

export interface Answered {
  report: Report;
  /** For `textBlocks`. */
  text: string;
  /** The notes for standard error. */
  notes: readonly string[];
}

/**
 * `row` is the first row shown of anything that is too long, from 1. With `data`, the numbers are included too. Throws a refusal for a row
 * beyond the end of everything.
 */
export function toolResult(answered: Answered, row: number, { data }: { data: boolean }): ToolResult {
  const { report } = answered;
  const blocks = textBlocks(answered.text).map(asRows);
  const rows = Math.max(1, ...blocks.map((block) => (block.kind === 'table' ? block.rows.length : 0)));
  const numbers = data ? dataOf(report) : null;
  const last = Math.max(rows, longestList(numbers));
  if (row > last) throw new Refusal(`"${firstRow}" must be a whole number from 1 to ${last} here, not ${row}.`);
  const start = row - 1;
  const head = `${headOf(report)}\n${answered.notes.map((note) => `${note}\n`).join('')}\n`;
  const textAt = (most: number) => `${head}${windowedText(blocks, { most, start }, firstRow)}`.trimEnd();
  const most = Math.max(last, itemsOfTexts(numbers));
  const all = numbers ? size(structured(numbers, { most, start })) : 0;
  const room = longestResult - Math.min(all, (1 - textShare) * longestResult);
  const result = withText(fitting(rows, textAt, (text) => size(withText(text)) <= room) ?? head.slice(0, room / 4));
  if (!numbers) return result;
  const whole = (items: number): ToolResult => ({
    ...result,
    structuredContent: structured(numbers, { most: items, start }),
  });
  const fits = fitting(most, whole, (each) => size(each) <= longestResult);
  return fits ?? { ...result, structuredContent: { ...numbers, result: null, leftOut: [{ field: 'result' }] } };
}

const withText = (text: string): ToolResult => ({ content: [{ type: 'text', text }] });

const size = (value: unknown): number => JSON.stringify(value).length;

/** The result of `make` with the largest number up to `most` that fits; null where not even 0 does. */
function fitting<T>(most: number, make: (most: number) => T, fits: (made: T) => boolean): T | null {
  let best: T | null = null;
  for (let low = 0, high = most; low <= high; ) {
    // The whole is tried first, because it usually fits.
    const middle = best === null && high === most && low === 0 ? most : Math.floor((low + high) / 2);
    const made = make(middle);
    if (fits(made)) {
      best = made;
      low = middle + 1;
    } else high = middle - 1;
  }
  return best;
}

function headOf({ command, model, runtime, prompt, fingerprint }: Report): string {
  const length = prompt?.tokens.length ?? 0;
  const tokens = prompt ? `, ${length === 1 ? '1 token' : `${length} tokens`}` : '';
  return `${command}: ${model.name} ${model.quantisation}, ${runtime.provider}, ${runtime.precision}${tokens}, fingerprint ${fingerprint}.`;
}

/** The data as in `--json`, but without the prompt's tokens where the result has numbers of its own. */
function dataOf({ prompt, result, model, timing: _, ...report }: Report): Record<string, unknown> {
  const { name, sha256, quantisation } = model;
  const inPrompt = isEmpty(result);
  const told = prompt && { file: prompt.file, tokenCount: prompt.tokens.length };
  return {
    ...report,
    model: inPrompt && !prompt ? model : { name, sha256, quantisation },
    prompt: inPrompt ? prompt : told,
    result,
  };
}

const isEmpty = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && Object.keys(result).length === 0;

function structured(numbers: unknown, window: { most: number; start: number }): Record<string, unknown> {
  const { data, leftOut } = windowedData(numbers, window);
  const told = leftOut.length > 0 ? { leftOut, more: `Ask with another ${firstRow}, from 1.` } : {};
  return { ...(data as object), ...told };
}

const largest = (value: unknown, of: (value: unknown) => number): number => {
  const within = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return within.reduce<number>((most, each) => Math.max(most, largest(each, of)), of(value));
};

const longestList = (value: unknown): number => largest(value, (each) => (Array.isArray(each) ? each.length : 0));

const itemsOfTexts = (value: unknown): number =>
  largest(value, (each) => (typeof each === 'string' ? Math.ceil(each.length / charactersPerItem) : 0));
