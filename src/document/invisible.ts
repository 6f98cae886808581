/** Characters that look like nothing or like a space, and that the model reads all the same. */
import { type Clause, clause } from '../protocol/clauses';
import type { PromptInput } from '../protocol/model';

/**
 * Control characters, formatting characters and unusual spaces. Tab, line feed and space are not among them, nor the joiners and tags that
 * emoji and some scripts are written with, nor the space of Chinese and Japanese.
 */
const invisible = /(?![\t\n \u200c-\u200d\u3000\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\u3164]/gu;
const mostNamed = 5;

/** One note that names them, or none. */
export function invisibleNotes(input: PromptInput): Clause[] {
  const texts = input.kind === 'raw' ? [input.text] : input.messages.map(({ content }) => content);
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const [character] of text.matchAll(invisible)) counts.set(character, (counts.get(character) ?? 0) + 1);
  if (counts.size === 0) return [];
  const named = [...counts].slice(0, mostNamed).map(([character, count]) => {
    const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    return count > 1 ? `${code} × ${count}` : code;
  });
  return [clause('noteInvisible', named.join(', ') + (counts.size > mostNamed ? ', …' : ''))];
}
