/** The format of a file, from its language mode and its name. */
import { type Format, formatList, formatOf, type PromptKind } from './formats';

/**
 * The format of a file, ignoring the letter case of its name. Everything unknown is raw text.
 * @param path its name, which folders may precede: some formats are told by the folder.
 * @param language the editor's language id. That of a prompt format was chosen by the user, in the editor or in its settings, and decides;
 * that of JSON only where the name says nothing.
 */
export function promptKind(path: string | null, language = ''): PromptKind {
  const named = path === null ? null : byName(path);
  return byLanguage(language) ?? named ?? (language === 'json' ? 'chatJson' : 'raw');
}

/** Whether a panel should follow this file automatically. Where the format is offered by `content`, that must still be looked at. */
export function isPromptFile(path: string, language = ''): boolean {
  return byLanguage(language) !== null || byName(path) !== null;
}

/** Whether the name alone says that the file is a prompt and nothing else. */
export function isNamedPrompt(path: string): boolean {
  const kind = byName(path);
  return kind !== null && formatOf(kind).lens;
}

/** Whether a text is meant as a prompt of its format, even if it is malformed; most JSON files, for example, hold no messages. */
export function looksLikePrompt(kind: PromptKind, text: string): boolean {
  if (formatOf(kind).offered === 'always') return true;
  if (kind === 'yaml') return holdsYamlPrompt(text);
  if (kind === 'jsonLines' && /^\s*\{\s*"text"\s*:\s*"/.test(text)) return true;
  return kind === 'toml' ? /^prompt\s*=\s*["']/m.test(text) : holdsMessages(text);
}

/** Whether a JSON text is meant as a conversation. */
export function holdsMessages(json: string): boolean {
  const has = (...keys: string[]): boolean => new RegExp(`"(?:${keys.join('|')})"\\s*:`).test(json);
  return (
    has(
      'messages',
      'role',
      'conversations',
      'instruction',
      'system_?[iI]nstruction',
      'chat_messages',
      'chat_history',
    ) ||
    (has('mapping') && has('author')) ||
    (has('chosen') && has('rejected')) ||
    (has('_type') && has('input_variables')) ||
    (has('prompt') && has('act', 'completion', 'chosen', 'response')) ||
    (has('question') && has('answer')) ||
    (has('contents') && has('parts')) ||
    (has('input') && has('instructions'))
  );
}

/** Whether a YAML text has the keys of one of the prompts that are read; most YAML files are settings. */
function holdsYamlPrompt(yaml: string): boolean {
  const has = (key: string): boolean => new RegExp(`^${key}\\s*:`, 'm').test(yaml);
  if (has('_type') && has('input_variables')) return true;
  if (has('template')) return has('template_format') || has('input_variables') || has('_type');
  return (
    (has('messages') && /\brole\s*:/.test(yaml)) ||
    (has('prompts') && (has('providers') || has('tests') || has('config')))
  );
}

/** Whether the name is that of a table: cells with commas, semicolons or tabs between them. */
export function isTableName(path: string): boolean {
  return /\.(?:csv|tsv|tab)$/i.test(path);
}

function byLanguage(language: string): PromptKind | null {
  return formatList.find(([, { languages = [] }]) => languages.includes(language))?.[0] ?? null;
}

/** A whole name counts more than an ending, a long ending more than a short one, and a place more than an ending that any text may have. */
function byName(path: string): PromptKind | null {
  const whole = path.toLowerCase().replaceAll('\\', '/');
  const name = whole.slice(whole.lastIndexOf('/') + 1);
  const found = (is: (format: Format) => boolean) => formatList.find(([, format]) => is(format))?.[0] ?? null;
  const [kind] = longestEnding(name);
  if (kind !== null && kind !== 'raw') return kind;
  return (
    found(({ names = [] }) => names.includes(name)) ??
    found(({ places = [] }) => places.some((at) => at.test(whole))) ??
    kind
  );
}

function longestEnding(name: string): [PromptKind | null, string] {
  let best: [PromptKind | null, string] = [null, ''];
  for (const [kind, { endings }] of formatList)
    for (const ending of endings) if (name.endsWith(ending) && ending.length > best[1].length) best = [kind, ending];
  return best;
}
