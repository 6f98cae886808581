/** Jinja templates of Prompt flow, `.jinja2`: role lines as in Prompty. Without a role line the text is the user's message. */
import type { PromptInput } from '../protocol/model';
import { promptyPrompt } from './prompty';
import type { Source } from './source';

/** @throws promptMalformed, emptyPrompt */
export function jinjaChatPrompt(source: Source): PromptInput {
  const input = promptyPrompt(source);
  const hasRole = /^#?[ \t]*(?:system|user|assistant|developer|function|tools?)[ \t]*:[ \t]*$/im.test(source.text);
  if (input.kind === 'raw' || hasRole) return input;
  return { ...input, messages: input.messages.map((message) => ({ ...message, role: 'user' })) };
}
