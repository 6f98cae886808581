/**
 * promptfoo's `prompts` (https://www.promptfoo.dev/docs/configuration/prompts): Nunjucks templates, filled with the variables of a test. As
 * there, a prompt that is JSON is rendered text by text, and one that is a list of messages, in JSON or YAML, is that conversation.
 */
import { isSeq } from 'yaml';
import type { Message } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { isTurn } from '../chat/turns';
import { jsonPrompt } from '../chatJson';
import { choosePrompt } from '../choice';
import { ContentBuilder } from '../contentBuilder';
import { parseYaml } from '../frontMatter';
import { parseJson } from '../json';
import type { Source } from '../source';
import type { MappedText } from '../templates/mappedText';
import { joined, YamlFile } from './file';
import { promptEntries } from './promptfooPrompts';
import { chosenTestOf, joinedValues, reportInner } from './promptfooTests';

/** Null where none of the entries is a prompt. @throws promptMalformed, promptNotRead */
export function promptfooMessages(file: YamlFile, items: readonly unknown[]): Message[] | null {
  const { source, notes } = file;
  const prompts = promptEntries(file, items);
  if (prompts.length === 0) return null;
  // A cursor among the tests stands in no prompt.
  const isBehind = source.at !== undefined && source.at > Math.max(...prompts.map(({ end }) => end));
  const { index, notes: which } = choosePrompt(
    isBehind ? { ...source, at: undefined } : source,
    prompts.map(({ start }) => start),
  );
  notes.say(...which);
  const { values: written, prefix, suffix } = chosenTestOf(file);
  const template = joined([prefix, prompts[index].template(), suffix]);
  const own = joinedValues(source, written);
  const render = (text: MappedText): MappedText => file.rendered('nunjucks', text, own);
  const messages = conversation(file, template, render) ?? rendered(file, render(template));
  reportInner(source, written, own);
  return messages;
}

function rendered(file: YamlFile, text: MappedText): Message[] {
  return conversation(file, text, (each) => each) ?? [{ role: 'user', ...text }];
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
    else built.substituteMapped(content.slice(piece.at, at), outer, start, end);
  }
  built.write(content.slice(at));
  return built.result();
}
