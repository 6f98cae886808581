/**
 * Editor documents as prompts: which ones the lens follows unasked, and how one (or a part of it) becomes a source.
 * Imported by the host only.
 */
import * as vscode from 'vscode';
import { isPromptFile } from '../document/promptKind';
import { selectionPrompt } from '../document/rawText';
import type { PromptInput, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { isTablePath, type OpenPrompt } from './session/embeddedTexts';
import type { PromptSource } from './session/promptSource';

/** UTF-16 units; several times what any supported context holds, and still read at once. */
export const maxTextLength = 400_000;

/** Schemes whose documents are somebody else's: version control, output, settings pages. */
const foreignSchemes = new Set(['git', 'output', 'vscode', 'vscode-settings', 'debug', 'prompt-lens', 'search-editor']);

export function isPromptDocument(document: vscode.TextDocument): boolean {
  if (foreignSchemes.has(document.uri.scheme)) return false;
  if (document.isUntitled) return ['plaintext', 'markdown', 'prompt'].includes(document.languageId);
  if (isTablePath(document.uri.path)) return true;
  if (!isPromptFile(document.uri.path)) return false;
  // Most JSON files hold no messages; the start of the text tells.
  return (
    !document.uri.path.toLowerCase().endsWith('.json') ||
    /"(?:messages|role)"\s*:/.test(document.getText().slice(0, 4000))
  );
}

/** Every open prompt file, those that are no prompts (yet) left out. */
export async function openPrompts(): Promise<OpenPrompt[]> {
  const documents = vscode.workspace.textDocuments.filter(
    (document) => isPromptDocument(document) && !isTablePath(document.uri.path),
  );
  const read = documents.map(async (document): Promise<OpenPrompt[]> => {
    const { uri, title, read } = promptSource(document, null);
    try {
      return [{ uri, name: title, input: await read() }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}

/** The document, or the part of it in `range`, as it stands now. */
export function promptSource(document: vscode.TextDocument, range: Range | null): PromptSource {
  const file = document.isUntitled ? null : vscode.workspace.asRelativePath(document.uri, false);
  const name = document.uri.path.split('/').at(-1) || document.uri.path;
  const text = document.getText();
  const { languageId } = document;
  return {
    id: `${document.uri}${range ? '#selection' : ''}`,
    title: range ? vscode.l10n.t('{0} (selection)', name) : name,
    uri: document.uri.toString(),
    range,
    text,
    read: async () => {
      if (!range && isTablePath(document.uri.path)) throw new ProblemError('tableNotPrompt', [name]);
      return range ? selection(text, range, name) : whole(text, file, name, languageId);
    },
    readPlain: async () => (range ? selection(text, range, name) : whole(text, file, name, languageId)),
    readText: (second) => (range ? secondPrompt(second, null) : secondPrompt(second, file ?? name, languageId)),
  };
}

async function whole(text: string, file: string | null, name: string, languageHint: string): Promise<PromptInput> {
  checkLength(text.length);
  if (text.length === 0) throw new ProblemError('emptyPrompt', [name]);
  return readPrompt(text, file, languageHint);
}

/** A text that is no file, read as one; what is wrong with it is said of "the second prompt". `file` null: as it stands. */
async function secondPrompt(text: string, file: string | null, languageHint?: string): Promise<PromptInput> {
  const name = vscode.l10n.t('The second prompt');
  checkLength(text.length);
  if (text.length === 0) throw new ProblemError('emptyPrompt', [name]);
  try {
    return { ...(await readPrompt(text, file, languageHint)), file: null };
  } catch (error) {
    const { problem } = ProblemError.wrap(error);
    const named = problem.code === 'promptMalformed' || problem.code === 'emptyPrompt';
    throw named ? new ProblemError(problem.code, [name, ...problem.args.slice(1)], problem.detail) : error;
  }
}

/** The readers, with YAML among them, are loaded when the first prompt is read and not when the window opens. */
export async function readPrompt(text: string, file: string | null, languageHint?: string): Promise<PromptInput> {
  const { parsePrompt } = await import('../document/parsePrompt');
  return parsePrompt(text, { file, languageHint });
}

/** A selected text stands for itself, whatever file it is in. */
function selection(text: string, [start, end]: Range, name: string): PromptInput {
  checkLength(end - start);
  return selectionPrompt(text, start, end, name);
}

function checkLength(length: number): void {
  if (length > maxTextLength)
    throw new ProblemError('textTooLarge', [length.toLocaleString('en'), maxTextLength.toLocaleString('en')]);
}
