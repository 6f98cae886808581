/** The format of a file, from its language mode and its name. */

export type PromptKind = 'raw' | 'promptMd' | 'prompty' | 'dotprompt' | 'chatJson';

const endings: readonly [ending: string, kind: PromptKind][] = [
  ['.prompt.md', 'promptMd'],
  ['.prompty', 'prompty'],
  ['.prompt', 'dotprompt'],
  ['.json', 'chatJson'],
  ['.txt', 'raw'],
  ['.md', 'raw'],
];

/** The formats as the command line's `--format` names them: by the ending of a file's name. */
export const formatEndings = ['txt', 'prompt.md', 'prompty', 'prompt', 'json'] as const;
export type FormatEnding = (typeof formatEndings)[number];

/** The ending that stands for a format in a file name. */
export const endingOf: Readonly<Record<PromptKind, FormatEnding>> = {
  raw: 'txt',
  promptMd: 'prompt.md',
  prompty: 'prompty',
  dotprompt: 'prompt',
  chatJson: 'json',
};

/** VS Code's language ids for the same formats. */
const languages = new Map<string, PromptKind>([
  ['prompt', 'promptMd'],
  ['prompty', 'prompty'],
  ['dotprompt', 'dotprompt'],
]);

/**
 * The format of a file, ignoring the letter case of its name; a folder may precede the name. Everything unknown is raw text.
 * @param language the editor's language id. That of a prompt format was chosen by the user, in the editor or in its settings, and decides;
 * that of JSON only where the name says nothing.
 */
export function promptKind(fileName: string | null, language = ''): PromptKind {
  const named = fileName === null ? undefined : byEnding(fileName);
  return languages.get(language) ?? named ?? (language === 'json' ? 'chatJson' : 'raw');
}

/** Whether a panel should follow this file automatically. A `.json` file must still be found to hold messages. */
export function isPromptFile(fileName: string, language = ''): boolean {
  return languages.has(language) || byEnding(fileName) !== undefined;
}

/** Whether a JSON text is meant as a conversation, even if it is malformed; most JSON files hold no messages. */
export function holdsMessages(json: string): boolean {
  return /"(?:messages|role)"\s*:/.test(json);
}

/** Whether the name is that of a table: cells with commas, semicolons or tabs between them. */
export function isTableName(path: string): boolean {
  return /\.(?:csv|tsv|tab)$/i.test(path);
}

function byEnding(fileName: string): PromptKind | undefined {
  const name = fileName.toLowerCase();
  return endings.find(([ending]) => name.endsWith(ending))?.[1];
}
