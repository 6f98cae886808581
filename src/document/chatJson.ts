/**
 * Conversations as JSON, in the shapes of chat/shapes.ts. A content is a text, a list of text parts (joined without a separator), or null
 * (no text). `{{name}}` in a text takes a value that the user gives, and otherwise stays as it is.
 */
import { clause } from '../protocol/clauses';
import type { Message, PromptInput } from '../protocol/model';
import { type AloneShape, type ChatShape, shapeOf } from './chat/shapes';
import { ContentBuilder } from './contentBuilder';
import { copyJsonString, type JsonNode, parseJson } from './json';
import { Notes } from './notes';
import { promptEmpty, type Source } from './source';
import { TagFilling } from './tagFilling';

/** Chat messages whose pieces lie inside the quotes of the JSON text. @throws promptMalformed, emptyPrompt */
export function chatJsonPrompt(source: Source): PromptInput {
  if (source.text.slice(source.start).trim() === '') throw promptEmpty(source.file);
  return jsonPrompt(source, parseJson(source));
}

/** @param root a value of the file `source`. @throws promptMalformed, emptyPrompt */
export function jsonPrompt(source: Source, root: JsonNode): PromptInput {
  const notes = new Notes();
  const shape = shapeOf(source, root, notes);
  const tags = new TagFilling(source, undefined, 'tags' in shape ? shape.tags : undefined);
  const read = 'alone' in shape ? alone(source, shape, tags) : chat(source, shape, tags);
  if (tags.kept.size > 0) notes.say(clause('noteTagsKept', [...tags.kept].slice(0, 3).join(', ')));
  return { ...read, ...notes.result() };
}

function alone(source: Source, shape: AloneShape, tags: TagFilling): PromptInput {
  if (shape.alone.value === '') throw promptEmpty(source.file);
  const { content: text, ...places } = tags.fill(content(source, [shape.alone]));
  return { kind: 'raw', file: source.file, text, ...places };
}

function chat(source: Source, { turns }: ChatShape, tags: TagFilling): PromptInput {
  if (turns.length === 0) throw promptEmpty(source.file);
  const messages = turns.map(({ role, parts }): Message => ({ role, ...tags.fill(content(source, parts)) }));
  return { kind: 'chat', file: source.file, messages };
}

function content(source: Source, parts: readonly (JsonNode | string)[]) {
  const written = new ContentBuilder();
  for (const part of parts) {
    if (typeof part === 'string') written.write(part);
    else copyJsonString(source, part, written);
  }
  return written.result();
}
