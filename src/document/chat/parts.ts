/**
 * The text of a message's content as chat interfaces write it: a text, a list of parts, or an object that has such a list. Parts that are
 * not text are left out and counted.
 */
import type { JsonNode } from '../json';
import type { Notes, PartKind } from '../notes';
import { malformed, type Source } from '../source';

export type StringNode = Extract<JsonNode, { kind: 'string' }>;
export type ObjectNode = Extract<JsonNode, { kind: 'object' }>;

const textTypes = new Set(['text', 'input_text', 'output_text', 'refusal', 'summary_text', 'message']);
const resultTypes = new Set(['tool_result', 'function_call_output', 'custom_tool_call_output']);

/** In the order in which they are tried on the part's type, or on its first field where it has no type. */
const kinds: readonly [pattern: RegExp, kind: PartKind][] = [
  [/image|picture|photo/i, 'picture'],
  [/audio|sound|speech/i, 'sound'],
  [/video/i, 'video'],
  [/tool|function|call/i, 'toolCall'],
  [/think|thought|reason/i, 'thought'],
  [/file|document|pdf|search_result|blob/i, 'document'],
];

/** The texts in order; nothing stands between them. @throws promptMalformed for what is neither a text nor a part */
export function textNodes(source: Source, content: JsonNode, notes: Notes): StringNode[] {
  if (content.kind === 'string') return [content];
  if (content.kind === 'array') return content.items.flatMap((part) => textNodes(source, part, notes));
  if (content.kind === 'object') return partNodes(source, content, notes);
  if (isNull(source, content)) return [];
  throw malformed(source, content.start, 'chatContent');
}

export function isNull({ text }: Source, node: JsonNode): boolean {
  return node.kind === 'other' && text.startsWith('null', node.start);
}

function partNodes(source: Source, part: ObjectNode, notes: Notes): StringNode[] {
  const { members } = part;
  const type = stringOf(members.get('type'));
  const text = members.get('text') ?? members.get('refusal');
  const isThought = members.has('thought') && source.text.startsWith('true', members.get('thought')?.start);
  if (text && !isThought && (type === '' || textTypes.has(type))) {
    // The Assistants interface writes {"value": …} in place of the text.
    const value = text.kind === 'object' ? text.members.get('value') : text;
    return value ? textNodes(source, value, notes) : [];
  }
  const nested = nestedContent(part, type);
  if (nested) return textNodes(source, nested, notes);
  const response = geminiResponse(part);
  if (response) return responseTexts(response, notes);
  notes.leaveOut(isThought ? 'thought' : kindOf(part, type));
  return [];
}

/** The content of a tool's result, whose text the model reads, or a list of parts within an object. */
function nestedContent({ members }: ObjectNode, type: string): JsonNode | undefined {
  if (resultTypes.has(type)) return members.get('content') ?? members.get('output');
  const result = members.get('toolResult') ?? members.get('tool_result');
  if (result?.kind === 'object') return result.members.get('content');
  return type === '' ? members.get('parts') : undefined;
}

/** What a tool answered, as Gemini writes it; undefined for any other part. */
function geminiResponse({ members }: ObjectNode): JsonNode | undefined {
  return members.get('functionResponse') ?? members.get('function_response');
}

export function isGeminiResponse(part: JsonNode): boolean {
  return part.kind === 'object' && geminiResponse(part) !== undefined;
}

/** The answer's own text. An answer of figures or of parts within parts has none, and is counted. */
function responseTexts(node: JsonNode, notes: Notes): StringNode[] {
  const response = node.kind === 'object' ? node.members.get('response') : undefined;
  if (response?.kind === 'string') return [response];
  const values = response?.kind === 'object' ? [...response.members.values()] : [];
  const texts = values.filter((value): value is StringNode => value.kind === 'string');
  if (texts.length === 1 && values.length === 1) return texts;
  notes.leaveOut('toolResult');
  return [];
}

function kindOf({ members }: ObjectNode, type: string): PartKind {
  const data = members.get('inlineData') ?? members.get('inline_data') ?? members.get('fileData');
  const mime = data?.kind === 'object' ? (data.members.get('mimeType') ?? data.members.get('mime_type')) : undefined;
  const name = stringOf(mime) || type || stringOf(members.get('content_type')) || [...members.keys()].join(' ');
  return kinds.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

export function stringOf(node: JsonNode | undefined): string {
  return node?.kind === 'string' ? node.value : '';
}
