/**
 * Converts a prompt file's text to messages (or raw text) in which every stretch remembers its place in the file. This is the only entrance
 * to the formats; formats.ts lists them, readers.ts has the reader of each.
 */
import { clause } from '../protocol/clauses';
import type { PromptInput, PromptVariable } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { leftOpen } from '../protocol/promptEnd';
import { checkLength } from '../protocol/textLength';
import { newChoice, refuseUnused } from './choice';
import { foreignFormat, type PromptKind } from './formats';
import { invisibleNotes } from './invisible';
import { unifiedLineEnds } from './lineEnds';
import { withNotes } from './notes';
import { promptKind } from './promptKind';
import { rawPrompt, wrappedPrompt } from './rawText';
import { readers } from './readers';
import { bodyEmpty, notRead, type Source } from './source';

export interface ParseOptions {
  /** Name or path, whose ending determines the format; null for a document that was never saved. */
  file: string | null;
  /** The whole path, where `file` is only a part of it: some formats are told by the folder. */
  path?: string;
  /** The editor's language id; that of a prompt format determines the format. */
  languageHint?: string;
  /** Reads the text in this format, whatever its name and language. */
  format?: PromptKind;
  /** `raw`: any file as it stands. `chat`: a plain text as one message of the user. Default `auto`: according to the format. */
  mode?: 'auto' | 'raw' | 'chat';
  /** Leaves the last message open, which must be the assistant's. */
  continueLast?: boolean;
  /** Values for the file's variables, which override its own samples. */
  variables?: Readonly<Record<string, string>>;
  /** The longest text that is read, in UTF-16 units; left out = `longestText`. */
  longest?: number;
  /**
   * Of a file with several prompts: the one to read, by its number from 1 in each list that holds several, or the one at this offset of the
   * text. Without both the first.
   */
  prompt?: readonly number[];
  at?: number;
  /** Of a file whose lines are prompts: the line to read, from 1. */
  line?: number;
  /** Of a file with several sets of values: the one to fill in, from 1. */
  test?: number;
  /** Reads a file in the prompt's own folder tree, by its relative path; missing for a text that is in no folder. */
  readBeside?: (path: string) => string | null;
  /** The relative paths of the files below a folder of that tree; missing where files are not listed. */
  listBeside?: (folder: string) => string[];
}

const byteOrderMark = '\ufeff';

/**
 * Source ranges are UTF-16 offsets into `text` as given; a byte order mark is counted but is not part of the prompt.
 * @throws ProblemError `promptMalformed` (with line and column), `emptyPrompt`, `emptyBody`, `textTooLarge`, `nothingToContinue`.
 */
export function parsePrompt(text: string, options: ParseOptions): PromptInput {
  const unified = unifiedLineEnds(text);
  const at = options.at === undefined ? undefined : unified.inText(options.at);
  const prompt = unified.inFile(read(unified.text, { ...options, at }));
  const input = withNotes(prompt, [...unified.notes, ...invisibleNotes(prompt)]);
  if (!options.continueLast) return input;
  const open = leftOpen(input);
  if (!open) throw new ProblemError('nothingToContinue', [options.file ?? clause('text')]);
  return open;
}

function read(text: string, options: ParseOptions): PromptInput {
  checkLength(text.length, options.longest);
  const { file, mode = 'auto', variables = {}, prompt, at, line, test, readBeside, listBeside } = options;
  const found = new Map<string, PromptVariable>();
  const start = text.startsWith(byteOrderMark) ? 1 : 0;
  const choice = newChoice();
  const source: Source = {
    text,
    file,
    start,
    variables,
    found,
    choice,
    prompt,
    at,
    line,
    test,
    readBeside,
    listBeside,
  };
  const foreign = foreignFormat(file ?? '');
  if (mode === 'raw') return withNotes(rawPrompt(source), foreign ? [clause('noteForeign', foreign)] : []);
  const kind = options.format ?? promptKind(options.path ?? file, options.languageHint);
  if (kind === 'raw' && foreign && options.format === undefined) throw notRead(source, start, 'foreignFormat', foreign);
  if (mode === 'chat' && kind === 'raw') return wrappedPrompt(source);
  try {
    const input = readers[kind](source);
    refuseUnused(source);
    const which = choice.chosen.length > 0 ? { chosen: choice.chosen } : {};
    return found.size > 0 ? { variables: [...found.values()], ...input, ...which } : { ...input, ...which };
  } catch (error) {
    const isEmpty = error instanceof ProblemError && error.problem.code === 'emptyPrompt';
    // Somebody who sees a file with text in it would not understand that it is empty.
    throw isEmpty && /^---/m.test(text) ? bodyEmpty(file) : error;
  }
}
