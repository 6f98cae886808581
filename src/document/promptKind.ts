/** Which format a file is in, by its name alone. For everyone who shows or reads prompt files. */

export type PromptKind = 'raw' | 'promptMd' | 'prompty' | 'dotprompt' | 'chatJson';

const endings: readonly [ending: string, kind: PromptKind][] = [
  ['.prompt.md', 'promptMd'],
  ['.prompty', 'prompty'],
  ['.prompt', 'dotprompt'],
  ['.json', 'chatJson'],
  ['.txt', 'raw'],
  ['.md', 'raw'],
];

/** VS Code's language ids for the same formats, for documents that have no name yet. */
const languages = new Map<string, PromptKind>([
  ['prompt', 'promptMd'],
  ['prompty', 'prompty'],
  ['dotprompt', 'dotprompt'],
]);

/**
 * The format of a file, letter case ignored; a folder may stand before the name. Everything unknown is raw text.
 * @param languageHint the editor's language id, asked only when the name says nothing.
 */
export function promptKind(fileName: string | null, languageHint?: string): PromptKind {
  const known = fileName === null ? undefined : byEnding(fileName);
  return known ?? languages.get(languageHint ?? '') ?? 'raw';
}

/** Whether a panel should follow this file unasked. A `.json` still has to turn out to hold messages. */
export function isPromptFile(fileName: string): boolean {
  return byEnding(fileName) !== undefined;
}

function byEnding(fileName: string): PromptKind | undefined {
  const name = fileName.toLowerCase();
  return endings.find(([ending]) => name.endsWith(ending))?.[1];
}
