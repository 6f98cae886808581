/**
 * Microsoft Prompty, `.prompty` (https://prompty.ai, parser of its Python runtime): front matter, then lines such as `system:` that begin a
 * message; text before the first belongs to the system. Line breaks at a message's two ends are not part of it. Roles are found before
 * variables are filled in, so that a value cannot begin a message. Variables default to the front matter's `sample`, or to the sample,
 * default or example of `inputs`. Statements (`{% … %}`) and filters are not supported.
 */
import type { Message, PromptInput, Range } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { findFrontMatter, isMapping, readFrontMatter } from './frontMatter';
import { promptEmpty, type Source, withoutOuterBreaks } from './source';
import { handlebarsParts, jinjaParts, unsupported } from './template';
import { variablePath, variableText } from './variables';

const roleLine = /^#?\s*(system|user|assistant|developer|function|tools?)(?:\[[^\]]*\])?\s*:$/i;
/** A line longer than this is text, however it begins. */
const maxRoleLine = 200;
const typeNames = new Set(['string', 'integer', 'number', 'float', 'boolean', 'array', 'object', 'list']);

/** Chat messages; raw text when the file says `api: completion`. @throws promptMalformed, emptyPrompt */
export function promptyPrompt(source: Source): PromptInput {
  const { text, file } = source;
  const frontMatter = findFrontMatter(source, 'blank');
  const header = readFrontMatter(source, frontMatter);
  const fill = (range: Range) => fillTemplate(source, header, withoutOuterBreaks(text, ...range));
  if (isCompletion(header)) {
    const { content, ...places } = fill([frontMatter.bodyStart, text.length]);
    if (content === '') throw promptEmpty(file);
    return { kind: 'raw', file, text: content, ...places };
  }
  const messages: Message[] = [];
  let turnBegun = false;
  for (const { role, range } of roleSections(text, frontMatter.bodyStart)) {
    const empty = text.slice(...range).trim() === '';
    if (!empty) messages.push({ role, ...fill(range) });
    // An empty part after `assistant:` is the assistant's coming turn, not a message.
    turnBegun = empty && role === 'assistant';
  }
  if (messages.length === 0) throw promptEmpty(file);
  return { kind: 'chat', file, messages, ...(turnBegun ? { turnBegun } : {}) };
}

function roleSections(text: string, bodyStart: number): { role: string; range: Range }[] {
  const sections: { role: string; range: Range }[] = [{ role: 'system', range: [bodyStart, text.length] }];
  for (let line = bodyStart; line < text.length; ) {
    const newline = text.indexOf('\n', line);
    const next = newline === -1 ? text.length : newline + 1;
    const role = next - line > maxRoleLine ? null : roleLine.exec(text.slice(line, next).trim());
    if (role) {
      sections[sections.length - 1].range[1] = line;
      sections.push({ role: role[1].toLowerCase(), range: [next, text.length] });
    }
    line = next;
  }
  return sections;
}

function fillTemplate(source: Source, header: Record<string, unknown>, range: Range) {
  const content = new ContentBuilder();
  const values = sampleValues(header);
  const parts = isMustache(header) ? handlebarsParts(source, range) : jinjaParts(source, range);
  for (const part of parts) {
    if (part.kind === 'text') {
      content.copy(source.text, part.start, part.end);
      continue;
    }
    if (!variablePath.test(part.inner)) throw unsupported(source, part.start, part.end);
    const value = variableText(source, values, part.inner);
    if (value === null) content.copy(source.text, part.start, part.end);
    else content.slot(() => content.substitute(value, part.start, part.end));
  }
  return content.result();
}

/** `sample` overrides `inputs`. A sample that names another file is not followed. */
function sampleValues(header: Record<string, unknown>): Record<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, input] of inputEntries(header.inputs)) {
    const value = isMapping(input) ? (input.sample ?? input.default ?? input.example ?? input.value) : input;
    // `question: string` declares a type, `question: What is …?` gives a value.
    if (value !== undefined && !(value === input && typeNames.has(String(value)))) values.set(name, value);
  }
  if (isMapping(header.sample)) for (const [name, value] of Object.entries(header.sample)) values.set(name, value);
  return Object.fromEntries(values);
}

/** A mapping by name, or (from version 2) a list of mappings with a `name`. */
function inputEntries(inputs: unknown): [name: string, input: unknown][] {
  if (isMapping(inputs)) return Object.entries(inputs);
  if (!Array.isArray(inputs)) return [];
  return inputs.filter(isMapping).map((input) => [String(input.name), input]);
}

function isCompletion(header: Record<string, unknown>): boolean {
  return isMapping(header.model) && [header.model.api, header.model.apiType].includes('completion');
}

function isMustache({ template }: Record<string, unknown>): boolean {
  if (!isMapping(template)) return template === 'mustache';
  const format = isMapping(template.format) ? template.format.kind : template.format;
  return [format, template.type].includes('mustache');
}
