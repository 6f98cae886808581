/**
 * Jinja templates of Prompt flow, `.jinja2`: role lines as in Prompty. Without a role line the text is the user's message. A model's own chat
 * template has the same ending and is no prompt.
 */
import type { PromptInput } from '../protocol/model';
import { promptyPrompt } from './prompty';
import { notRead, type Source } from './source';

/** Where a model's template begins to write the conversation that a program gives it. */
const conversationLoop = /\{%[-+]?\s*for\s+[\w\s,()]{1,100}?\sin\s+(?:\w*_)?messages\b/;

/** @throws promptMalformed, promptNotRead, emptyPrompt */
export function jinjaChatPrompt(source: Source): PromptInput {
  const hasRole = /^#?[ \t]*(?:system|user|assistant|developer|function|tools?)[ \t]*:[ \t]*$/im.test(source.text);
  const loop = hasRole ? null : conversationLoop.exec(source.text);
  if (loop) throw notRead(source, loop.index, 'modelTemplate');
  const input = promptyPrompt(source);
  if (input.kind === 'raw' || hasRole) return input;
  return { ...input, messages: input.messages.map((message) => ({ ...message, role: 'user' })) };
}
