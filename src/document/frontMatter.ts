/**
 * The YAML between two lines of three dashes at the top of a prompt file. Invariant: nothing in it is ever executed, and no
 * environment variable that it names is read; of the files that it names, only those in the prompt's own folder tree (promptyInputs.ts).
 */
import {
  type CollectionTag,
  type Document,
  type DocumentOptions,
  Lexer,
  type ParseOptions,
  Parser,
  parseDocument,
  type ScalarTag,
  type SchemaOptions,
} from 'yaml';
import { ProblemError } from '../protocol/problem';
import { malformed, type Source } from './source';

/** UTF-16 units; the limit exists because the YAML library compares every key of a mapping with every other. */
const maxLength = 2 ** 15;
/** Collections within collections, as the parser's stack counts them: about two for each. */
const maxNesting = 128;

export interface FrontMatter {
  /** The range of the YAML; null when the file has no front matter. */
  range: [start: number, end: number] | null;
  bodyStart: number;
}

/**
 * Finds the front matter. The dashes must open the file; `lead` allows blank lines, or blank lines and `#` comments, before them.
 * @throws promptMalformed when it is not closed.
 */
export function findFrontMatter(source: Source, lead: 'nothing' | 'blank' | 'comments'): FrontMatter {
  const { text } = source;
  let open = source.start;
  while (open < text.length && skippable(text.slice(open, lineEnd(text, open)), lead)) open = nextLine(text, open);
  if (!isFence(text, open)) return { range: null, bodyStart: source.start };
  const start = nextLine(text, open);
  for (let line = start; line < text.length; line = nextLine(text, line)) {
    if (isFence(text, line)) return { range: [start, line], bodyStart: nextLine(text, line) };
  }
  throw malformed(source, open, 'frontMatterOpen');
}

/** Where the text begins after a block that is never read. A block that is not closed is text, as a first line of dashes may be a rule. */
export function unreadBlockEnd(source: Source): number {
  const { text, start } = source;
  if (!isFence(text, start)) return start;
  for (let line = nextLine(text, start); line < text.length; line = nextLine(text, line))
    if (isFence(text, line)) return nextLine(text, line);
  return start;
}

/**
 * `python`: as PyYAML reads it, by YAML 1.1: `yes` is true, and a whole number (a bigint here) is not a float. Its dates stay texts, since
 * those are how Python writes them again.
 */
const dialects: Record<'plain' | 'python', DocumentOptions & SchemaOptions & ParseOptions> = {
  plain: {},
  python: {
    version: '1.1',
    intAsBigInt: true,
    customTags: (tags) => tags.flatMap((tag) => (typeof tag === 'string' ? [] : pythonTag(tag))),
  },
};
function pythonTag(tag: ScalarTag | CollectionTag): (ScalarTag | CollectionTag)[] {
  if (notRead.has(tag.tag)) return [];
  if (!('test' in tag) || !tag.test) return [tag];
  // PyYAML reads neither `y` and `n` nor numbers such as `1e3`, though YAML 1.1 names them.
  if (tag.test.test('y')) return [{ ...tag, test: /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/ }];
  if (tag.test.test('n')) return [{ ...tag, test: /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/ }];
  return tag.format === 'EXP' ? [{ ...tag, test: /^[-+]?[0-9][0-9_]*\.[0-9_]*[eE][-+][0-9]+$/ }] : [tag];
}

const notRead = new Set(['timestamp', 'binary', 'omap', 'pairs', 'set'].map((name) => `tag:yaml.org,2002:${name}`));

/**
 * The front matter's values. `{}` when there is none.
 * @throws promptMalformed when it is not YAML, not a mapping, or too long to read.
 */
export function readFrontMatter(
  source: Source,
  { range }: FrontMatter,
  dialect: 'plain' | 'python' = 'plain',
): Record<string, unknown> {
  if (range === null) return {};
  const [start, end] = range;
  if (end - start > maxLength) throw malformed(source, start, 'frontMatterLong', end - start, maxLength);
  const yaml = source.text.slice(start, end);
  if (isTooDeep(yaml)) throw malformed(source, start, 'frontMatterDeep');
  let value: unknown;
  try {
    const document = parseDocument(yaml, { prettyErrors: false, logLevel: 'error', ...dialects[dialect] });
    const error = document.errors[0];
    if (error) throw malformed(source, start + error.pos[0], 'frontMatterYaml', error.message);
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    // Besides reporting a list of errors, the library throws, for example at aliases that multiply.
    const cause = error instanceof Error ? error.message : String(error);
    throw malformed(source, start, 'frontMatterYaml', cause);
  }
  if (value === null || value === undefined) return {};
  if (!isMapping(value)) throw malformed(source, start, 'frontMatterShape');
  return value;
}

/** The value of a YAML text as PyYAML reads it; undefined when it is malformed or too long. */
export function yamlValues(text: string): unknown {
  if (text.length > maxLength || isTooDeep(text)) return undefined;
  try {
    const document = parseDocument(text, { prettyErrors: false, logLevel: 'error', ...dialects.python });
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** UTF-16 units of a file that is YAML throughout; keys are not compared there. */
const maxFileLength = 2 ** 18;

/** A part of the file as YAML, whose offsets begin at `start`. @throws promptMalformed */
export function parseYaml(source: Source, start: number, end: number): Document {
  if (end - start > maxFileLength) throw malformed(source, start, 'yamlLong', end - start, maxFileLength);
  const yaml = source.text.slice(start, end);
  if (isTooDeep(yaml)) throw malformed(source, start, 'yamlDeep');
  const document = parseDocument(yaml, { prettyErrors: false, logLevel: 'error', uniqueKeys: false });
  const error = document.errors[0];
  if (error) throw malformed(source, start + error.pos[0], 'yamlSyntax', error.message);
  return document;
}

/**
 * The library's first stage keeps a stack of its own; the second recurses, and a stack overflow there can end the process (V8 aborts when
 * it has to compile a regular expression at that moment). The first stage therefore checks the nesting.
 */
function isTooDeep(yaml: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(yaml)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > maxNesting) return true;
  }
  return false;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function skippable(line: string, lead: 'nothing' | 'blank' | 'comments'): boolean {
  if (lead === 'nothing') return false;
  return line.trim() === '' || (lead === 'comments' && line.startsWith('#'));
}

function isFence(text: string, line: number): boolean {
  return text.startsWith('---', line) && text.slice(line + 3, lineEnd(text, line)).trim() === '';
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function nextLine(text: string, from: number): number {
  return Math.min(lineEnd(text, from) + 1, text.length);
}
