/**
 * The elements of a running text, kept over its updates: after an edit most of a long prompt is as it was, so the elements before and after
 * the edit stay where they are, and of these only what differs is written.
 */
import { el } from '../../base/dom';

/** What one glyph shows. */
export interface GlyphLook {
  text: string;
  classes: string;
  /** The first token. */
  token: number;
  /** A line break follows. */
  ends: boolean;
  /** Null without a tint; `strips` and `rules` are its values for the exported picture. */
  tint: { background: string; strips: string; rules: string } | null;
}

interface Drawn {
  look: GlyphLook;
  span: HTMLElement;
  nodes: Node[];
}

export class DrawnGlyphs {
  private drawn: Drawn[] = [];

  constructor(private readonly container: HTMLElement) {}

  /** Draws the glyphs as the last children of the container. @returns their elements */
  update(looks: readonly GlyphLook[]): HTMLElement[] {
    const before = this.drawn;
    const least = Math.min(before.length, looks.length);
    const same = (a: number, b: number) =>
      before[a].look.text === looks[b].text && before[a].look.ends === looks[b].ends;
    let head = 0;
    while (head < least && same(head, head)) head++;
    let tail = 0;
    while (tail < least - head && same(before.length - 1 - tail, looks.length - 1 - tail)) tail++;
    for (const { nodes } of before.slice(head, before.length - tail))
      for (const node of nodes) node.parentNode?.removeChild(node);
    const fresh = looks.slice(head, looks.length - tail).map(made);
    const next = before[before.length - tail]?.nodes[0] ?? null;
    const group = document.createDocumentFragment();
    group.append(...fresh.flatMap(({ nodes }) => nodes));
    this.container.insertBefore(group, tail > 0 ? next : null);
    this.drawn = [...before.slice(0, head), ...fresh, ...before.slice(before.length - tail)];
    this.drawn.forEach((each, index) => {
      if (index < head || index >= looks.length - tail) rewrite(each, looks[index]);
    });
    return this.drawn.map(({ span }) => span);
  }

  clear(): void {
    this.drawn = [];
    this.container.replaceChildren();
  }
}

function made(look: GlyphLook): Drawn {
  const span = el('span', { class: look.classes, data: { token: look.token } }, look.text);
  dye(span, look.tint);
  return { look, span, nodes: look.ends ? [span, document.createTextNode('\n')] : [span] };
}

function rewrite(drawn: Drawn, look: GlyphLook): void {
  const { span, look: before } = drawn;
  if (before.token !== look.token) span.dataset.token = String(look.token);
  // Marks of the cursor may have been added; the chart sets them anew.
  if (before.classes !== look.classes) span.className = look.classes;
  if (JSON.stringify(before.tint) !== JSON.stringify(look.tint)) dye(span, look.tint);
  drawn.look = look;
}

function dye(span: HTMLElement, tint: GlyphLook['tint']): void {
  span.style.background = tint?.background ?? '';
  if (tint) {
    span.dataset.strips = tint.strips;
    span.dataset.rules = tint.rules;
  } else {
    delete span.dataset.strips;
    delete span.dataset.rules;
  }
}
