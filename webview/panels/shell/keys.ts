/** The keys of the page: J and K lock the next and the previous token, Esc unlocks; a view may have keys of its own. */
import { glyphIndex, glyphs } from '../../base/glyphs';
import type { ViewContext } from '../../base/view';
import type { ShownView } from './shownView';

export function listenToKeys(context: ViewContext, shown: ShownView): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (shown.prompt && (shown.view.key?.(event) || commonKey(event, context, shown))) event.preventDefault();
  });
}

/** True if the key was handled. */
function commonKey({ key }: KeyboardEvent, context: ViewContext, { view, prompt }: ShownView): boolean {
  const { locked } = context.state().selection;
  if (key === 'Escape') {
    context.card(null);
    if (locked !== null) context.select({ locked: null });
    else view.unlock?.();
    return true;
  }
  const step = { j: 1, J: 1, k: -1, K: -1 }[key];
  if (!step || !prompt || prompt.tokens.length === 0) return false;
  const all = glyphs(prompt);
  const from = step > 0 ? -1 : all.length;
  const at = locked === null ? from : glyphIndex(all, locked);
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  context.select({ locked: next.from });
  context.reveal(next.from);
  return true;
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
