/** Semantic Kernel's `<message role="system">…</message>`: a text with such tags is a conversation, any other is the user's message. */
import type { Message } from '../protocol/model';
import { type MappedText, sliced, trimmedText } from './templates/mappedText';

const messageTag = /<message\s+role\s*=\s*["']([A-Za-z]+)["'][^>]*>([\s\S]*?)<\/message\s*>/g;

export function messageTags(text: MappedText): Message[] {
  const messages = [...text.content.matchAll(messageTag)].map(({ 0: whole, 1: role, 2: inner, index }): Message => {
    const start = index + whole.indexOf('>') + 1;
    return { role: role.toLowerCase(), ...trimmedText(sliced(text, start, start + inner.length)) };
  });
  return messages.length > 0 ? messages : [{ role: 'user', ...text }];
}
