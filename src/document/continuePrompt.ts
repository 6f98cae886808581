/**
 * Continue's `.prompt` files (https://docs.continue.dev, prompt files of version 1 and 2): settings as YAML above one line of dashes, or between
 * two, then a Handlebars template in which `<system>…</system>` and the like are messages. The rest is the user's.
 */
import { isMap } from 'yaml';
import { clause } from '../protocol/clauses';
import type { Message, PromptInput, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { parseYaml } from './frontMatter';
import { bodyEmpty, type Source } from './source';
import { mappedRange, trimmedText } from './templates/mappedText';
import { renderTemplate } from './templates/renderTemplate';

const settings = ['name', 'description', 'temperature', 'maxTokens', 'topP', 'topK', 'model', 'version', 'schema'];
const dashes = /^---[ \t]*(?:\n|$)/m;
/** Only Dotprompt has them. */
const dotpromptKeys = ['input', 'output', 'config', 'tools', 'variant', 'toolDefs'];
const tagged = /^\s*<(system|user|assistant)>[\s\S]*?<\/\1\s*>/;
const section = /<(system|user|assistant)>([\s\S]*?)<\/\1\s*>/g;

/** Where the template of a file of Continue begins; null for any other `.prompt`. */
export function continueBody(source: Source): number | null {
  const { text, start } = source;
  const opened = dashes.exec(text.slice(start));
  // Newer files have dashes above the settings too, as Dotprompt has; their messages in tags tell them apart.
  const from = opened?.index === 0 ? start + opened[0].length : start;
  const line = from === start ? opened : dashes.exec(text.slice(from));
  if (!line || line.index === 0) return null;
  const end = from + line.index;
  const body = end + line[0].length;
  if (from > start && (!tagged.test(text.slice(body)) || /\{\{\s*(?:role|history)\b/.test(text.slice(body))))
    return null;
  if (!settings.some((name) => new RegExp(`^${name}[ \\t]*:`, 'm').test(text.slice(from, end)))) return null;
  try {
    const { contents } = parseYaml(source, from, end);
    const isSettings = isMap(contents) && settings.some((name) => contents.has(name));
    return isSettings && !dotpromptKeys.some((name) => contents.has(name)) ? body : null;
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

/** Chat messages. @param body where the template begins. @throws promptMalformed, emptyBody */
export function continuePrompt(source: Source, body: number): PromptInput {
  const { text, file } = source;
  const messages: Message[] = [];
  const add = (role: string, range: Range) => {
    const { text: rendered, variables } = renderTemplate(source, {
      language: 'handlebars',
      template: mappedRange(text, range),
    });
    for (const variable of variables) source.found?.set(variable.name, variable);
    const message = trimmedText(rendered);
    if (message.content !== '') messages.push({ role, ...message });
  };
  let from = body;
  for (const { 0: whole, 1: role, 2: inner, index } of text.slice(body).matchAll(section)) {
    const start = body + index;
    add('user', [from, start]);
    const opened = start + role.length + 2;
    add(role, [opened, opened + inner.length]);
    from = start + whole.length;
  }
  add('user', [from, text.length]);
  if (messages.length === 0) throw bodyEmpty(file);
  return { kind: 'chat', file, messages, notes: [clause('noteContinue')] };
}
