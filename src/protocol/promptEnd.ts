/** How a prompt ends, and whether its last message can be left open. Leaf: imports types only. */
import type { Prompt, PromptInput } from './model';

/** Whether the prompt ends with a message of the assistant that could be left open. */
export function canContinue(input: PromptInput): boolean {
  return input.kind === 'chat' && !input.turnBegun && input.messages.at(-1)?.role === 'assistant';
}

/**
 * The prompt with its last message left open; null where there is none to leave open. A turn that has only begun is returned
 * unchanged.
 */
export function leftOpen(input: PromptInput): PromptInput | null {
  if (input.kind !== 'chat') return null;
  if (input.turnBegun) return input;
  return canContinue(input) ? { ...input, continueLast: true } : null;
}

/** The second of two prompts that are compared side by side, left open where the first one is. Null where this is not possible. */
export function leftOpenLike(first: PromptInput, second: PromptInput): PromptInput | null {
  return first.kind === 'chat' && first.continueLast ? leftOpen(second) : second;
}

/** Whether the last token that belongs to a message is the assistant's. */
export function lastIsAssistants({ tokens }: Prompt): boolean {
  return tokens.filter(({ role }) => role !== null).at(-1)?.role === 'assistant';
}

/** The user's own white space at the very end; null where a template, or anything else, is there. */
export function finalSpace({ rendered, tokens }: Prompt): 'lineBreak' | 'space' | null {
  if (!tokens.at(-1)?.source) return null;
  if (/[\n\r\u2028\u2029]$/.test(rendered)) return 'lineBreak';
  return /\s$/.test(rendered) ? 'space' : null;
}
