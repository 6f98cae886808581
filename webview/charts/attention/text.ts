/**
 * The prompt as the attention views read it: lines with names for the axes, the answer slots of earlier examples, and which
 * stretches of a long text to show. Pure.
 */
import type { Prompt } from '../../../src/protocol/model';
import { glyphs } from '../../base/glyphs';
import { ownText } from '../shared/tint';

export interface Line {
  /** Tokens [from, to), the line end included. */
  from: number;
  to: number;
  name: string;
  template: boolean;
}

const longestLabel = 16;
const longestName = 14;

/** Name of a line: its label if it begins with one ("Review: …"), else its first words; empty for a blank line. */
function nameOf(text: string): string {
  const trimmed = text.trim();
  const colon = trimmed.search(/[:：]/);
  if (colon > 0 && colon <= longestLabel) return trimmed.slice(0, colon);
  const letters = Array.from(trimmed);
  if (letters.length <= longestName) return trimmed;
  const beginning = letters.slice(0, longestName - 1).join('');
  return `${beginning.trimEnd()}…`;
}

/** Lines that are not blank, numbered where a name recurs ("Review 1", "Review 2"). Special tokens give no name. */
export function lines(prompt: Prompt): Line[] {
  const own = ownText(prompt);
  const found: Line[] = [];
  let from = 0;
  let text = '';
  let template = true;
  const close = (to: number) => {
    const name = nameOf(text);
    if (name) found.push({ from, to, name, template });
    from = to;
    text = '';
    template = true;
  };
  for (const glyph of glyphs(prompt)) {
    if (!prompt.tokens[glyph.from].special) text += glyph.text;
    template &&= !own(glyph);
    if (glyph.text.includes('\n')) close(glyph.to);
  }
  close(prompt.tokens.length);
  const seen = new Map<string, number>();
  return found.map((line) => {
    const number = (seen.get(line.name) ?? 0) + 1;
    seen.set(line.name, number);
    const again = found.some((other) => other !== line && other.name === line.name);
    return again ? { ...line, name: `${line.name} ${number}` } : line;
  });
}

/**
 * The answer slots of a few-shot prompt: tokens that follow, on earlier lines, the same text that makes up the last line
 * ("Sentiment:" → the words after each earlier "Sentiment:"). Line ends are not answers. `[]` when nothing matches. These are the
 * label words of Wang et al. 2023, "Label Words are Anchors".
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
 * The tokens of a text to show: all of them up to `limit` tokens; beyond that, `around` tokens on each side of every point of
 * interest, and the first and the last tokens. Ascending, disjoint [from, to); gaps of a few tokens are not folded.
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
