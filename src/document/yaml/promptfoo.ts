/**
 * promptfoo's `prompts` (https://www.promptfoo.dev/docs/configuration/prompts): Nunjucks templates, filled with the variables of a test. As
 * there, a prompt that is JSON is rendered text by text, and one that is a list of messages, in JSON or YAML, is that conversation.
 */
import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { clause } from '../../protocol/clauses';
import type { Message, Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { isTurn } from '../chat/turns';
import { jsonPrompt } from '../chatJson';
import { choosePrompt } from '../choice';
import { ContentBuilder } from '../contentBuilder';
import { parseYaml } from '../frontMatter';
import { parseJson } from '../json';
import { notRead, type Source } from '../source';
import { type MappedText, placedAt, sliced } from '../templates/mappedText';
import { renderTemplate } from '../templates/renderTemplate';
import type { OwnValue } from '../templates/templateVariables';
import { nameOf, YamlFile } from './file';

const elsewhere = /^(?:file:\/\/\S+|\S+\.(?:txt|md|json|jsonl|ya?ml|j2|py|js|ts|cjs|mjs)(?::\S+)?)$/;
/** What is read of another file: the kinds that are templates as they stand. */
const readable = /\.(?:txt|md|j2|json|ya?ml)$/i;

/** Null where none of the entries is a prompt. @throws promptMalformed, promptNotRead */
export function promptfooMessages(file: YamlFile, items: readonly unknown[]): Message[] | null {
  const { source, notes } = file;
  const prompts = items.flatMap((item) => promptOf(file, file.resolved(item)) ?? []);
  if (prompts.length === 0) return null;
  const { index, notes: which } = choosePrompt(
    source,
    prompts.map((each) => file.offsetOf(each)),
  );
  notes.say(...which);
  const template = templateOf(file, prompts[index]);
  const own = valuesOf(file);
  const render = (text: MappedText): MappedText => {
    const { text: rendered, variables } = renderTemplate(source, { language: 'nunjucks', template: text, own });
    for (const variable of variables) source.found?.set(variable.name, variable);
    return rendered;
  };
  return conversation(file, template, render) ?? rendered(file, render(template));
}

function rendered(file: YamlFile, text: MappedText): Message[] {
  return conversation(file, text, (each) => each) ?? [{ role: 'user', ...text }];
}

function promptOf(file: YamlFile, node: Node | null): Scalar | null {
  const text = isMap(node) ? (file.at(node, 'raw') ?? file.at(node, 'content') ?? file.at(node, 'id')) : node;
  return isScalar(text) && typeof text.value === 'string' ? text : null;
}

/** The prompt's own text, or that of the file that it names, which has the place of the name. */
function templateOf(file: YamlFile, prompt: Scalar): MappedText {
  const { source, notes } = file;
  const named = elsewhere.exec(String(prompt.value).trim())?.[0];
  if (named === undefined) return file.scalar(prompt);
  const path = named.replace(/^file:\/\//, '');
  const text = readable.test(path) ? (source.readBeside?.(path) ?? null) : null;
  if (text === null) throw notRead(source, file.offsetOf(prompt), 'promptElsewhere', named);
  // promptfoo divides a text file at lines of three dashes; each part is a prompt.
  const parts = /\.txt$/i.test(path) ? text.split(/^---[ \t]*$/m).filter((part) => part.trim() !== '') : [text];
  notes.say(clause(parts.length > 1 ? 'notePromptBesideFirst' : 'notePromptBeside', path));
  return placedAt((parts[0] ?? '').trim(), placeOf(file, prompt));
}

function placeOf(file: YamlFile, { range }: Scalar): Range {
  return [file.source.start + (range?.[0] ?? 0), file.source.start + (range?.[1] ?? 0)];
}

/** Of a list of values promptfoo runs each; the first is filled in here. */
function valuesOf(file: YamlFile): Map<string, OwnValue> {
  const { root, document, source, notes } = file;
  const tests = file.at(root, 'tests');
  if (isScalar(tests) && tests.value !== null) notes.notRead('tests');
  const test = file.chosenTest(isSeq(tests) ? tests.items : []);
  const usual = file.resolved(document.getIn(['defaultTest', 'vars'], true));
  const own = test ? file.at(test, 'vars') : null;
  const values = new Map<string, OwnValue>();
  const several: string[] = [];
  for (const { key, value } of [usual, own].flatMap((vars) => (isMap(vars) ? vars.items : []))) {
    const name = nameOf(key);
    let node = file.resolved(value);
    if (isSeq(node)) {
      if (node.items.length > 1) several.push(name);
      node = file.resolved(node.items[0]);
    }
    const plain: unknown = node?.toJS(document) ?? null;
    const path = typeof plain === 'string' ? /^file:\/\/(.+)$/.exec(plain)?.[1] : undefined;
    const text = path === undefined ? null : (source.readBeside?.(path) ?? null);
    if (path !== undefined && text === null) notes.say(clause('noteBesideMissing', path));
    if (path === undefined && plain !== null) values.set(name, { value: plain, from: 'file' });
    else if (text !== null) values.set(name, { value: text.trim(), from: 'beside' });
  }
  const names = [...new Set(several)].map((name) => `"${name}"`).join(', ');
  if (names !== '') notes.say(clause('noteFirstValue', names));
  return values;
}

/** The messages of a text that is a list of them, each filled by `render`; null for any other text. */
function conversation(file: YamlFile, text: MappedText, render: (text: MappedText) => MappedText): Message[] | null {
  const { content } = text;
  const inner: Source = { text: content, file: file.source.file, start: 0, variables: {} };
  const turns = /^\s*\[/.test(content)
    ? jsonTurns(file, inner)
    : /^\s*-\s+role:/.test(content)
      ? yamlTurns(inner)
      : null;
  return turns?.map(({ role, text: own }) => ({ role, ...render(through(own, text)) })) ?? null;
}

interface Turn {
  role: string;
  text: MappedText;
}

function jsonTurns(file: YamlFile, inner: Source): Turn[] | null {
  return readOrNull(() => {
    const root = parseJson(inner);
    if (root.kind !== 'array' || !root.items[0] || !isTurn(root.items[0])) return null;
    const input = jsonPrompt(inner, root);
    if (input.kind === 'raw') return null;
    file.notes.say(...(input.notes ?? []));
    return input.messages.map(({ role, ...text }) => ({ role, text }));
  });
}

function yamlTurns(inner: Source): Turn[] | null {
  return readOrNull(() => {
    const document = parseYaml(inner, 0, inner.text.length);
    const { contents } = document;
    return isSeq(contents) ? new YamlFile(inner, document, contents).turns(contents.items) : null;
  });
}

/** A text that only begins like a conversation is a text. */
function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

/** A text read from the content of another, with its places in that other's file. */
function through({ content, pieces }: MappedText, outer: MappedText): MappedText {
  const built = new ContentBuilder();
  let at = 0;
  for (const piece of pieces) {
    built.write(content.slice(at, piece.at));
    at = piece.at + piece.length;
    const [start, end] = piece.source;
    if (end - start === piece.length) built.copyMapped(outer, start, end);
    else {
      const within = sliced(outer, start, end).pieces;
      const value = content.slice(piece.at, at);
      const last = within[within.length - 1];
      if (last) built.substitute(value, within[0].source[0], last.source[1]);
      else built.write(value);
    }
  }
  built.write(content.slice(at));
  return built.result();
}
