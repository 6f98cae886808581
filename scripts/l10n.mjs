/**
 * Collects every string the user can see into l10n/bundle.l10n.json and names the strings that translations lack or do not need: `node
 * scripts/l10n.mjs` writes the English bundle, `--check` writes nothing; both exit with 1 while something is open. (@vscode/l10n-dev finds
 * the same strings in the host, but parses for a quarter of a minute and does not know the page's `t`.)
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
export const languages = ['zh-cn', 'zh-tw'];

/** Matches the name of a call, then its first argument if that is a string in quotes. */
const call = (name) =>
  new RegExp(`(?<![\\w.]|function )${name}\\(\\s*('(?:[^'\\\\\\n]|\\\\.)*'|"(?:[^"\\\\\\n]|\\\\.)*")?\\s*([,)])?`, 'g');
export const pageCall = call('t');
const places = [
  { under: 'src', call: call('vscode\\.l10n\\.t') },
  { under: 'webview', call: pageCall },
];
/** This file's strings come from the catalogues of problems and clauses, which are collected separately. */
const computed = path.join('src', 'host', 'translate.ts');

export function sources(under) {
  const names = fs.readdirSync(path.join(root, under), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.(?:ts|mjs)$/.test(name)).map((name) => path.join(under, name));
}

/** The literals of calls in one file's text. Throws when a call's string cannot be read. @returns {string[]} */
export function literalsIn(text, pattern, file = '') {
  return [...text.matchAll(pattern)].map(([found, literal, end], index) => {
    if (literal && end) return unquoted(literal);
    throw new Error(`${file}: call ${index + 1}, ${found}…, needs one string in quotes as its first argument`);
  });
}

/** The strings use no escapes but line breaks, quotes and code points. */
function unquoted(literal) {
  return literal.slice(1, -1).replace(/\\(u[\da-f]{4}|.)/gi, (_, escaped) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return escaped === 'n' ? '\n' : escaped;
  });
}

/** The exports of a file of src/protocol, bundled with its imports. */
export async function protocol(name) {
  const entryPoints = [path.join(root, 'src', 'protocol', `${name}.ts`)];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', write: false, logLevel: 'silent' });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

/** Every string, sorted. @returns {Promise<string[]>} */
export async function collectStrings() {
  const { problemCatalogue } = await protocol('problemCatalogue');
  const { clauses } = await protocol('clauses');
  const { readingWords } = await protocol('tableReading');
  const all = [
    ...Object.values(problemCatalogue).flatMap(({ message, remedy, remedyInEditor = remedy }) => [
      message,
      remedy,
      remedyInEditor,
    ]),
    ...Object.values(clauses),
    ...readingWords,
  ];
  for (const { under, call: pattern } of places)
    for (const file of sources(under))
      if (file !== computed) all.push(...literalsIn(fs.readFileSync(path.join(root, file), 'utf8'), pattern, file));
  return [...new Set(all)].sort();
}

const bundlePath = (language) => path.join(root, 'l10n', `bundle.l10n${language ? `.${language}` : ''}.json`);

/** @returns {Record<string, string>} */
export function readBundle(language) {
  const file = bundlePath(language);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
}

/** The strings that a bundle lacks, and those that no call asks for. */
export function differences(strings, bundle) {
  return {
    missing: strings.filter((text) => !Object.hasOwn(bundle, text)),
    superfluous: Object.keys(bundle).filter((text) => !strings.includes(text)),
  };
}

async function main(check) {
  const strings = await collectStrings();
  const english = Object.fromEntries(strings.map((text) => [text, text]));
  if (!check) fs.writeFileSync(bundlePath(), `${JSON.stringify(english, null, 2)}\n`);
  let open = 0;
  for (const language of [undefined, ...languages]) {
    for (const [kind, texts] of Object.entries(differences(strings, readBundle(language)))) {
      for (const text of texts) console.log(`${language ?? 'en'} ${kind}: ${JSON.stringify(text)}`);
      open += texts.length;
    }
  }
  console.log(`${strings.length} strings, ${open} to do`);
  process.exitCode = open > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.includes('--check'));
