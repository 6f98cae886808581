/**
 * A standalone SVG document of a view's drawings under one another, and running token text as a drawing, for the SVG and PNG
 * exports. The text needs a laid-out page.
 */
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';

export interface DrawingPart {
  title: string;
  /** The part is left out when null. */
  drawing: SVGSVGElement | null;
}

const MARGIN = 16;

/** Each drawing must have `width` and `height` as attributes. */
export function svgDocument(theme: Theme, title: string, parts: readonly DrawingPart[]): string {
  const size = (svg: SVGSVGElement, name: string) => Number(svg.getAttribute(name)) || 0;
  const root = svgEl('svg', {
    'font-family': theme.fonts.text,
    'font-size': 11,
    fill: theme.foreground,
    'font-variant-numeric': 'tabular-nums',
  });
  const ground = svgEl('rect', { fill: theme.background });
  root.append(svgEl('title', {}, title), ground);
  let y = MARGIN;
  let width = 0;
  for (const { title: heading, drawing } of parts) {
    if (!drawing) continue;
    root.append(svgEl('text', { x: MARGIN, y: y + 13, 'font-size': 13, 'font-weight': 600 }, heading));
    const copy = drawing.cloneNode(true) as SVGSVGElement;
    for (const name of ['tabindex', 'role', 'class']) copy.removeAttribute(name);
    copy.setAttribute('x', String(MARGIN));
    copy.setAttribute('y', String(y + 24));
    copy.setAttribute('overflow', 'visible');
    root.append(copy);
    y += 24 + size(drawing, 'height') + 20;
    width = Math.max(width, size(drawing, 'width'));
  }
  root.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  for (const node of [root, ground]) {
    node.setAttribute('width', String(width + 2 * MARGIN));
    node.setAttribute('height', String(y));
  }
  return new XMLSerializer().serializeToString(root);
}

/** Every token's boxes in their tints, and its characters at their places on the page. */
export function textDrawing(container: HTMLElement, theme: Theme): SVGSVGElement {
  const frame = container.getBoundingClientRect();
  const svg = svgEl('svg', { width: Math.ceil(frame.width), height: Math.ceil(frame.height) });
  for (const span of container.querySelectorAll<HTMLElement>('.tok')) {
    drawBoxes(svg, span, frame, theme);
    for (const part of span.children.length > 0 ? span.children : [span]) drawWords(svg, part, frame, theme);
  }
  return svg;
}

/** The part's characters, and the rule under them if it has one. */
function drawWords(svg: SVGSVGElement, part: Element, frame: DOMRect, theme: Theme): void {
  const { color, fontSize, borderBottomWidth, borderBottomColor } = getComputedStyle(part);
  const size = Number.parseFloat(fontSize) || 13;
  const rule = Number.parseFloat(borderBottomWidth) || 0;
  for (const { text, left, top } of pieces(part)) {
    const at = { x: left - frame.left, y: top - frame.top + 0.96 * size };
    const look = { 'font-family': theme.fonts.token, 'font-size': size, fill: color, 'xml:space': 'preserve' };
    svg.append(svgEl('text', { ...at, ...look }, text));
  }
  if (rule === 0) return;
  for (const { left, bottom, width } of part.getClientRects()) {
    const box = { x: left - frame.left, y: bottom - frame.top - rule, width, height: rule };
    svg.append(svgEl('rect', { ...box, fill: borderBottomColor }));
  }
}

/** Strips and rules, which the token text stores as data on each span. */
function drawBoxes(svg: SVGSVGElement, span: HTMLElement, frame: DOMRect, theme: Theme): void {
  const strips = span.dataset.strips?.split(';') ?? [];
  const rules = span.dataset.rules?.split(';').map(Number) ?? [];
  for (const box of span.getClientRects()) {
    const width = box.width / Math.max(1, strips.length);
    strips.forEach((fill, i) => {
      const x = box.left - frame.left + i * width;
      const y = box.top - frame.top;
      svg.append(svgEl('rect', { x, y, width, height: box.height, fill }));
      const height = rules[i];
      if (height) svg.append(svgEl('rect', { x, y: y + box.height - height, width, height, fill: theme.foreground }));
    });
  }
}

/** The span's text, cut where the page broke it into lines. */
function pieces(span: Element): { text: string; left: number; top: number }[] {
  const node = span.firstChild;
  if (!(node instanceof Text)) return [];
  const all: { text: string; left: number; top: number }[] = [];
  const range = document.createRange();
  let at = 0;
  for (const character of node.data) {
    range.setStart(node, at);
    range.setEnd(node, at + character.length);
    at += character.length;
    const box = range.getClientRects()[0];
    const last = all.at(-1);
    if (!box) continue;
    if (last && Math.abs(last.top - box.top) < 2) last.text += character;
    else all.push({ text: character, left: box.left, top: box.top });
  }
  return all;
}
