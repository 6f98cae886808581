/**
 * The shapes in which prompts lie in JSON: lists of messages; requests of OpenAI, Anthropic, Bedrock and Gemini; rows of data sets (ShareGPT,
 * Alpaca and their relatives); prompts that LangChain serialised; named prompts. What would change the text and is not read is named.
 */
import { clause } from '../../protocol/clauses';
import { choosePrompt } from '../choice';
import type { JsonNode } from '../json';
import type { Notes } from '../notes';
import { notRead, promptEmpty, type Source } from '../source';
import { braceTag } from '../tagFilling';
import { cohereTurns, exportedTurns } from './exports';
import { type ObjectNode, type StringNode, textNodes } from './parts';
import { preferredTurns } from './preferences';
import { rowTurns } from './rows';
import { constructorOf, isTurn, systemTurn, type Turn, templateOf, turnsOf } from './turns';

export interface ChatShape {
  turns: Turn[];
  /** How its variables are written, where it is not `{{name}}`. */
  tags?: RegExp;
}

/** One text without a role, as it is given to a model that completes texts. */
export interface AloneShape {
  alone: StringNode;
}

export type Shape = ChatShape | AloneShape;

const systemKeys = ['system', 'system_prompt', 'systemPrompt', 'system_message', 'instructions', 'developer'];
const geminiSystemKeys = ['systemInstruction', 'system_instruction', 'config', 'generateContentConfig'];
/** Fields of a request or a row that change what a model is given. */
const changing = [
  ...['tools', 'functions', 'documents', 'prompt', 'input', 'instructions', 'context', 'examples', 'prefix', 'suffix'],
  ...['chosen', 'rejected', 'completion', 'ideal', 'preferred_output', 'non_preferred_output', 'response', 'few_shot'],
];
/** Fields around a request or a row, as batch files, logs and exports of data sets have them. */
const wrappers = [
  'body',
  'params',
  'request',
  'input',
  'kwargs',
  'modelInput',
  'row',
  'rows',
  'data',
  'requests',
  'examples',
  'train',
];
const conversationKeys = ['messages', 'conversations', 'conversation', 'dialog', 'dialogue', 'chat', 'chat_messages'];
const mostWrappers = 4;

/** @throws promptMalformed with what was found, emptyPrompt */
export function shapeOf(source: Source, root: JsonNode, notes: Notes): Shape {
  const found = anyShape(source, root, notes, 0);
  if (found) return found;
  const list = root.kind === 'object' ? conversationKeys.map((key) => root.members.get(key)).find(Boolean) : undefined;
  throw notRead(source, (list ?? root).start, 'chatShape', foundWords(list ?? root));
}

function anyShape(source: Source, node: JsonNode, notes: Notes, depth: number): Shape | null {
  const chosen = source.choice?.chosen ?? [];
  const before = chosen.length;
  const shape =
    node.kind === 'array'
      ? listShape(source, node.items, notes, depth)
      : node.kind === 'object'
        ? objectShape(source, node, notes, depth)
        : null;
  // What was chosen in a list that holds no prompt is no choice.
  if (!shape) chosen.length = before;
  return shape;
}

function listShape(source: Source, items: readonly JsonNode[], notes: Notes, depth: number): Shape | null {
  if (items.length === 0) throw promptEmpty(source.file);
  if (isTurn(items[0])) return { turns: turnsOf(source, items, notes) };
  if (depth > mostWrappers) return null;
  const { index, notes: which } = choosePrompt(
    source,
    items.map(({ start }) => start),
  );
  const item = items[index];
  const shape = item.kind === 'string' ? { alone: item } : anyShape(source, item, notes, depth + 1);
  if (shape) notes.sayFirst(...which);
  // A list of numbers, or of objects that are no messages, is what was found, not its first entry.
  else if (item.kind === 'object' && depth === 0) throw notRead(source, item.start, 'chatShape', foundWords(item));
  return shape;
}

