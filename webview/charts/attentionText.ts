/**
 * The prompt as the attention views read it: characters (tokens that share one are drawn as one), lines with names for the
 * axes, the answer slots of earlier examples, and which stretches of a long text to show. Pure. For charts and panels.
 */
import type { Prompt } from '../../src/protocol/model';

/** Tokens [from, to) that share characters; a byte token alone cannot be shown. */
export interface Character {
  from: number;
  to: number;
  text: string;
  /** Written by the chat template, not by the user. */
  template: boolean;
}

export interface Line {
  /** Tokens [from, to), the line end included. */
  from: number;
  to: number;
  name: string;
  template: boolean;
}

/** Cuts a prompt into what can be drawn on its own; every token is in exactly one piece. */
export function characters(prompt: Prompt): Character[] {
  const pieces: (Character & { start: number; end: number })[] = [];
  prompt.tokens.forEach((token, index) => {
    const last = pieces.at(-1);
    const template = token.source === null;
    if (last && token.start < last.end) {
      last.end = Math.max(last.end, token.end);
      last.to = index + 1;
      last.template &&= template;
    } else {
      pieces.push({ from: index, to: index + 1, start: token.start, end: token.end, text: '', template });
    }
  });
  return pieces.map(({ from, to, start, end, template }) => ({
    from,
    to,
    text: prompt.rendered.slice(start, end),
    template,
  }));
}

/** The piece that holds a token. */
export function characterOf(pieces: readonly Character[], token: number): Character {
  const found = pieces.find((piece) => token >= piece.from && token < piece.to);
  if (!found) throw new RangeError(`Token ${token} is in no character.`);
  return found;
}

const longestLabel = 16;
const longestName = 14;

/** Name of a line: its label if it begins with one ("Review: …"), else its first words; null for a blank line. */
function nameOf(text: string): { name: string; label: boolean } | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const colon = trimmed.search(/[:：]/);
  if (colon > 0 && colon <= longestLabel) return { name: trimmed.slice(0, colon), label: true };
  const letters = Array.from(trimmed);
  return letters.length <= longestName
    ? { name: trimmed, label: false }
    : {
        name: `${letters
          .slice(0, longestName - 1)
          .join('')
          .trimEnd()}…`,
        label: false,
      };
}

/** Lines with something on them, numbered where a name comes back ("Review 1", "Review 2"). Special tokens give no name. */
export function lines(prompt: Prompt, pieces: readonly Character[]): Line[] {
  const found: (Line & { key: string })[] = [];
  let from = 0;
  let text = '';
  let template = true;
  const close = (to: number) => {
    const named = nameOf(text);
    if (named) found.push({ from, to, name: named.name, template, key: named.name });
    from = to;
    text = '';
    template = true;
  };
  for (const piece of pieces) {
    if (!prompt.tokens[piece.from].special) text += piece.text;
    template &&= piece.template;
    if (piece.text.includes('\n')) close(piece.to);
  }
  close(prompt.tokens.length);
  const count = new Map<string, number>();
  for (const { key } of found) count.set(key, (count.get(key) ?? 0) + 1);
  const seen = new Map<string, number>();
  return found.map(({ key, ...line }) => {
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return (count.get(key) ?? 0) > 1 ? { ...line, name: `${key} ${number}` } : line;
  });
}

/**
 * The answer slots of a few-shot prompt: tokens that follow, on earlier lines, the very text the last line consists of
 * ("Sentiment:" → the words after each earlier "Sentiment:"). Line ends are not answers. `[]` when nothing matches.
 * These are the label words of Wang et al. 2023, "Label Words are Anchors".
 */
export function answerTokens(prompt: Prompt): number[] {
  const { rendered, tokens } = prompt;
  const lastLine = rendered.slice(rendered.lastIndexOf('\n') + 1).trimEnd();
  if (lastLine === '') return [];
  const slots: [start: number, end: number][] = [];
  let start = 0;
  for (const line of rendered.split('\n')) {
    const end = start + line.trimEnd().length;
    if (line.startsWith(lastLine) && end > start + lastLine.length) slots.push([start + lastLine.length, end]);
    start += line.length + 1;
  }
  return tokens.flatMap((token, index) =>
    slots.some(([from, to]) => token.start >= from && token.start < to && token.end <= to) ? [index] : [],
  );
}

/**
 * Which tokens of a long text to show: everything up to `limit` tokens; beyond, `around` tokens each side of every point of
 * interest, the first and the last tokens. Ascending, disjoint [from, to); gaps of a few tokens are not worth folding.
 */
export function shownRanges(
  tokens: number,
  points: readonly number[],
  { limit = 600, around = 40 } = {},
): [from: number, to: number][] {
  if (tokens <= limit) return tokens > 0 ? [[0, tokens]] : [];
  const ranges: [number, number][] = [];
  for (const point of [0, ...points, tokens - 1].sort((a, b) => a - b)) {
    const from = Math.max(0, point - around);
    const to = Math.min(tokens, point + around + 1);
    const last = ranges.at(-1);
    if (last && from <= last[1] + around / 2) last[1] = Math.max(last[1], to);
    else ranges.push([from, to]);
  }
  return ranges;
}
