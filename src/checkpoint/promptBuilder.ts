/**
 * Messages or raw text → rendered string → tokens, each with its place in the rendered string, its place in the user's file, and
 * the role of the message whose content it belongs to. A token that straddles template and content counts as content.
 */
import type { Prompt, PromptInput, Range, SourcePiece, Token } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { type ChatTemplate, type ContentPlace, MessageRefused } from './chatTemplate';
import type { Tokenizer } from './types';

export interface PromptParts {
  tokenizer: Tokenizer;
  template: ChatTemplate | null;
  /** The token put before raw text where the tokenizer says so; a template writes its own. */
  beginId: number | null;
  /** The same for what is put behind it. */
  endId?: number | null;
  name: string;
}

/** Rejects with noTemplate, templateRefused, templateFailed or continueFailed. An empty prompt gives no tokens; the caller decides how to treat that. */
export async function buildPrompt(input: PromptInput, parts: PromptParts): Promise<Prompt> {
  return input.kind === 'raw' ? rawPrompt(input, parts) : chatPrompt(input, parts);
}

function rawPrompt(input: PromptInput & { kind: 'raw' }, { tokenizer, beginId, endId = null }: PromptParts): Prompt {
  const whole = [{ message: 0, at: 0, from: 0, length: input.text.length }];
  const origins = [{ ...input, role: null }];
  const tokens = placeTokens(input.text, tokenizer, whole, origins);
  if (beginId !== null && tokens.length > 0 && tokens[0].id !== beginId)
    tokens.unshift({ ...describe(tokenizer, beginId), start: 0, end: 0, source: null, role: null });
  const last = input.text.length;
  if (endId !== null && tokens.length > 0 && tokens[tokens.length - 1].id !== endId)
    tokens.push({ ...describe(tokenizer, endId), start: last, end: last, source: null, role: null });
  return { file: input.file, rendered: input.text, tokens, ...placeSlots(whole, origins) };
}

async function chatPrompt(
  input: PromptInput & { kind: 'chat' },
  { tokenizer, template, name }: PromptParts,
): Promise<Prompt> {
  if (!template) throw new ProblemError('noTemplate', [name]);
  const { rendered, places } = await template.render(input.messages, input.continueLast).catch((error: unknown) => {
    throw error instanceof MessageRefused ? atItsPlace(error, input) : error;
  });
  const tokens = placeTokens(rendered, tokenizer, places, input.messages);
  return { file: input.file, rendered, tokens, ...placeSlots(places, input.messages) };
}

/** The refusal with the message's place in the file; without one where nothing of the message stands there. */
function atItsPlace(error: MessageRefused, { file, messages }: PromptInput & { kind: 'chat' }): MessageRefused {
  const sources = messages[error.refused].pieces.map(({ source }) => source);
  if (sources.length === 0) return error;
  const starts = sources.map(([start]) => start);
  const ends = sources.map(([, end]) => end);
  error.problem.place = { file, range: [Math.min(...starts), Math.max(...ends)] };
  return error;
}

interface Origin {
  role: string | null;
  pieces: readonly SourcePiece[];
  slots?: readonly Range[];
}

/** The places of the variables' values in the rendered string; text that a template trimmed away has no place. */
function placeSlots(places: readonly ContentPlace[], origins: readonly Origin[]): Pick<Prompt, 'slots'> {
  const slots = places.flatMap(({ message, at, from, length }) =>
    (origins[message].slots ?? [])
      .map(([start, end]): Range => [Math.max(start, from), Math.min(end, from + length)])
      .filter(([start, end]) => end > start)
      .map(([start, end]): Range => [start - from + at, end - from + at]),
  );
  return slots.length > 0 ? { slots } : {};
}

function placeTokens(
  rendered: string,
  tokenizer: Tokenizer,
  places: readonly ContentPlace[],
  origins: readonly Origin[],
): Token[] {
  let next = 0;
  return tokenizer.encode(rendered).map(({ id, start, end }) => {
    // Tokens ascend, so places that end before this token are not needed again.
    while (next < places.length && places[next].at + places[next].length <= start) next++;
    const place = places[next];
    const token = { ...describe(tokenizer, id), start, end, source: null, role: null };
    if (!place || place.at >= end) return token;
    const { role, pieces } = origins[place.message];
    const from = Math.max(start, place.at) - place.at + place.from;
    const to = Math.min(end, place.at + place.length) - place.at + place.from;
    return { ...token, source: sourceRange(pieces, from, to), role };
  });
}

function describe(tokenizer: Tokenizer, id: number): Pick<Token, 'id' | 'text' | 'bytes' | 'special'> {
  const bytes = Buffer.from(tokenizer.bytes(id)).toString('hex');
  return { id, text: tokenizer.text(id), bytes, special: tokenizer.special.has(id) };
}

/**
 * The file range that content[start, end) came from, or null where none of it is in the file. A piece whose length in the file
 * differs (an escape) maps as a whole. `pieces` ascend in the content and do not overlap; where a template's loop begins its body anew, they
 * go back in the file, and the longer of the two parts is taken, because a range from one to the other would be the whole body.
 */
export function sourceRange(pieces: readonly SourcePiece[], start: number, end: number): Range | null {
  let longest: { range: Range; length: number } | null = null;
  let run: { range: Range; length: number } | null = null;
  let before = 0;
  for (let i = firstEndingAfter(pieces, start); i < pieces.length && pieces[i].at < end; i++) {
    const { at, length } = pieces[i];
    const [from, to] = withinPiece(pieces[i], start, end);
    const part = Math.min(end, at + length) - Math.max(start, at);
    if (run && from >= before) {
      run.range = [run.range[0], Math.max(run.range[1], to)];
      run.length += part;
    } else run = { range: [from, to], length: part };
    before = from;
    if (!longest || run.length > longest.length) longest = run;
  }
  return longest?.range ?? null;
}

function withinPiece({ at, length, source }: SourcePiece, start: number, end: number): Range {
  if (source[1] - source[0] !== length) return source;
  const from = Math.max(start, at) - at;
  const to = Math.min(end, at + length) - at;
  return [source[0] + from, source[0] + to];
}

function firstEndingAfter(pieces: readonly SourcePiece[], start: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].at + pieces[middle].length <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}
