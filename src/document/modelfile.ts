/**
 * Ollama's Modelfile (https://docs.ollama.com/modelfile): `SYSTEM` and `MESSAGE` are the conversation with which the model begins, the rest
 * are settings. As there, the last `SYSTEM` counts, and three quotes may hold several lines.
 */
import type { Message, PromptInput, Range } from '../protocol/model';
import { Notes } from './notes';
import { notRead, promptEmpty, type Source } from './source';
import { mappedRange } from './templates/mappedText';

/** @throws emptyPrompt, promptNotRead */
export function modelfilePrompt(source: Source): PromptInput {
  const { text, start, file } = source;
  if (text.slice(start).trim() === '') throw promptEmpty(file);
  const notes = new Notes();
  let system: Message | null = null;
  const messages: Message[] = [];
  for (const { name, range } of instructions(source)) {
    if (name === 'SYSTEM') system = { role: 'system', ...mappedRange(text, range) };
    if (name === 'TEMPLATE') notes.notRead(name);
    const [spoken] =
      name === 'MESSAGE' ? (/^(?:system|user|assistant)(?=\s)\s*/i.exec(text.slice(...range)) ?? []) : [];
    if (spoken === undefined) continue;
    const content = mappedRange(text, quotedRange(text, [range[0] + spoken.length, range[1]]));
    messages.push({ role: spoken.trim().toLowerCase(), ...content });
  }
  const all = system ? [system, ...messages] : messages;
  if (all.length === 0) throw notRead(source, start, 'modelfileShape');
  return { kind: 'chat', file, messages: all, ...notes.result() };
}

/** Each instruction with the range of its value, without quotes. */
function* instructions({ text, start }: Source): Generator<{ name: string; range: Range }> {
  const line = /[ \t]*([A-Za-z]+)[ \t]+|[^\n]*\n?/y;
  for (line.lastIndex = start; line.lastIndex < text.length; ) {
    const found = line.exec(text);
    if (!found?.[1]) continue;
    const from = line.lastIndex;
    const end = valueEnd(text, from, found[1].toUpperCase() === 'MESSAGE');
    yield { name: found[1].toUpperCase(), range: quotedRange(text, [from, end]) };
    const next = text.indexOf('\n', end);
    line.lastIndex = next < 0 ? text.length : next + 1;
  }
}

/** The end of the line, or of the three quotes that open in the value. */
function valueEnd(text: string, from: number, afterRole: boolean): number {
  const newline = text.indexOf('\n', from);
  const lineEnd = newline < 0 ? text.length : newline;
  const open = text.slice(from, lineEnd).indexOf('"""');
  const isOpen = open === 0 || (afterRole && open > 0);
  const close = isOpen ? text.indexOf('"""', from + open + 3) : -1;
  return close < 0 ? lineEnd : close + 3;
}

function quotedRange(text: string, [from, end]: Range): Range {
  const value = text.slice(from, end).trimEnd();
  if (value.startsWith('"""') && value.endsWith('"""') && value.length >= 6) {
    const start = from + 3;
    return [text[start] === '\n' ? start + 1 : start, Math.max(start, from + value.length - 3)];
  }
  const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  return quoted ? [from + 1, from + value.length - 1] : [from, from + value.length];
}
