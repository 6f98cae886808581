/**
 * Creates elements without markup strings: text always enters as a text node and style through the CSSOM, so a prompt can never
 * become HTML and the page's CSP needs no exception.
 */

export type Child = Node | string | number | null | undefined | false;

export interface Props {
  class?: string;
  /** CSSOM properties; names that start with `--` are custom properties. */
  style?: Record<string, string>;
  on?: { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
  data?: Record<string, string | number>;
  /** Everything else is an attribute; false, null and undefined leave it out, true writes it empty. */
  [attribute: string]: unknown;
}

const SVG = 'http://www.w3.org/2000/svg';

function dress(node: HTMLElement | SVGElement, props: Props, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') node.setAttribute('class', String(value));
    else if (name === 'style')
      for (const [k, v] of Object.entries(value as object)) node.style.setProperty(k, String(v));
    else if (name === 'data') for (const [k, v] of Object.entries(value as object)) node.dataset[k] = String(v);
    else if (name === 'on') for (const [k, v] of Object.entries(value as object)) node.addEventListener(k, v);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  append(node, children);
}

export function append(node: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    node.append(typeof child === 'number' ? String(child) : child);
  }
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  dress(node, props, children);
  return node;
}

export function svgEl<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SVG, tag) as SVGElementTagNameMap[K];
  dress(node, props, children);
  return node;
}

/** Empties the node, then appends. */
export function fill(node: Element, ...children: Child[]): void {
  node.replaceChildren();
  append(node, children);
}
