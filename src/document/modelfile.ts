/**
 * Ollama's Modelfile (https://docs.ollama.com/modelfile): `SYSTEM` and `MESSAGE` are the conversation with which the model begins, the rest
 * are settings. As in its parser, the last `SYSTEM` counts, words in capitals or not, a value in quotes may have several lines, and `#` begins
 * a comment only where an instruction could begin; no line goes on in the next. A line break right behind the opening quotes is left out.
 */
import { clause } from '../protocol/clauses';
import type { Message, PromptInput, Range } from '../protocol/model';
import { Notes } from './notes';
import { malformed, notRead, promptEmpty, type Source } from './source';
import { mappedRange } from './templates/mappedText';

/** @throws emptyPrompt, promptNotRead, promptMalformed */
export function modelfilePrompt(source: Source): PromptInput {
  const { text, start, file } = source;
  if (text.slice(start).trim() === '') throw promptEmpty(file);
  const notes = new Notes();
  let system: Message | null = null;
  const messages: Message[] = [];
  let hasTemplate = false;
  for (const { name, role, range } of instructions(source)) {
    if (name === 'SYSTEM') system = { role: 'system', ...mappedRange(text, range) };
    if (name === 'MESSAGE' && role !== '') messages.push({ role, ...mappedRange(text, range) });
    hasTemplate ||= name === 'TEMPLATE';
  }
  if (hasTemplate) notes.say(clause('noteModelfileTemplate'));
  const all = system ? [system, ...messages] : messages;
  if (all.length === 0) throw notRead(source, start, 'modelfileShape');
  return { kind: 'chat', file, messages: all, ...notes.result() };
}

/** Each instruction with the range of its value, without quotes; of a message the role stands before these. */
function* instructions(source: Source): Generator<{ name: string; role: string; range: Range }> {
  const { text, start } = source;
  const begin =
    /[ \t]*(?:(MESSAGE)[ \t]+(system|user|assistant)[ \t]+|(PARAMETER)[ \t]+\w+[ \t]+|([A-Za-z]+)[ \t]+|[^\n]*\n?)/iy;
  for (begin.lastIndex = start; begin.lastIndex < text.length; ) {
    const [, message, role = '', parameter, other] = begin.exec(text) ?? [];
    const name = message ?? parameter ?? other;
    if (name === undefined) continue;
    const from = begin.lastIndex;
    const end = valueEnd(source, from);
    yield {
      name: name.toUpperCase(),
      role: role.toLowerCase(),
      range: quotedRange(text, [from, end]),
    };
    begin.lastIndex = Math.min(text.length, end + 1);
  }
}

/** A value ends with its line, and one in quotes with the first line that ends with them. @throws promptMalformed */
function valueEnd(source: Source, from: number): number {
  const { text } = source;
  const [quotes = ''] = /"""|"/y.exec(text.slice(from, from + 3)) ?? [];
  for (let line = from; ; ) {
    const newline = text.indexOf('\n', line);
    const end = newline < 0 ? text.length : newline;
    const written = line + text.slice(line, end).trimEnd().length;
    if (quotes === '' || (written - quotes.length >= from + quotes.length && text.endsWith(quotes, written)))
      return end;
    if (newline < 0) throw malformed(source, from, 'modelfileQuotes');
    line = end + 1;
  }
}

function quotedRange(text: string, [from, end]: Range): Range {
  const close = from + text.slice(from, end).trimEnd().length;
  if (text.startsWith('"""', from)) return [text[from + 3] === '\n' ? from + 4 : from + 3, close - 3];
  return text.startsWith('"', from) ? [from + 1, close - 1] : [from, close];
}
