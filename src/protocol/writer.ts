/** Who put a token into a prompt: what the user wrote, the chat template, or the tokenizer with its beginning and end of a text. */
import type { Prompt, Token } from './model';

export type Writer = 'user' | 'template' | 'tokenizer';

/** A token that the tokenizer adds takes up nothing of the rendered string. If nothing maps to a file, everything else is the user's. */
export function writerOf({ start, end, source, special }: Token, { tokens }: Pick<Prompt, 'tokens'>): Writer {
  if (special && source === null && start === end) return 'tokenizer';
  return source !== null || tokens.every((token) => token.source === null) ? 'user' : 'template';
}
