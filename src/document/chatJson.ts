/**
 * Chat messages as JSON: an array of `{role, content}`, or an object with such an array as `messages`, as chat interfaces take them. A
 * content is a text, a list of `{type: 'text', text}` (joined without a separator), or null (no text). Roles are not checked, because the
 * model's template decides which ones exist.
 */
import type { Message, PromptInput } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { copyJsonString, type JsonNode, parseJson } from './json';
import { malformed, promptEmpty, type Source } from './source';

/** Chat messages whose pieces lie inside the quotes of the JSON text. @throws promptMalformed, emptyPrompt */
export function chatJsonPrompt(source: Source): PromptInput {
  const { text, start, file } = source;
  if (text.slice(start).trim() === '') throw promptEmpty(file);
  const root = parseJson(source);
  const list = root.kind === 'object' ? root.members.get('messages') : root;
  if (list?.kind !== 'array') throw malformed(source, (list ?? root).start, 'chatShape');
  if (list.items.length === 0) throw promptEmpty(file);
  return { kind: 'chat', file, messages: list.items.map((item) => readMessage(source, item)) };
}

function readMessage(source: Source, node: JsonNode): Message {
  if (node.kind !== 'object') throw malformed(source, node.start, 'chatMessage');
  const role = node.members.get('role');
  if (role?.kind !== 'string' || role.value === '') throw malformed(source, (role ?? node).start, 'chatRole');
  const content = new ContentBuilder();
  for (const text of textNodes(source, node, node.members.get('content'))) copyJsonString(source, text, content);
  return { role: role.value, ...content.result() };
}

function textNodes(source: Source, message: JsonNode, content: JsonNode | undefined): JsonNode[] {
  if (content?.kind === 'string') return [content];
  // An assistant's message that only calls a tool has no text.
  if (content?.kind === 'other' && source.text.startsWith('null', content.start)) return [];
  if (content?.kind !== 'array') throw malformed(source, (content ?? message).start, 'chatContent');
  return content.items.map((part) => {
    const members = part.kind === 'object' ? part.members : new Map<string, JsonNode>();
    const type = members.get('type');
    const text = members.get('text');
    if (type?.kind === 'string' && type.value === 'text' && text?.kind === 'string') return text;
    throw malformed(source, part.start, 'chatContent');
  });
}
