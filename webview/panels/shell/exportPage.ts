/**
 * One self-contained HTML page of a tab: its picture as it is laid out on the screen, what it shows, and every number as a table. It has no
 * script and loads nothing, so whatever asks for a click is left out.
 */
import type { PanelState } from '../../../src/analysis/panel';
import { tableElement } from '../../base/a11y';
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { View } from '../../base/view';
import { cellText, tableTwins } from './table';
import { tabTitle } from './tabs';

/** The properties that decide the look of an element; all others are left to the browser. */
const styleNames = [
  ...['display', 'box-sizing', 'grid-template-columns', 'grid-column', 'gap', 'column-gap', 'row-gap'],
  ...['flex', 'flex-wrap', 'align-items', 'justify-content'],
  ...['position', 'left', 'right', 'top', 'bottom', 'transform', 'vertical-align'],
  ...['width', 'height', 'max-width', 'min-width', 'margin', 'padding'],
  ...['border', 'border-top', 'border-left', 'border-bottom', 'border-radius', 'outline', 'outline-offset'],
  ...['background', 'color', 'fill', 'opacity', 'box-shadow'],
  ...['box-decoration-break', '-webkit-box-decoration-break'],
  ...['font-family', 'font-size', 'font-weight', 'line-height', 'font-variant-numeric'],
  ...['text-align', 'text-decoration', 'text-underline-offset', 'white-space'],
  ...['overflow', 'text-overflow', 'overflow-wrap'],
];

/** Controls, parts of a view that only make sense where something can be clicked, and folds that are closed. */
const dead =
  'vscode-button, vscode-dropdown, vscode-checkbox, vscode-text-field, input, select, textarea, .ctl, .no-export, .link, .ib, details:not([open]), [hidden]';

/** A copy with its computed style written into it and without its controls, which would do nothing. */
export function frozen(source: Element): Element | null {
  if (source.matches(dead) || isSign(source)) return null;
  const computed = getComputedStyle(source);
  if (computed.display === 'none') return null;
  if (source instanceof HTMLCanvasElement) return pictureOf(source, computed);
  const copy = unclickable(source);
  for (const name of ['tabindex', 'class', 'data-token', 'role']) copy.removeAttribute(name);
  if (source instanceof SVGSVGElement && source.hasAttribute('aria-label')) copy.setAttribute('role', 'img');
  for (const name of styleNames) {
    if (isLaidOutAnew(name, source, computed)) continue;
    copy.style.setProperty(name, computed.getPropertyValue(name));
  }
  for (const child of source.childNodes) {
    const kept = child instanceof Element ? frozen(child) : child.cloneNode();
    if (kept) copy.append(kept);
  }
  return isHeadingAlone(copy) ? null : copy;
}

/** A section of which only the heading is left holds nothing yet. */
function isHeadingAlone({ localName, children }: Element): boolean {
  const isEmpty = (part: Element) => part.textContent?.trim() === '' && part.querySelector('svg, img') === null;
  return localName === 'section' && [...children].every((part) => part.localName === 'h2' || isEmpty(part));
}

/** A button without words: a cross, an arrow. */
function isSign(source: Element): boolean {
  return source instanceof HTMLButtonElement && source.textContent?.trim() === '';
}

/** A button that carries a number or a token is text in the page. */
function unclickable(source: Element): HTMLElement | SVGElement {
  if (source instanceof HTMLButtonElement) return el('span');
  return source.cloneNode(false) as HTMLElement | SVGElement;
}

/** The canvas as an image at the same place: the marks over it are measured from there. */
function pictureOf(canvas: HTMLCanvasElement, { position, left, top, width, height }: CSSStyleDeclaration): Element {
  const alt = canvas.getAttribute('aria-label') ?? '';
  return el('img', { src: canvas.toDataURL(), alt, style: { position, left, top, width, height } });
}

/**
 * Text takes more or less room in another machine's font, so neither inline text nor a box of text has a fixed size. A drawing, a bar
 * without words and a box whose size the page itself has set keep theirs.
 */
function isLaidOutAnew(name: string, source: Element, computed: CSSStyleDeclaration): boolean {
  if (name === 'width') return computed.display === 'inline';
  if (name !== 'height') return false;
  if (computed.display === 'inline') return true;
  const hasOwn = source instanceof SVGElement || (source as HTMLElement).style.height !== '';
  return !hasOwn && source.textContent?.trim() !== '';
}

export interface ExportedPage {
  view: View;
  state: Pick<PanelState, 'title'>;
  theme: Theme;
  /** Model, target, settings, fingerprint. */
  lines: readonly string[];
  /** Written into the page for programs. */
  data: unknown;
}

/** A page without scripts or links; the numbers stand in a data block and in the tables. */
export function htmlPage({ view, state, theme, lines, data }: ExportedPage): string {
  const page = document.implementation.createHTMLDocument(`${tabTitle(view.tab)}: ${state.title ?? ''}`);
  page.documentElement.lang = document.documentElement.lang;
  const charset = page.createElement('meta');
  charset.setAttribute('charset', 'utf-8');
  page.head.prepend(charset);
  page.body.style.cssText = `margin:24px;background:${theme.background};color:${theme.foreground};font-family:${theme.fonts.text}`;
  const picture = frozen(view.element);
  const about = [`${t('Shows')} ${view.about.shows}`, `${t('Cannot tell')} ${view.about.cannotTell}`];
  const small = (line: string) => el('p', { style: { 'font-size': '12px' } }, line);
  const { question, answer } = view.lead();
  const lead = el('p', {}, el('b', {}, question), ' ', answer);
  page.body.append(el('h1', { style: { 'font-size': '16px' } }, page.title), lead, ...(picture ? [picture] : []));
  page.body.append(...[...about, ...lines].map(small));
  for (const twin of tableTwins(view))
    page.body.append(el('details', {}, el('summary', {}, twin.caption || t('Table')), tableElement(twin, cellText)));
  const block = page.createElement('script');
  block.type = 'application/json';
  // An escaped `<` cannot end the block early: a prompt may contain "</script>".
  block.textContent = JSON.stringify(data).replaceAll('<', '\\u003c');
  page.body.append(block);
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}
