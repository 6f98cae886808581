/**
 * Editor documents as prompts: which ones the lens follows automatically, how each is read, and how one (or a part of it) becomes a source.
 */
import { dirname, join, sep } from 'node:path';
import * as vscode from 'vscode';
import { formatOf, type PromptKind, type Format as TableFormat } from '../document/formats';
import { isPromptFile, isTableName, looksLikePrompt, promptKind } from '../document/promptKind';
import { selectionPrompt } from '../document/rawText';
import { type Argument, clause } from '../protocol/clauses';
import type { PromptInput, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { entryOf } from '../protocol/problemCatalogue';
import { checkLength, longestTyped } from '../protocol/textLength';
import type { BesideFiles } from './besideFiles';
import { documentFolder, documentName } from './documentName';
import { PromptReader } from './reading/promptReader';
import type { OpenPrompt } from './session/embeddedTexts';
import type { GivenValues } from './session/givenValues';
import type { PromptSource } from './session/promptSource';
import { say } from './translate';

/**
 * Schemes whose documents belong to other features: version control, output, settings pages, cells. They are analysed on request but never
 * followed.
 */
const foreignSchemes = new Set([
  ...['git', 'output', 'vscode', 'vscode-settings', 'debug', 'prompt-lens', 'search-editor'],
  ...['vscode-notebook-cell', 'vscode-notebook-cell-output', 'vscode-scm', 'comment'],
]);

/** Languages of documents that were never saved and are prompts in themselves. */
const writtenLanguages = new Set(['plaintext', 'markdown']);

/** Whether the panel follows the document automatically. */
export function isPromptDocument(document: vscode.TextDocument): boolean {
  return !foreignSchemes.has(document.uri.scheme) && readingOf(document) !== 'plain';
}

/** As a format; text = a plain text file; plain = a format that is not known, or any text that the user wants to see as it stands. */
export type WholeReading = Exclude<PromptKind, 'raw'> | 'text' | 'table' | 'plain';

/** How the whole text of a document is read; `plain` without a known format. `before`: how it was read before an edit. */
export function readingOf(document: vscode.TextDocument, before?: WholeReading): WholeReading {
  const { uri, languageId, isUntitled } = document;
  const kind = promptKind(uri.path, languageId);
  if (kind === 'raw' && isTableName(uri.path)) return 'table';
  // A conversation stays one when an edit breaks it, and the reader reports where it is broken.
  if (kind !== 'raw')
    return before === kind || looksLikePrompt(kind, document.getText().slice(0, longestTyped)) ? kind : 'plain';
  const written = isUntitled ? writtenLanguages.has(languageId) : isPromptFile(uri.path, languageId);
  return written ? 'text' : 'plain';
}

/** The document, opened if it is not; null where it is gone. */
export async function openDocument(uri: string): Promise<vscode.TextDocument | null> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  } catch {
    return null;
  }
}

