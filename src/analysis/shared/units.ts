/**
 * The units that are occluded together: the prompt's tokens in consecutive groups. Text is cut into segments (words, lines …) inside each
 * stretch of one origin, so that no unit mixes content with what the template wrote; a token belongs to the segment of its first character
 * that is not white space. Pure; the caller matches regular expressions, because they need a time limit. Values of variables and the user's
 * selection in the file are known from the prompt.
 */
import type { Prompt, Range, Token } from '../../protocol/model';
import { readable } from '../../protocol/pieces';
import { ProblemError } from '../../protocol/problem';
import type { Scope, Unit, UnitKind } from './contract';

/**
 * Units in the order of the text. Every token in scope is in exactly one, except for `slot` (the values of variables) and for `match` and
 * `selection`, whose units are the `ranges`: for matches, UTF-16 ranges in the rendered string, ascending; for the selection, UTF-16 ranges
 * in the user's file, in any order. Throws `noUnits`, `noSlots` or `noSelection` when there is none.
 */
export function unitsOf(prompt: Prompt, by: UnitKind, scope: Scope, ranges: readonly Range[] = []): Unit[] {
  const inScope = (position: number) => scope === 'all' || isContent(prompt.tokens[position]);
  const units = groupsOf(prompt, by, ranges)
    .flatMap((positions) => runs(positions.filter(inScope)))
    .map(([i, j]) => unitOf(prompt, i, j, by));
  if (units.length === 0) {
    throw new ProblemError(by === 'slot' ? 'noSlots' : by === 'selection' ? 'noSelection' : 'noUnits');
  }
  return units;
}

function groupsOf(prompt: Prompt, by: UnitKind, ranges: readonly Range[]): number[][] {
  if (by === 'match') return matchedTokens(prompt.tokens, ranges);
  if (by === 'slot') return matchedTokens(prompt.tokens, prompt.slots ?? []);
  if (by === 'selection') return selectedTokens(prompt.tokens, ranges);
  return segmentedTokens(prompt, by);
}

/** Whether the token belongs to a message's content or to raw text, and was not written by the template or the tokenizer. */
function isContent({ role, source }: Token): boolean {
  return role !== null || source !== null;
}

function unitOf({ rendered, tokens }: Prompt, i: number, j: number, by: UnitKind): Unit {
  const { start } = tokens[i];
  const { end } = tokens[j - 1];
  return { text: by === 'token' ? readable(tokens[i]) : rendered.slice(start, end), start, end, tokens: [i, j] };
}

/** Groups ascending positions into ranges without gaps. */
function runs(positions: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const position of positions) {
    const last = ranges.at(-1);
    if (last?.[1] === position) last[1]++;
    else ranges.push([position, position + 1]);
  }
  return ranges;
}

/** Every token that overlaps a match; a token that overlaps two belongs to the first. */
function matchedTokens(tokens: readonly Token[], matches: readonly Range[]): number[][] {
  let next = 0;
  return matches.map(([start, end]) => {
    const positions: number[] = [];
    while (next < tokens.length && tokens[next].end <= start) next++;
    for (; next < tokens.length && tokens[next].start < end; next++) positions.push(next);
    return positions;
  });
}

/** The tokens from the first to the last that overlap a selection, including what the template wrote between them; each token once. */
function selectedTokens(tokens: readonly Token[], selections: readonly Range[]): number[][] {
  const ordered = [...selections].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let next = 0;
  return ordered.map(([start, end]) => {
    const touched = tokens.flatMap(({ source }, position) =>
      source && source[0] < end && source[1] > start ? [position] : [],
    );
    const first = Math.max(next, touched[0] ?? tokens.length);
    const last = touched.at(-1) ?? -1;
    next = Math.max(next, last + 1);
    return Array.from({ length: Math.max(0, last + 1 - first) }, (_, n) => first + n);
  });
}

/** The segments that text is cut into by its wording alone. */
type Segment = 'word' | 'sentence' | 'line' | 'paragraph' | 'message' | 'example';

function segmentedTokens({ rendered, tokens }: Prompt, by: Segment | 'token'): number[][] {
  if (by === 'token') return tokens.map((_, position) => [position]);
  return stretches(tokens).flatMap((stretch) => {
    const { start } = tokens[stretch[0]];
    const text = rendered.slice(start, tokens[stretch[stretch.length - 1]].end);
    const ends = segmentEnds(text, by);
    const groups: number[][] = [];
    let segment = 0;
    let group = -1;
    for (const position of stretch) {
      const own = tokens[position];
      const visible = rendered.slice(own.start, own.end).search(/\S/);
      const at = own.start - start + Math.max(0, visible);
      while (segment < ends.length - 1 && ends[segment] <= at) segment++;
      if (segment === group) groups[groups.length - 1].push(position);
      else groups.push([position]);
      group = segment;
    }
    return groups;
  });
}

/** Positions of one origin: a message's content, the template's text between two contents, or one special token. */
function stretches(tokens: readonly Token[]): number[][] {
  const result: number[][] = [];
  tokens.forEach((token, position) => {
    const before = tokens[position - 1];
    const goesOn =
      before &&
      !before.special &&
      !token.special &&
      before.role === token.role &&
      isContent(before) === isContent(token);
    if (goesOn) result[result.length - 1].push(position);
    else result.push([position]);
  });
  return result;
}

/** The end of each segment, ascending; the last is the text's length. */
function segmentEnds(text: string, by: Segment): number[] {
  switch (by) {
    case 'word':
      return wordEnds(text);
    case 'sentence':
      return [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)].map(
        ({ index, segment }) => index + segment.length,
      );
    case 'line':
      return breaks(text, /\r\n|[\n\r\u2028\u2029]/g);
    case 'paragraph':
      return breaks(text, blankLine);
    case 'example':
      return breaks(text, new RegExp(`${blankLine.source}|${beforeBullet.source}`, 'g'));
    case 'message':
      return [text.length];
  }
}

const blankLine = /(?:\r?\n[ \t]*){2,}/g;
const beforeBullet = /\r?\n(?=[ \t]*(?:[-*+•·‣]|\d{1,3}[.)])\s)/g;

/** A segment ends after each separator. */
function breaks(text: string, separator: RegExp): number[] {
  const ends = [...text.matchAll(separator)].map((match) => match.index + match[0].length);
  if (ends.at(-1) !== text.length) ends.push(text.length);
  return ends;
}

/** A word with the white space before it, and runs of punctuation; a dictionary segments Chinese, whatever the locale. */
function wordEnds(text: string): number[] {
  const ends: number[] = [];
  let previous: 'word' | 'sign' | 'space' | null = null;
  for (const { index, segment, isWordLike } of new Intl.Segmenter('en', { granularity: 'word' }).segment(text)) {
    const kind = isWordLike ? 'word' : /\S/.test(segment) ? 'sign' : 'space';
    if (kind === previous && kind !== 'word') ends.pop();
    ends.push(index + segment.length);
    previous = kind;
  }
  return ends;
}
