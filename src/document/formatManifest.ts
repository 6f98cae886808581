/**
 * What the manifest and README say about prompt formats, written from the table by `node scripts/formats.mjs`; a unit test compares them.
 */
import { wordsOf } from '../protocol/clauses';
import { formatList } from './formats';

/** The languages that this extension brings: the editor itself has languages for the other formats. */
export function broughtLanguages(): { id: string; aliases: string[]; extensions: string[] }[] {
  return formatList.flatMap(([, { brings, languages = [], endings }]) =>
    brings === undefined ? [] : [{ id: languages[0], aliases: [brings], extensions: [...endings] }],
  );
}

/** The languages whose files wake the extension: it then offers the prompts among them. */
export function wakingLanguages(): string[] {
  return [...new Set(formatList.flatMap(([, { languages = [], wakes = [] }]) => [...wakes, ...languages]))];
}

/** The `when` clause of the button in an editor's title bar: names and languages of prompts, and tables. Every place holds `.md` files. */
export function offeredWhen(): string {
  const offered = formatList.flatMap(([, format]) => (format.offered === 'always' ? [format] : []));
  const endings = [...offered.flatMap((each) => each.endings), '.csv', '.tsv', '.tab'].map(literally);
  const names = offered.flatMap(({ names = [] }) => names).map(literally);
  const languages = offered.flatMap(({ languages = [] }) => languages);
  return [
    `resourceFilename =~ /(${endings.join('|')}|^(${names.join('|')}))$/i`,
    `resourceLangId =~ /^(${languages.join('|')})$/`,
    'resourcePath in promptLens.chats',
    '(resourceScheme == untitled && resourceLangId =~ /^(plaintext|markdown)$/)',
  ].join(' || ');
}

/** README's table of formats, in Markdown. */
export function formatTable(): string {
  const rows = formatList.map(([, { endings, names = [], called, owner, leftOut, filled }]) => [
    [...endings, ...names].map((each) => `\`${each}\``).join(' '),
    called === '' ? owner : `${wordsOf(called)}: ${owner}`,
    leftOut,
    filled,
  ]);
  const head = ['file', 'format', 'left out of the text', 'filled in'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const literally = (text: string): string => text.replaceAll('.', '\\.');
