/** How a prompt ends, and whether its last message can be left open. Leaf: for the readers of prompt files, the host and the page. */
import type { Prompt, PromptInput } from './model';

/** Whether the prompt ends with a message of the assistant that could be left open. */
export function canContinue(input: PromptInput): boolean {
  return input.kind === 'chat' && !input.turnBegun && input.messages.at(-1)?.role === 'assistant';
}

/** With its last message left open; null where there is none to leave open. A turn that has only begun goes on as it is. */
export function leftOpen(input: PromptInput): PromptInput | null {
  if (input.kind !== 'chat') return null;
  if (input.turnBegun) return input;
  return canContinue(input) ? { ...input, continueLast: true } : null;
}

/** The second of two prompts that are laid side by side: left open where the first one is. Null where it cannot be. */
export function leftOpenLike(first: PromptInput, second: PromptInput): PromptInput | null {
  return first.kind === 'chat' && first.continueLast ? leftOpen(second) : second;
}

/** Whether the last message that has a text is the assistant's. */
export function lastIsAssistants({ tokens }: Prompt): boolean {
  return tokens.filter(({ role }) => role !== null).at(-1)?.role === 'assistant';
}

/** White space of the user's own at the very end; null where a template, or anything else, stands there. */
export function finalSpace({ rendered, tokens }: Prompt): 'lineBreak' | 'space' | null {
  if (!tokens.at(-1)?.source) return null;
  if (/[\n\r\u2028\u2029]$/.test(rendered)) return 'lineBreak';
  return /\s$/.test(rendered) ? 'space' : null;
}
