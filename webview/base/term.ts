/**
 * A word of the glossary: a dotted underline, and its sentence while the pointer or the focus is on it. A screen reader has the sentence
 * as the word's description. Esc puts the sentence away.
 */
import { place } from './controls';
import { type Child, el, fill } from './dom';
import { glossary, type Term, terms } from './glossary';

/** Holds the sentences that describe the words; nothing of it is seen. */
let sentences: HTMLElement | null = null;
let tip: HTMLElement | null = null;
/** The word whose sentence is seen, and whether the keyboard is on it. */
let told: { word: HTMLElement; focused: boolean } | null = null;

const idOf = (key: Term) => `term-${key}`;

function described(): void {
  if (sentences?.isConnected) return;
  const all = terms.map((key) => el('span', { id: idOf(key) }, glossary[key].sentence()));
  sentences = el('div', { hidden: true }, ...all);
  document.body.append(sentences);
}

function showTip(anchor: HTMLElement, key: Term): void {
  if (!tip?.isConnected) {
    tip = el('div', { class: 'hover term-tip', 'aria-hidden': 'true', hidden: true });
    document.body.append(tip);
  }
  tip.textContent = glossary[key].sentence();
  tip.hidden = false;
  told = { word: anchor, focused: document.activeElement === anchor };
  place(tip, anchor);
}

function hideTip(): void {
  if (tip) tip.hidden = true;
  told = null;
}

/** Called when a view was drawn anew: a sentence does not outlive its word, and the keyboard goes on at the word that took its place. */
export function goneTip(root: HTMLElement): void {
  if (!told || told.word.isConnected) return;
  const { word, focused } = told;
  hideTip();
  if (focused && document.activeElement === document.body)
    root.querySelector<HTMLElement>(`.term[data-term="${word.dataset.term}"]:not([tabindex="-1"])`)?.focus();
}

/** `text`: the word as it stands in its sentence; by default as in the glossary. */
export function term(key: Term, text = glossary[key].word()): HTMLElement {
  described();
  const word = el(
    'button',
    { type: 'button', class: 'term', data: { term: key }, 'aria-describedby': idOf(key) },
    text,
  );
  for (const event of ['pointerenter', 'focus', 'click']) word.addEventListener(event, () => showTip(word, key));
  for (const event of ['pointerleave', 'blur']) word.addEventListener(event, hideTip);
  word.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && tip && !tip.hidden) {
      // The first Esc is for the sentence, the next one for what is locked.
      event.stopPropagation();
      hideTip();
    }
  });
  return word;
}

/** The text with the first occurrence of each word marked; a word that the text does not have is passed over. */
export function withTerms(text: string, ...keys: readonly Term[]): Child[] {
  const written = (key: Term) => glossary[key].everywhere ?? glossary[key].word();
  const found = keys
    .map((key) => ({ key, at: text.toLowerCase().indexOf(written(key).toLowerCase()) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  const parts: Child[] = [];
  let from = 0;
  for (const { key, at } of found) {
    if (at < from) continue;
    const end = at + written(key).length;
    parts.push(text.slice(from, at), term(key, text.slice(at, end)));
    from = end;
  }
  return [...parts, text.slice(from)].filter((part) => part !== '');
}

/** Writes the text with its words marked; an unchanged text stays, so that a word in it does not lose the focus. */
export function sayTerms(node: HTMLElement, text: string, ...keys: readonly Term[]): void {
  if (node.textContent !== text) fill(node, ...withTerms(text, ...keys));
}
