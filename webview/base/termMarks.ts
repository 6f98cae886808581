/**
 * Marks the words of the glossary where they stand: in headings, leads, legends, notes and the heads of tables, the first occurrence in
 * each section. Controls, pictures, tokens and quoted words of a prompt are left alone. A view writes plain text and knows nothing of it.
 */
import { el } from './dom';
import { glossary, type Term, terms } from './glossary';
import { remembered } from './remembered';
import { goneTip, term } from './term';

const prose =
  'h1, h2, h3, .about, .lead-answer, .legend, .note, .cap, .saliency-notes, .saliency-finding, .lie-words, .heads-words, .embed-notes, .embed-words, .picture-notes, .lens-legend, .patch-intro, thead th, p.s, p.m';
const untouched =
  'button, a, label, summary, svg, input, select, textarea, code, kbd, .token, .chip, .lie-said, .lie-quote, .narrow-only, .wide-only, [hidden], [role="status"], [role="alert"], [role="button"], [role="option"], [aria-live], [aria-hidden="true"], [contenteditable]';
/** The parts of a tab in each of which a word is marked once. */
const section = 'section, .sec, details, .words';
const quoted = /“[^”]*”|「[^」]*」|《[^》]*》/g;

interface Finder {
  pattern: RegExp;
  keys: ReadonlyMap<string, Term>;
}

const finderOf = remembered((_language: string): Finder => {
  const keys = new Map(terms.map((key) => [(glossary[key].everywhere ?? glossary[key].word()).toLowerCase(), key]));
  const words = [...keys.keys()].sort((a, b) => b.length - a.length).map(patternOf);
  return { pattern: new RegExp(words.join('|'), 'gi'), keys };
});

/** A word in Latin letters stands by itself, in the plural too; 头 as a head is no part of 开头, 文件头 or 头图. */
function patternOf(word: string): string {
  if (/[a-z]/i.test(word)) return `(?<![a-z0-9-])${word}(?=s?(?![a-z0-9-]))`;
  return /^[头頭]$/.test(word) ? `(?<![开開件檔标標])${word}(?![图圖部])` : word;
}

/** The words in the text, from left to right; none inside quotation marks. */
function found(text: string): { key: Term; at: number; length: number }[] {
  const { pattern, keys } = finderOf(glossary.token.word());
  const open = text.replace(quoted, (part) => ' '.repeat(part.length));
  return [...open.matchAll(pattern)].flatMap((match) => {
    const key = keys.get(match[0].toLowerCase());
    return key ? [{ key, at: match.index, length: match[0].length }] : [];
  });
}

const inUse = (element: Element) => element.closest('[hidden], .narrow-only, .wide-only') === null;

/** Marks what is not yet marked; what is stays the same element. */
export function markTerms(root: HTMLElement): void {
  const marked = new Map<Element, Set<string>>();
  const markedIn = (node: Element) => {
    const part = node.closest(section) ?? root;
    const known = marked.get(part) ?? new Set<string>();
    marked.set(part, known);
    return known;
  };
  for (const word of root.querySelectorAll<HTMLElement>('.term'))
    if (inUse(word)) markedIn(word).add(word.dataset.term ?? '');
  for (const holder of root.querySelectorAll(prose))
    if (holder.closest(untouched) === null) markIn(holder, markedIn(holder));
  keepOneTabStop(root);
}

function markIn(holder: Element, known: Set<string>): void {
  const walker = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    if (text.parentElement?.closest(untouched)) continue;
    // From the right, so that what stands before a word keeps its places.
    const fresh = found(text.data).filter(({ key }) => !known.has(key) && known.add(key));
    if (fresh.length > 0) keepRun(text);
    for (const { key, at, length } of fresh.reverse()) {
      const word = text.splitText(at);
      const after = word.splitText(length);
      const marked = term(key, word.data);
      word.replaceWith(marked);
      keepMark(marked, after);
    }
  }
}

/** In a row of flexible boxes each piece of a text would be a box of its own: the text becomes one box. */
function keepRun(text: Text): void {
  const { parentElement } = text;
  if (!parentElement || !/flex|grid/.test(getComputedStyle(parentElement).display)) return;
  const run = el('span', {});
  text.replaceWith(run);
  run.append(text);
}

/** A line may break beside a button, which would part a word from the bracket, comma or stop behind it. */
function keepMark(word: HTMLElement, after: Text): void {
  const mark = /^[)\]）」』。，、；：！？,.;:!?]+/.exec(after.data)?.[0];
  if (!mark) return;
  after.splitText(mark.length);
  const together = el('span', { class: 'term-together' });
  word.replaceWith(together);
  together.append(word, after);
}

/** Of a word that is marked in several sections, the keyboard stops at the first that can be seen; the pointer finds all. */
function keepOneTabStop(root: HTMLElement): void {
  const seen = new Set<string | undefined>();
  for (const word of root.querySelectorAll<HTMLElement>('.term')) {
    if (!inUse(word) || word.closest('details:not([open])')) continue;
    const stop = seen.has(word.dataset.term) ? -1 : 0;
    if (word.tabIndex !== stop) word.tabIndex = stop;
    seen.add(word.dataset.term);
  }
}

/** Keeps the words below `root` marked, whatever its views draw. */
export function keepTermsMarked(root: HTMLElement): void {
  const watched = { childList: true, characterData: true, subtree: true, attributeFilter: ['hidden', 'open'] };
  const observer = new MutationObserver(() => {
    markTerms(root);
    goneTip(root);
    observer.takeRecords();
  });
  observer.observe(root, watched);
  markTerms(root);
}
