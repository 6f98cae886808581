/**
 * Semantic Kernel's `<message role="system">…</message>`: a text with such tags is a conversation, any other is the user's message. The tags
 * must be the template's own, since values are escaped there: none can begin or end a message. Of a message's parts `<text>` is read.
 */
import type { Message } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import type { Notes } from './notes';
import { isTemplates, type MappedText, trimmedText } from './templates/mappedText';

const messageTag = /<message\s[^>]*?\brole\s*=\s*["']([A-Za-z]+)["'][^>]*>/g;
const closing = '</message';
const opening = '<![CDATA[';
const entities = new Map(
  Object.entries({ '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&apos;': "'", '&#39;': "'" }),
);
/** What is not taken as it stands: the tag of a part, a part that is not text, a stretch without tags, an escaped character. */
const within = /<!\[CDATA\[([\s\S]*?)\]\]>|<\/?text\s*>|<image\b[^>]*>[^<]*<\/image\s*>|&(?:lt|gt|amp|quot|apos|#39);/g;

export function messageTags(text: MappedText, notes: Notes): Message[] {
  const messages: Message[] = [];
  const { content } = text;
  let from = 0;
  for (const { 0: tag, 1: role, index } of content.matchAll(messageTag)) {
    if (index < from || !isTemplates(text, index)) continue;
    const start = index + tag.length;
    const end = ownClosing(text, start);
    if (end === null) break;
    messages.push({ role: role.toLowerCase(), ...trimmedText(inner(text, start, end, notes)) });
    from = end;
  }
  return messages.length > 0 ? messages : [{ role: 'user', ...text }];
}

function ownClosing(text: MappedText, start: number): number | null {
  for (let at = text.content.indexOf(closing, start); at !== -1; at = text.content.indexOf(closing, at + 1))
    if (isTemplates(text, at)) return at;
  return null;
}

function inner(text: MappedText, start: number, end: number, notes: Notes): MappedText {
  const content = new ContentBuilder();
  let from = start;
  for (const { 0: found, 1: verbatim, index } of text.content.slice(start, end).matchAll(within)) {
    const at = start + index;
    if (!isTemplates(text, at)) continue;
    content.copyMapped(text, from, at);
    from = at + found.length;
    const sign = entities.get(found);
    if (sign !== undefined) content.substituteMapped(sign, text, at, from);
    else if (verbatim !== undefined) content.copyMapped(text, at + opening.length, from - ']]>'.length);
    else if (found.startsWith('<image')) notes.leaveOut('picture');
  }
  content.copyMapped(text, from, end);
  return content.result();
}
