/**
 * How a tokenizer.json changes a text and parts it into words, in the order of its own steps: its `normalizer`, then its `pre_tokenizer`.
 * Source: the tokenizers library, tokenizers/src/normalizers and pre_tokenizers.
 */
import { CharsMap } from './charsMap';
import { NormalText } from './normalText';

type JsonRecord = Readonly<Record<string, unknown>>;
type Refuse = (what: string) => Error;
type Change = (text: NormalText) => NormalText;
type Part = (words: readonly NormalText[]) => readonly NormalText[];

const record = (value: unknown): JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Throws what `refuse` makes of a step that is not done. */
export function jsonWords(
  file: JsonRecord,
  refuse: Refuse,
): (typed: string, from: number, to: number) => readonly NormalText[] {
  const changes = stepsOf(file.normalizer, 'normalizers').map((step) => changeOf(step, refuse));
  const parts = stepsOf(file.pre_tokenizer, 'pretokenizers').map((step) => partOf(step, refuse));
  return (typed, from, to) => {
    const changed = changes.reduce((text, change) => change(text), NormalText.of(typed, from, to));
    const words = parts.reduce<readonly NormalText[]>((all, part) => part(all), [changed]);
    return words.filter(({ text }) => text !== '');
  };
}

function stepsOf(step: unknown, inside: string): JsonRecord[] {
  const own = record(step);
  if (own.type === undefined) return [];
  return own.type === 'Sequence' ? listOf(own[inside]).flatMap((each) => stepsOf(each, inside)) : [own];
}

/** A base character with its marks, or a run of Hangul jamo: nothing composes across these. */
const clusters = /[\u1100-\u11ff\uac00-\ud7a3\u{11300}-\u{16fff}]+\p{M}*|[^\p{M}]\p{M}*|\p{M}+/gu;
/** Rust's char::is_whitespace. */
const white = '[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

function changeOf(step: JsonRecord, refuse: Refuse): Change {
  const { type } = step;
  if (type === 'NFC' || type === 'NFD' || type === 'NFKC' || type === 'NFKD')
    return (text) => text.replace(clusters, (part) => part.normalize(type));
  if (type === 'Lowercase') return (text) => text.replace(/\p{L}/gu, (letter) => letter.toLowerCase());
  if (type === 'Prepend') return (text) => text.prefixed(String(step.prepend));
  if (type === 'Replace') return replacing(step, refuse);
  if (type === 'Strip') return stripping(step.strip_left === true, step.strip_right === true);
  if (type === 'Nmt') return nmt;
  if (type === 'Precompiled') return precompiled(step, refuse);
  throw refuse(`normalizer: ${type}`);
}

function replacing(step: JsonRecord, refuse: Refuse): Change {
  const pattern = patternOf(step.pattern);
  if (!pattern || typeof step.content !== 'string') throw refuse('normalizer: Replace');
  return (text) => text.replace(pattern, () => step.content as string);
}

/** A text as it stands, or a regular expression that JavaScript reads as well. */
function patternOf(pattern: unknown): RegExp | null {
  const { String: text, Regex: regex } = record(pattern);
  if (typeof text === 'string')
    return text === '' ? null : new RegExp(text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'gu');
  if (typeof regex !== 'string') return null;
  try {
    return new RegExp(regex, 'gu');
  } catch {
    return null;
  }
}

function stripping(left: boolean, right: boolean): Change {
  const before = new RegExp(`^${white}*`, 'u');
  const behind = new RegExp(`${white}*$`, 'u');
  return (text) => {
    const start = left ? (before.exec(text.text)?.[0].length ?? 0) : 0;
    const end = right ? text.text.search(behind) : text.text.length;
    return text.slice(start, Math.max(start, end));
  };
}

/** Control characters go, other white space becomes a space (normalizers/unicode.rs, do_nmt). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
const controls = /[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/g;
const nmt: Change = (text) =>
  text.replace(controls, () => '').replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, () => ' ');

const everyOne = /./gsu;
const whole = /^.+$/gsu;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const encoder = new TextEncoder();
/** Larger groups of characters are looked up one by one. */
const mostBytes = 5;