/** Every open prompt file with the values that the user gave it, without those that cannot be read as prompts. */
export async function openPrompts(valuesOf: (uri: string) => GivenValues): Promise<OpenPrompt[]> {
  const documents = vscode.workspace.textDocuments.filter(
    (document) => isPromptDocument(document) && readingOf(document) !== 'table',
  );
  const read = documents.map(async (document): Promise<OpenPrompt[]> => {
    const { uri, title, read } = promptSource(document, null, undefined, valuesOf(document.uri.toString()));
    try {
      return [{ uri, name: title, input: await read() }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}

/**
 * The current text of the document, or of its part in `range`; `reading` where it differs from that of the document's own format; `values`:
 * those that the user gave its variables; `at`: the cursor's offset, where the file holds several prompts; `which`: tells these apart;
 * `beside`: receives the files that it names.
 */
export function promptSource(
  document: vscode.TextDocument,
  range: Range | null,
  reading: WholeReading = readingOf(document),
  values: GivenValues = {},
  at?: number,
  which = '',
  beside?: BesideFiles,
): PromptSource {
  const file = document.isUntitled ? null : vscode.workspace.asRelativePath(document.uri, false);
  const name = documentName(document);
  const text = document.getText();
  const { languageId } = document;
  const path = document.uri.scheme === 'file' ? document.uri.fsPath : null;
  const format: Format = { file, language: languageId, raw: reading === 'plain', values, at, path, beside };
  const line = !range && isByLine(reading) ? document.positionAt(at ?? 0).line + 1 : null;
  return {
    id: `${document.uri}#${range ? 'selection' : reading}${line ?? which}`,
    title: range ? vscode.l10n.t('{0} (selection)', name) : name,
    file: { name, folder: documentFolder(document), reading: readingWords(range ? 'selection' : reading) },
    reading: range ? 'selection' : reading,
    uri: document.uri.toString(),
    range,
    text,
    values: range ? {} : values,
    line,
    besideVersion: beside?.version,
    read: async () => {
      if (!range && reading === 'table') throw new ProblemError('tableNotPrompt', [name]);
      await refuseMisread(document, text, name);
      return range ? selection(text, range, name) : whole(text, name, format);
    },
    readPlain: async () => (range ? selection(text, range, name) : whole(text, name, format)),
    readText: (second, called = clause('secondPrompt')) =>
      secondPrompt(second, called, range ? { file: null, raw: true, path: null } : { ...format, file: file ?? name }),
  };
}

/** Whether each line of a text that is read so is a prompt of its own. */
export function isByLine(reading: WholeReading): boolean {
  return readFormat(reading)?.byLine === true;
}

/** Whether a text that is read so may hold several prompts. */
export function mayHoldSeveral(reading: WholeReading): boolean {
  return readFormat(reading)?.several === true;
}

function readFormat(reading: WholeReading): TableFormat | null {
  return reading === 'text' || reading === 'table' || reading === 'plain' ? null : formatOf(reading);
}

/** How a text is read, as the panel says it beside the file's name. */
function readingWords(reading: PromptSource['reading']): string {
  switch (reading) {
    case 'plain':
      return vscode.l10n.t('as plain text');
    case 'selection':
      return vscode.l10n.t('a selection in it');
    case 'table':
      return vscode.l10n.t('table');
    case 'text':
      return '';
    default:
      return say(formatOf(reading).called);
  }
}

interface Format {
  file: string | null;
  language?: string;
  /** The text is read as plain text, whatever its name. */
  raw: boolean;
  values?: GivenValues;
  at?: number;
  path: string | null;
  beside?: BesideFiles;
}

/**
 * Refuses a file that the editor decoded wrongly, whose letters stand there as replacement characters, and one that is no text at all; the
 * command line refuses both.
 */
async function refuseMisread(
  { uri, isUntitled, isDirty }: vscode.TextDocument,
  text: string,
  name: string,
): Promise<void> {
  if (text.includes('\0')) throw new ProblemError('fileNotText', [name]);
  if (!text.includes('\ufffd') || isUntitled || isDirty) return;
  const bytes = await vscode.workspace.fs.readFile(uri);
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ProblemError('fileNotText', [name]);
  }
}

async function whole(text: string, name: string, format: Format): Promise<PromptInput> {
  if (text.length === 0) throw new ProblemError('emptyPrompt', [name]);
  return readPrompt(text, format);
}

/** Reads a text that is no file as if it were one; problems with it are reported under `name`. */
async function secondPrompt(text: string, name: Argument, format: Format): Promise<PromptInput> {
  if (text.length === 0) throw new ProblemError('emptyPrompt', [name]);
  try {
    return { ...(await readPrompt(text, format)), file: null };
  } catch (error) {
    const { problem } = ProblemError.wrap(error);
    throw entryOf(problem.code).namesText
      ? new ProblemError(problem.code, [name, ...problem.args.slice(1)], problem.detail)
      : error;
  }
}

const reader = new PromptReader(join(__dirname, 'reader.js'));

function readPrompt(text: string, { file, language, raw, values, at, path, beside }: Format): Promise<PromptInput> {
  const options = {
    file,
    languageHint: language,
    mode: raw ? ('raw' as const) : ('auto' as const),
    variables: values,
    at,
    longest: longestTyped,
  };
  return reader.read({ text, options, path, open: path === null ? new Map() : unsavedBeside(path) }, (paths) =>
    beside?.add(paths),
  );
}

/** Texts of the files in the same folder tree that are open and not saved. */
function unsavedBeside(path: string): Map<string, string> {
  const folder = dirname(path) + sep;
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath !== path && uri.fsPath.startsWith(folder),
  );
  return new Map(unsaved.map((document) => [document.uri.fsPath, document.getText()]));
}

/** A selected text is read as plain text, whatever file it is in. */
function selection(text: string, [start, end]: Range, name: string): PromptInput {
  checkLength(end - start, longestTyped);
  return selectionPrompt(text, start, end, name);
}
