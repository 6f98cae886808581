/** Messages of a conversation in JSON, as the interfaces and data sets write them. */
import type { JsonNode } from '../json';
import type { Notes } from '../notes';
import { malformed, type Source } from '../source';
import { isGeminiResponse, isNull, type ObjectNode, type StringNode, stringOf, textNodes } from './parts';

/** A message: texts of the file one after another, with texts that stand nowhere (a blank line) between them. */
export interface Turn {
  role: string;
  parts: (StringNode | string)[];
}

const roles: Record<string, string> = {
  ...{
    system: 'system',
    user: 'user',
    assistant: 'assistant',
    tool: 'tool',
    developer: 'developer',
    function: 'function',
  },
  ...{ human: 'user', gpt: 'assistant', chatgpt: 'assistant', model: 'assistant', ai: 'assistant', bot: 'assistant' },
  ...{ chatbot: 'assistant', bard: 'assistant', bing: 'assistant', observation: 'tool', function_call: 'assistant' },
  ...{ humanmessage: 'user', aimessage: 'assistant', systemmessage: 'system', toolmessage: 'tool' },
  ...{ humanmessagechunk: 'user', aimessagechunk: 'assistant', chatmessage: 'user', functionmessage: 'function' },
};

/** The role as a chat template knows it. A word that no convention uses stays as it is, since templates decide which roles exist. */
export function roleNamed(word: string): string {
  const key = word.toLowerCase().replace(/prompttemplate$/, '');
  return Object.hasOwn(roles, key) ? roles[key] : word;
}

const isRole = (word: string): boolean => roleNamed(word) !== word || Object.hasOwn(roles, word);
const roleKeys = ['role', 'from', 'speaker', 'sender'];
const contentKeys = ['content', 'value', 'parts', 'text', 'message', 'output'];
/** Fields beside which a message may lack its content. */
const insteadOfContent = ['tool_calls', 'function_call', 'audio', 'refusal', 'reasoning_content', 'tool_call_id'];

/** Whether the value is meant as a message rather than as a conversation or a row. */
export function isTurn(node: JsonNode): boolean {
  if (node.kind === 'array') return node.items.length === 2 && isRole(stringOf(node.items[0]));
  if (node.kind !== 'object') return false;
  const { members } = node;
  return (
    roleKeys.some((key) => members.get(key)?.kind === 'string') ||
    isRole(stringOf(members.get('type'))) ||
    isRole(constructorOf(node) ?? '') ||
    (members.has('content') && !members.has('messages'))
  );
}

/** The messages of a list. @throws promptMalformed */
export function turnsOf(source: Source, items: readonly JsonNode[], notes: Notes): Turn[] {
  return items.flatMap((item) => turnOf(source, item, notes) ?? []);
}

/** Null for an entry that holds no text of anybody, such as a model's encrypted thoughts. */
function turnOf(source: Source, node: JsonNode, notes: Notes): Turn | null {
  if (node.kind === 'array' && isTurn(node)) {
    return { role: roleNamed(stringOf(node.items[0])), parts: textNodes(source, node.items[1], notes) };
  }
  if (node.kind !== 'object') throw malformed(source, node.start, 'chatMessage');
  const built = constructedTurn(source, node, notes) ?? responsesItem(source, node, notes);
  if (built !== undefined) return built;
  const role = roleKeys.map((key) => node.members.get(key)).find((found) => found !== undefined);
  const type = stringOf(node.members.get('type'));
  const word = role === undefined && isRole(type) ? type : stringOf(role);
  if (word === '') throw malformed(source, (role ?? node).start, 'chatRole');
  const parts = node.members.get('parts');
  const isResult = parts?.kind === 'array' && parts.items.length > 0 && parts.items.every(isGeminiResponse);
  return { role: isResult ? 'tool' : roleNamed(word), parts: contentOf(source, node, notes) };
}