function objectShape(source: Source, node: ObjectNode, notes: Notes, depth: number): Shape | null {
  const { members } = node;
  const shape =
    serialised(source, node, notes) ??
    preferred(source, node, notes, depth) ??
    exportedTurns(source, node, notes) ??
    cohere(source, node, notes) ??
    conversation(source, node, notes) ??
    gemini(source, node, notes) ??
    rowTurns(source, node, notes) ??
    responses(source, node, notes) ??
    prompts(source, node, notes, depth);
  if (shape) return Array.isArray(shape) ? { turns: shape } : shape;
  if (isTurn(node)) return { turns: turnsOf(source, [node], notes) };
  if (depth > mostWrappers) return null;
  for (const key of wrappers) {
    const inner = members.get(key);
    const within = inner && anyShape(source, inner, notes, depth + 1);
    if (!within) continue;
    nameUnread(node, notes, [key]);
    return within;
  }
  return learned(node) ?? named(source, node, notes);
}

function conversation(source: Source, node: ObjectNode, notes: Notes): Turn[] | null {
  const key = conversationKeys.find((each) => node.members.get(each)?.kind === 'array');
  const list = key === undefined ? undefined : node.members.get(key);
  if (list?.kind !== 'array') return null;
  const system = systemTurn(source, node, systemKeys, notes);
  if (list.items.length === 0 && !system) throw promptEmpty(source.file);
  nameUnread(node, notes, system ? [...systemKeys] : []);
  const lists = list.items[0]?.kind === 'array' && !isTurn(list.items[0]) ? list.items[0].items : list.items;
  return [...(system ? [system] : []), ...turnsOf(source, lists, notes)];
}

/** A row with two answers; what was asked is read as any other row or request is. */
function preferred(source: Source, node: ObjectNode, notes: Notes, depth: number): Turn[] | null {
  if (depth > mostWrappers) return null;
  return preferredTurns(source, node, notes, (rest) => {
    const shape = rest.members.size === 0 ? null : objectShape(source, rest, notes, depth + 1);
    if (!shape) return null;
    return 'turns' in shape ? shape.turns : [{ role: 'user', parts: [shape.alone] }];
  });
}

function cohere(source: Source, node: ObjectNode, notes: Notes): Turn[] | null {
  const turns = cohereTurns(source, node, notes);
  if (turns) nameUnread(node, notes, []);
  return turns;
}

/** Gemini's request: `contents` and a system's instruction, each in parts. */
function gemini(source: Source, node: ObjectNode, notes: Notes): Turn[] | null {
  const contents = node.members.get('contents');
  if (!contents || contents.kind === 'other') return null;
  const config = geminiSystemKeys.map((key) => node.members.get(key)).find(Boolean);
  const nested =
    config?.kind === 'object' && (config.members.has('systemInstruction') || config.members.has('system_instruction'));
  const system = systemTurn(source, nested ? config : node, geminiSystemKeys.slice(0, 2), notes);
  nameUnread(node, notes, []);
  return [...(system ? [system] : []), ...spokenTurns(source, contents, notes)];
}

/** A text, a message without a role, or a list of messages of which some have none: those are the user's. */
function spokenTurns(source: Source, node: JsonNode, notes: Notes): Turn[] {
  if (node.kind === 'array' && !node.items.every((item) => item.kind === 'string')) {
    return node.items.flatMap((item) => spokenTurns(source, item, notes));
  }
  if (node.kind === 'object' && isTurn(node)) return turnsOf(source, [node], notes);
  if (node.kind === 'object' && node.members.has('type') && !node.members.has('text'))
    return turnsOf(source, [node], notes);
  return [{ role: 'user', parts: textNodes(source, node, notes) }];
}

