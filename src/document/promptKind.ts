/** Which format a file is in, by its language mode and its name. For everyone who shows or reads prompt files. */

export type PromptKind = 'raw' | 'promptMd' | 'prompty' | 'dotprompt' | 'chatJson';

const endings: readonly [ending: string, kind: PromptKind][] = [
  ['.prompt.md', 'promptMd'],
  ['.prompty', 'prompty'],
  ['.prompt', 'dotprompt'],
  ['.json', 'chatJson'],
  ['.txt', 'raw'],
  ['.md', 'raw'],
];

/** The same, as the command line's `--format` names them: by the ending of a file's name. */
export const formatEndings = ['txt', 'prompt.md', 'prompty', 'prompt', 'json'] as const;
export type FormatEnding = (typeof formatEndings)[number];

/** How a format is called where a name must say it. */
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
 * The format of a file, letter case of the name ignored; a folder may stand before it. Everything unknown is raw text.
 * @param language the editor's language id. One of a prompt format was chosen by somebody, in the editor or in its settings, and
 * decides; that of JSON only where the name says nothing.
 */
export function promptKind(fileName: string | null, language = ''): PromptKind {
  const named = fileName === null ? undefined : byEnding(fileName);
  return languages.get(language) ?? named ?? (language === 'json' ? 'chatJson' : 'raw');
}

/** Whether a panel should follow this file unasked. A `.json` still has to turn out to hold messages. */
export function isPromptFile(fileName: string, language = ''): boolean {
  return languages.has(language) || byEnding(fileName) !== undefined;
}

/** Whether a JSON text is meant as a conversation, be it broken: most JSON files hold no messages. */
export function holdsMessages(json: string): boolean {
  return /"(?:messages|role)"\s*:/.test(json);
}

/** File names of tables: cells with commas, semicolons or tabs between them. */
export function isTableName(path: string): boolean {
  return /\.(?:csv|tsv|tab)$/i.test(path);
}

function byEnding(fileName: string): PromptKind | undefined {
  const name = fileName.toLowerCase();
  return endings.find(([ending]) => name.endsWith(ending))?.[1];
}