function contentOf(source: Source, node: ObjectNode, notes: Notes): StringNode[] {
  const { members } = node;
  const calls = members.get('tool_calls');
  for (const _ of calls?.kind === 'array' ? calls.items : []) notes.leaveOut('toolCall');
  if (members.get('function_call')?.kind === 'object') notes.leaveOut('toolCall');
  // Claude's exports name what was attached, and older ones have an empty list beside the text.
  for (const key of ['attachments', 'files']) for (const _ of listAt(node, key)) notes.leaveOut('document');
  const written = contentKeys.map((key) => members.get(key)).filter((found) => found !== undefined);
  const content = written.find((found) => found.kind !== 'array' || found.items.length > 0) ?? written[0];
  if (content) return textNodes(source, content, notes);
  if (insteadOfContent.some((key) => members.has(key))) return [];
  throw malformed(source, node.start, 'chatContent');
}

function listAt({ members }: ObjectNode, key: string): readonly JsonNode[] {
  const list = members.get(key);
  return list?.kind === 'array' ? list.items : [];
}

/** An entry of OpenAI's Responses that is not a message; undefined for anything else. */
function responsesItem(source: Source, { members }: ObjectNode, notes: Notes): Turn | null | undefined {
  const type = stringOf(members.get('type'));
  if (members.has('role') || !/_|^reasoning$/.test(type)) return undefined;
  if (type.endsWith('_call')) {
    notes.leaveOut('toolCall');
    return { role: 'assistant', parts: [] };
  }
  const output = members.get('output');
  if (type.endsWith('_call_output') && output) return { role: 'tool', parts: textNodes(source, output, notes) };
  notes.leaveOut(type === 'reasoning' ? 'thought' : 'other');
  return null;
}

/** A message as LangChain's `dumps` and `messages_to_dict` write it; undefined for anything else. */
function constructedTurn(source: Source, node: ObjectNode, notes: Notes): Turn | null | undefined {
  const { members } = node;
  const name = constructorOf(node);
  const fields = members.get(name === null ? 'data' : 'kwargs');
  const word = name ?? stringOf(members.get('type'));
  if (fields?.kind !== 'object' || word === '') return undefined;
  if (/placeholder/i.test(word)) {
    notes.notRead(stringOf(fields.members.get('variable_name')) || word);
    return null;
  }
  const prompt = templateOf(fields.members.get('prompt'));
  const own = stringOf(fields.members.get('role')) || roleNamed(word);
  return { role: roleNamed(own), parts: prompt ? textNodes(source, prompt, notes) : contentOf(source, fields, notes) };
}

/** The template of a serialised prompt, or of a list of them. */
export function templateOf(prompt: JsonNode | undefined): JsonNode | undefined {
  if (prompt?.kind === 'array') {
    return { ...prompt, items: prompt.items.flatMap((each) => templateOf(each) ?? []) };
  }
  if (prompt?.kind !== 'object') return undefined;
  const fields = prompt.members.get('kwargs') ?? prompt;
  return fields.kind === 'object' ? fields.members.get('template') : undefined;
}

/** The last word of a LangChain constructor's path; null where the object is none. */
export function constructorOf({ members }: ObjectNode): string | null {
  const id = members.get('id');
  if (!members.has('kwargs') || id?.kind !== 'array') return null;
  return stringOf(id.items.at(-1)) || null;
}

/** The text of a system at the top of a request, wherever it stands; null where there is none. */
export function systemTurn(
  source: Source,
  { members }: ObjectNode,
  keys: readonly string[],
  notes: Notes,
): Turn | null {
  const node = keys.map((key) => members.get(key)).find((found) => found !== undefined && !isNull(source, found));
  if (!node || node.kind === 'other') return null;
  const content =
    node.kind === 'object' ? (contentKeys.map((key) => node.members.get(key)).find(Boolean) ?? node) : node;
  const parts = textNodes(source, content, notes);
  return parts.some(({ value }) => value !== '') ? { role: 'system', parts } : null;
}
