/** Tokens looked up by id, or the tokens of a text. Engine only. */
import type { Tokenizer } from '../checkpoint/types';
import { ProblemError } from '../protocol/problem';

export interface VocabularyEntry {
  id: number;
  text: string;
  bytes: string;
}

/** Throws `outOfRange` for an id outside the vocabulary. */
export function vocabularyEntries(
  tokenizer: Tokenizer,
  query: { ids: number[] } | { text: string },
): VocabularyEntry[] {
  const ids = 'ids' in query ? query.ids : tokenizer.encode(query.text).map((token) => token.id);
  return ids.map((id) => {
    if (!Number.isInteger(id) || id < 0 || id >= tokenizer.size) {
      throw new ProblemError('outOfRange', ['The token id', 0, tokenizer.size - 1]);
    }
    return { id, text: tokenizer.text(id), bytes: Buffer.from(tokenizer.bytes(id)).toString('hex') };
  });
}
