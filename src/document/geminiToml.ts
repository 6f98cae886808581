/** A command of Gemini CLI, `.toml`: `prompt` is the user's message; `{{args}}` stands for what is typed behind the command. */
import type { PromptInput } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { notRead, promptEmpty, type Source } from './source';
import { TagFilling } from './tagFilling';

const escapes: Record<string, string> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' };

/** @throws emptyPrompt, promptNotRead */
export function geminiTomlPrompt(source: Source): PromptInput {
  const { text, start, file } = source;
  if (text.slice(start).trim() === '') throw promptEmpty(file);
  const found = /^[ \t]*(?:prompt|"prompt")[ \t]*=[ \t]*("""|'''|"|')\n?/m.exec(text.slice(start));
  if (!found) throw notRead(source, start, 'tomlShape');
  const from = start + found.index + found[0].length;
  const content = new ContentBuilder();
  const closed = copyString(text, from, found[1], content);
  if (!closed) throw notRead(source, start + found.index, 'tomlShape');
  const message = new TagFilling(source).fill(content.result());
  if (message.content === '') throw promptEmpty(file);
  return { kind: 'chat', file, messages: [{ role: 'user', ...message }] };
}

/** Copies to the closing quotes; false where there are none. Only double quotes know escapes. */
function copyString(text: string, start: number, quotes: string, content: ContentBuilder): boolean {
  let from = start;
  for (let at = start; at < text.length; ) {
    if (text.startsWith(quotes, at)) {
      content.copy(text, from, at);
      return true;
    }
    if (quotes.length === 1 && text[at] === '\n') return false;
    if (text[at] !== '\\' || quotes[0] === "'") {
      at++;
      continue;
    }
    content.copy(text, from, at);
    const sequence = /\\(?:u([0-9a-fA-F]{4})|[ \t]*\n\s*|[\s\S])/y;
    sequence.lastIndex = at;
    const [whole, code] = sequence.exec(text) ?? ['\\', undefined];
    const value = code
      ? String.fromCharCode(Number.parseInt(code, 16))
      : /\n/.test(whole)
        ? ''
        : (escapes[whole[1]] ?? whole[1] ?? '');
    content.substitute(value, at, at + whole.length);
    at += whole.length;
    from = at;
  }
  return false;
}