function precompiled(step: JsonRecord, refuse: Refuse): Change {
  const written = step.precompiled_charsmap;
  const map = typeof written === 'string' ? CharsMap.of(Buffer.from(written, 'base64')) : null;
  if (!map) throw refuse('precompiled_charsmap');
  const put = (part: string) => map.shortest(encoder.encode(part))?.text ?? null;
  return (text) => {
    const wholes = [...graphemes.segment(text.text)].filter(
      ({ segment }) => segment.length > 1 && encoder.encode(segment).length <= mostBytes && put(segment) !== null,
    );
    let at = 0;
    const pieces: NormalText[] = [];
    for (const { index, segment } of wholes) {
      pieces.push(text.slice(at, index).replace(everyOne, put));
      at = index + segment.length;
      pieces.push(text.slice(index, at).replace(whole, put));
    }
    pieces.push(text.slice(at, text.text.length).replace(everyOne, put));
    return NormalText.joined(pieces);
  };
}

function partOf(step: JsonRecord, refuse: Refuse): Part {
  const { type } = step;
  if (type === 'Metaspace') return metaspace(step, refuse);
  if (type === 'WhitespaceSplit')
    return (words) => words.flatMap((word) => split(word, new RegExp(`${white}+`, 'gu'), 'Removed'));
  if (type === 'Digits')
    return (words) =>
      words.flatMap((word) => split(word, step.individual_digits === true ? /\p{N}/gu : /\p{N}+/gu, 'Isolated'));
  if (type === 'Punctuation' && (step.behavior ?? 'Isolated') === 'Isolated')
    return (words) => words.flatMap((word) => split(word, /[\p{P}!-/:-@[-`{-~]/gu, 'Isolated'));
  if (type === 'Split') {
    const pattern = patternOf(step.pattern);
    const { behavior } = step;
    if (!pattern || step.invert === true || !isBehaviour(behavior)) throw refuse(`pre_tokenizer: Split ${behavior}`);
    return (words) => words.flatMap((word) => split(word, pattern, behavior));
  }
  throw refuse(`pre_tokenizer: ${type}`);
}

function metaspace(step: JsonRecord, refuse: Refuse): Part {
  const scheme = step.prepend_scheme ?? (step.add_prefix_space === false ? 'never' : 'always');
  const sign = step.replacement;
  if (typeof sign !== 'string' || sign.length !== 1) throw refuse('pre_tokenizer: Metaspace');
  if (scheme !== 'never' && scheme !== 'first' && scheme !== 'always') throw refuse(`prepend_scheme: ${scheme}`);
  return (words) =>
    words.flatMap((word) => {
      const marked = word.replace(/ /g, () => sign);
      // What was removed before a word leaves none of them the first.
      const wanted = scheme === 'always' || (scheme === 'first' && marked.text !== '' && marked.startOf(0) === 0);
      const begun = wanted && !marked.text.startsWith(sign) ? marked.prefixed(sign) : marked;
      return step.split === false ? [begun] : split(begun, new RegExp(sign, 'gu'), 'MergedWithNext');
    });
}

const behaviours = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext'] as const;
type Behaviour = (typeof behaviours)[number];
const isBehaviour = (value: unknown): value is Behaviour => behaviours.some((each) => each === value);

/** The text between the matches of a pattern, and what becomes of the matches. */
function split(text: NormalText, pattern: RegExp, behaviour: Behaviour): NormalText[] {
  const borders = new Set<number>([0, text.text.length]);
  const removed = new Set<number>();
  for (const { 0: match, index } of text.text.matchAll(pattern)) {
    if (match === '') continue;
    if (behaviour !== 'MergedWithPrevious') borders.add(index);
    if (behaviour !== 'MergedWithNext') borders.add(index + match.length);
    if (behaviour === 'Removed') removed.add(index);
  }
  const sorted = [...borders].sort((a, b) => a - b);
  return sorted.flatMap((from, at) => {
    const to = sorted[at + 1];
    return to === undefined || removed.has(from) ? [] : [text.slice(from, to)];
  });
}
