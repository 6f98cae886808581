/** Conversations as other services keep them: Cohere's requests (`message`, `chat_history`) and ChatGPT's exports (`mapping`). */
import type { JsonNode } from '../json';
import type { Notes } from '../notes';
import type { Source } from '../source';
import { isNull, type ObjectNode, stringOf } from './parts';
import { systemTurn, type Turn, turnsOf } from './turns';

/** A request to Cohere's first chat interface; null for any other object. */
export function cohereTurns(source: Source, node: ObjectNode, notes: Notes): Turn[] | null {
  const { members } = node;
  const [message, history] = [members.get('message'), members.get('chat_history')];
  if (message?.kind !== 'string' || !(history?.kind === 'array' || members.has('preamble'))) return null;
  const system = systemTurn(source, node, ['preamble'], notes);
  return [
    ...(system ? [system] : []),
    ...(history?.kind === 'array' ? turnsOf(source, history.items, notes) : []),
    { role: 'user', parts: [message] },
  ];
}

/**
 * A conversation of ChatGPT's export: a tree of messages, of which the branch is read that ends at `current_node`, the one last shown.
 * Messages without a text, which the service adds at the top, are none. Null for any other object.
 */
export function exportedTurns(source: Source, { members }: ObjectNode, notes: Notes): Turn[] | null {
  const mapping = members.get('mapping');
  if (mapping?.kind !== 'object') return null;
  const last = stringOf(members.get('current_node')) || lastLeaf(mapping);
  const messages = branch(mapping, last).flatMap((node) => {
    const message = node.members.get('message');
    return message?.kind === 'object' && !isHidden(source, message) ? [message] : [];
  });
  const turns = messages.flatMap((message) => turnsOf(source, [withRole(message)], notes));
  return turns.filter(({ parts }) =>
    parts.some((part) => typeof part === 'object' && 'value' in part && part.value !== ''),
  );
}

/** The nodes from the top of the tree to one of them. */
function branch(mapping: ObjectNode, last: string): ObjectNode[] {
  const nodes: ObjectNode[] = [];
  const seen = new Set<string>();
  for (let id = last; id !== '' && !seen.has(id); ) {
    seen.add(id);
    const node = mapping.members.get(id);
    if (node?.kind !== 'object') break;
    nodes.unshift(node);
    id = stringOf(node.members.get('parent'));
  }
  return nodes;
}

function lastLeaf(mapping: ObjectNode): string {
  const isLeaf = (node: JsonNode): boolean => {
    const children = node.kind === 'object' ? node.members.get('children') : undefined;
    return children?.kind !== 'array' || children.items.length === 0;
  };
  return [...mapping.members].filter(([, node]) => isLeaf(node)).at(-1)?.[0] ?? '';
}

function isHidden(source: Source, { members }: ObjectNode): boolean {
  const content = members.get('content');
  if (!content || isNull(source, content)) return true;
  const metadata = members.get('metadata');
  const hidden = metadata?.kind === 'object' ? metadata.members.get('is_visually_hidden_from_conversation') : undefined;
  return hidden !== undefined && source.text.startsWith('true', hidden.start);
}

/** The message with its author's role where other interfaces have it. */
function withRole(message: ObjectNode): ObjectNode {
  const author = message.members.get('author');
  const role = author?.kind === 'object' ? author.members.get('role') : undefined;
  const content = message.members.get('content') as JsonNode;
  return { ...message, members: new Map([...(role ? [['role', role] as const] : []), ['content', content]]) };
}