/** OpenAI's Responses: `input`, a text or a list, below `instructions`. */
function responses(source: Source, node: ObjectNode, notes: Notes): Turn[] | null {
  const { members } = node;
  const input = members.get('input');
  const isList = input?.kind === 'array' && input.items.some((item) => item.kind === 'object');
  const isRequest = members.has('instructions') || members.has('model');
  if (!input || !(isList || (isRequest && input.kind === 'string'))) return null;
  const system = systemTurn(source, node, ['instructions'], notes);
  nameUnread(node, notes, ['input', 'instructions']);
  return [...(system ? [system] : []), ...spokenTurns(source, input, notes)];
}

/** `prompt` of a completion's request, of a preference's row, or with a role to act as. */
function prompts(source: Source, node: ObjectNode, notes: Notes, depth: number): Shape | null {
  const prompt = node.members.get('prompt');
  if (prompt?.kind === 'array' || prompt?.kind === 'object') {
    const shape = depth > mostWrappers ? null : anyShape(source, prompt, notes, depth + 1);
    if (shape) nameUnread(node, notes, ['prompt']);
    return shape;
  }
  if (prompt?.kind !== 'string') return null;
  const system = systemTurn(source, node, systemKeys, notes);
  nameUnread(node, notes, system ? ['prompt', ...systemKeys] : ['prompt']);
  if (system) return { turns: [system, { role: 'user', parts: [prompt] }] };
  return node.members.has('model') || node.members.has('max_tokens')
    ? { alone: prompt }
    : { turns: [{ role: 'user', parts: [prompt] }] };
}

/** A prompt of LangChain, as `dumps` (`lc`, `kwargs`) or `save` (`_type`) writes it. */
function serialised(source: Source, node: ObjectNode, notes: Notes): Shape | null {
  const fields = constructorOf(node) === null ? node : node.members.get('kwargs');
  if (fields?.kind !== 'object' || !(fields !== node || node.members.has('_type'))) return null;
  const messages = fields.members.get('messages');
  const tags = /"template_format"\s*:\s*"(?:jinja2|mustache)"/.test(source.text) ? undefined : braceTag;
  if (messages?.kind === 'array') return { turns: turnsOf(source, messages.items, notes), tags };
  const template = templateOf(fields);
  if (template?.kind !== 'string') return null;
  nameUnread(fields, notes, []);
  return { turns: [{ role: 'user', parts: [template] }], tags };
}

/** A text to learn from, as it stands in a row of its own. */
function learned({ members }: ObjectNode): AloneShape | null {
  const text = members.get('text');
  return text?.kind === 'string' && !members.has('role') && !members.has('type') ? { alone: text } : null;
}

/** An object of nothing but texts, of which one at least has lines: a collection of prompts by name. */
function named(source: Source, { members }: ObjectNode, notes: Notes): Shape | null {
  const texts = [...members.values()].filter((value): value is StringNode => value.kind === 'string');
  if (texts.length === 0 || texts.length < members.size || !texts.some(({ value }) => value.includes('\n')))
    return null;
  const { index, notes: which } = choosePrompt(
    source,
    texts.map(({ start }) => start),
  );
  notes.say(...which, clause('notePromptName', [...members.keys()][index]));
  return { alone: texts[index] };
}

function nameUnread({ members }: ObjectNode, notes: Notes, read: readonly string[]): void {
  for (const key of changing) {
    const value = members.get(key);
    const isEmpty =
      !value || (value.kind === 'array' && value.items.length === 0) || (value.kind === 'string' && value.value === '');
    if (!isEmpty && !read.includes(key)) notes.notRead(key);
  }
}

/** What stands there instead of a conversation, in a few words. */
function foundWords(node: JsonNode) {
  if (node.kind === 'array') return clause('foundList');
  if (node.kind !== 'object') return clause(node.kind === 'string' ? 'foundText' : 'foundValue');
  const keys = [...node.members.keys()].slice(0, 5).map((key) => `"${key.length > 40 ? `${key.slice(0, 39)}…` : key}"`);
  return keys.length === 0 ? clause('foundEmpty') : clause('foundObject', keys.join(', '));
}
