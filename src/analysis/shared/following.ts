/**
 * Tokens of a text that follows a prompt: prompt P and text a are tokenised as one string, because a token may span the border (the prompt
 * ends in a space or inside a word), and special tokens are recognised in both.
 *
 *   kept c = min_i |longest common prefix of tokens(P), tokens(P + a_i)|          over all texts that are compared
 *
 * Every text is scored from c on, tokens(P + a_i)[c:] given what stands before, so that all of them start at the same place.
 */
import type { Token } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Boundary } from './contract';
import type { Model } from './model';
import { commonPrefix } from './prefix';

/** A tokenised prompt: its tokens are ranges of `rendered`; a token that the tokenizer puts before the text has no width. */
export interface PromptText {
  readonly rendered: string;
  readonly tokens: readonly Pick<Token, 'id' | 'start' | 'end'>[];
}

export interface Following {
  /** The number of prompt tokens before all the texts, at least one. */
  kept: number;
  /** Set where a text replaces tokens at the prompt's end; else null. */
  boundary: Boundary | null;
  /** [text][n] The tokens of each text that are scored, at least one; they include the end of the prompt after `kept`. */
  ids: number[][];
}

/**
 * `length` is the number of tokens that form the prompt; a text begins where the next one does. Throws `refused` for a text that adds no
 * token, `nothingKept` where no token of the prompt stays before a text, `promptTooLong` where prompt and text together are more than the
 * model reads.
 */
export function following(
  model: Model,
  prompt: PromptText,
  texts: readonly string[],
  { length = prompt.tokens.length, refused }: { length?: number; refused: 'choiceEmpty' | 'targetEmpty' },
): Following {
  const ids = prompt.tokens.slice(0, length).map(({ id }) => id);
  const end = length < prompt.tokens.length ? prompt.tokens[length].start : prompt.rendered.length;
  const before = prompt.rendered.slice(0, end);
  // Tokens that the tokenizer puts before raw text are not part of the string.
  const lead = leadOf(prompt);
  const wholes = texts.map((text) => [...lead, ...model.tokenize(before + text)]);
  const shared = wholes.map((whole) => commonPrefix(ids, whole));
  const kept = Math.min(length, ...shared);
  wholes.forEach((whole, place) => {
    const text = texts[place];
    const same = shared[place] === whole.length && whole.length <= length;
    if (text === '' || same) throw new ProblemError(refused, [text]);
    if (kept === 0 && shared[place] === 0) throw new ProblemError('nothingKept', [text]);
  });
  checkRoom(model, ids, Math.max(0, ...wholes.map((whole) => whole.length)) - length);
  const boundary = kept < length ? { kept, text: before.slice(prompt.tokens[kept].start) } : null;
  return { kept, boundary, ids: wholes.map((whole) => whole.slice(kept)) };
}

function leadOf({ rendered, tokens }: PromptText): number[] {
  const [first] = tokens;
  return first && rendered !== '' && first.end === 0 ? [first.id] : [];
}

/** `more` is the number of tokens that will follow the prompt. Throws `promptTooLong`. */
export function checkRoom(model: Model, ids: readonly number[], more: number): void {
  const { context } = model.info;
  const count = ids.length + more;
  if (count <= context) return;
  const fitting = Math.floor((model.decode(ids).length * context) / count / 100) * 100;
  const [own, added, room, characters] = [ids.length, more, context, fitting].map((value) =>
    value.toLocaleString('en'),
  );
  throw new ProblemError('promptTooLong', [`${own} + ${added}`, room, characters]);
}
