/**
 * Microsoft Prompty, `.prompty` (https://prompty.ai; its Python libraries 0.1.50 and 2 are right): front matter, then a Jinja or Mustache
 * template that renders to lines such as `system:`, which begin a message; text before the first belongs to the system. Roles are found in
 * the rendered text, since templates write conversations in loops, but the colon of such a line must be the template's own: a value cannot
 * begin a message (the library of version 2 refuses such a text, the one of version 1 obeys it). Variables default to the front matter's
 * `sample`, or to the sample, default or example of `inputs`, which may stand in files beside the prompt.
 */
import type { Message, PromptInput } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { findFrontMatter, isMapping, readFrontMatter } from './frontMatter';
import { Notes } from './notes';
import { promptyInputs } from './promptyInputs';
import { promptEmpty, type Source } from './source';
import { isTemplates, type MappedText, mappedRange, trimmedText, withoutBreaks } from './templates/mappedText';
import { renderTemplate } from './templates/renderTemplate';

const roleLine = /^#?\s*(system|user|assistant|developer|function|tools?)(?:\[[^\]]*\])?\s*:$/i;
/** A line longer than this is text, however it begins. */
const maxRoleLine = 200;

/** Chat messages; raw text when the file says `api: completion`. @throws promptMalformed, emptyPrompt */
export function promptyPrompt(source: Source): PromptInput {
  const { text, file } = source;
  const frontMatter = findFrontMatter(source, 'blank');
  const header = readFrontMatter(source, frontMatter, 'python');
  const notes = new Notes();
  const { own, silent } = promptyInputs(source, header, notes);
  const rendering = renderTemplate(source, {
    language: isMustache(header) ? 'mustache' : 'jinja',
    template: mappedRange(text, [frontMatter.bodyStart, text.length]),
    own,
    silent,
    whiteSpace: { keepTrailingNewline: true },
  });
  const variables = rendering.variables.length > 0 ? { variables: rendering.variables } : {};
  for (const name of rendering.silent) {
    const kind = silent.get(name);
    if (kind) notes.leaveOut(kind);
  }
  if (isCompletion(header)) {
    const { content, ...places } = withoutBreaks(rendering.text);
    if (content === '') throw promptEmpty(file);
    return { kind: 'raw', file, text: content, ...places, ...variables, ...notes.result() };
  }
  const { messages, turnBegun } = promptyMessages(rendering.text, versionOf(header), notes);
  if (messages.every(({ content }) => content === '')) throw promptEmpty(file);
  return { kind: 'chat', file, messages, ...(turnBegun ? { turnBegun } : {}), ...variables, ...notes.result() };
}

/**
 * The messages of a rendered text. Version 2 keeps a message that is empty, version 1 does not and takes white space from both ends of a
 * message; both take line breaks. An empty part after a last `assistant:` is the assistant's coming turn.
 */
function promptyMessages(
  text: MappedText,
  version: 1 | 2 | null,
  notes: Notes,
): { messages: Message[]; turnBegun: boolean } {
  const messages: Message[] = [];
  let turnBegun = false;
  const sections = roleSections(text);
  sections.forEach(({ role, start, end }, at) => {
    const message =
      version === 1 ? withoutPictures(trimmedText(text, start, end), notes) : withoutBreaks(text, start, end);
    const empty = message.content.trim() === '';
    turnBegun = empty && role === 'assistant';
    // A heading right before the next one has no message, and neither has the white space above the first heading.
    const kept = version === 2 && at > 0 && end > start && !(turnBegun && at === sections.length - 1);
    if (!empty || kept) messages.push({ role, ...message });
  });
  return { messages, turnBegun };
}

/** Version 1 takes `![alt](file)` as a picture, and joins the texts around it without their white space. */
function withoutPictures(text: MappedText, notes: Notes): MappedText {
  const content = new ContentBuilder();
  let from = 0;
  const add = (end: number) => {
    const part = trimmedText(text, from, end);
    content.copyMapped(part, 0, part.content.length);
  };
  for (const { index, 0: whole } of text.content.matchAll(/!\[[^\]\n]{0,500}\]\([^)"\n]{0,2000}\)/g)) {
    add(index);
    from = index + whole.length;
    notes.leaveOut('picture');
  }
  if (from === 0) return text;
  add(text.content.length);
  return content.result();
}

function roleSections(text: MappedText): { role: string; start: number; end: number }[] {
  const { content } = text;
  const sections = [{ role: 'system', start: 0, end: content.length }];
  for (let line = 0; line < content.length; ) {
    const newline = content.indexOf('\n', line);
    const next = newline === -1 ? content.length : newline + 1;
    const role = next - line > maxRoleLine ? null : roleLine.exec(content.slice(line, next).trim());
    if (role && isTemplates(text, content.lastIndexOf(':', next - 1))) {
      sections[sections.length - 1].end = line;
      sections.push({ role: role[1].toLowerCase(), start: next, end: content.length });
    }
    line = next;
  }
  return sections;
}

/** The version of the format, where the front matter tells it. */
function versionOf(header: Record<string, unknown>): 1 | 2 | null {
  const { model, inputs, template } = header;
  const has = (...names: string[]) => isMapping(model) && names.some((name) => Object.hasOwn(model, name));
  if (Object.hasOwn(header, 'sample') || has('api', 'configuration', 'parameters')) return 1;
  return Array.isArray(inputs) || isMapping(template) || has('id', 'provider', 'connection', 'apiType', 'options')
    ? 2
    : null;
}

function isCompletion(header: Record<string, unknown>): boolean {
  return isMapping(header.model) && [header.model.api, header.model.apiType].includes('completion');
}

function isMustache({ template }: Record<string, unknown>): boolean {
  if (!isMapping(template)) return template === 'mustache';
  const format = isMapping(template.format) ? template.format.kind : template.format;
  return [format, template.type].includes('mustache');
}
