/** Looks up tokens by id, or the tokens of a text, alone or after a prompt. Engine only. */

import type { Followed, FollowParams } from '../analysis/shared/contract';
import { following } from '../analysis/shared/following';
import type { Model } from '../analysis/shared/model';
import type { Tokenizer } from '../checkpoint/types';
import { clause } from '../protocol/clauses';
import type { Prompt } from '../protocol/model';
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
      throw new ProblemError('outOfRange', [clause('tokenId'), 0, tokenizer.size - 1]);
    }
    return { id, text: tokenizer.text(id), bytes: Buffer.from(tokenizer.bytes(id)).toString('hex') };
  });
}

/** Throws what `following` throws for a target. */
export function followingEntries(
  model: Model,
  tokenizer: Tokenizer,
  prompt: Prompt,
  { prefix, keep, text }: FollowParams,
): Followed {
  const own = Math.min(keep ?? prompt.tokens.length, prompt.tokens.length);
  const rendered = prompt.rendered.slice(0, prompt.tokens[own]?.start ?? prompt.rendered.length);
  const at = (count: number) => rendered.length + model.decode(prefix.slice(0, count)).length;
  const behind = prefix.map((id, place) => ({ id, start: at(place), end: at(place + 1) }));
  const before = {
    rendered: rendered + model.decode(prefix),
    tokens: [...prompt.tokens.slice(0, own), ...behind],
  };
  const { kept, boundary, ids } = following(model, before, [text], { refused: 'targetEmpty' });
  return { own, kept, boundary, tokens: vocabularyEntries(tokenizer, { ids: ids[0] }) };
}
