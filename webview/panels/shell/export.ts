/**
 * Exports of whatever a tab shows, each with the model's checksum and the settings: SVG, PNG, CSV, JSON, and one self-contained
 * HTML file.
 */

import type { PanelState } from '../../../src/analysis/panel';
import type { Prompt } from '../../../src/protocol/model';
import { tableCsv, tableElement } from '../../base/a11y';
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { View } from '../../base/view';
import { cellText, tableTwins } from './table';
import { tabTitle } from './tabs';

export type ExportFormat = 'svg' | 'png' | 'csv' | 'json' | 'html';

export interface ExportSource {
  view: View;
  state: PanelState;
  prompt: Prompt;
  runMs: number | null;
  theme: Theme;
}

/** The formats that the view can export. */
export function formats(view: View): ExportFormat[] {
  const { svg, csv, json } = view.exports?.() ?? {};
  const all: [ExportFormat, unknown][] = [
    ['svg', svg],
    ['png', svg],
    ['csv', csv ?? view.table],
    ['json', json],
    ['html', true],
  ];
  return all.filter(([, there]) => there).map(([format]) => format);
}

/** The finished text; PNG as base64. */
export async function exportContent(format: ExportFormat, source: ExportSource): Promise<string> {
  const parts = source.view.exports?.() ?? {};
  switch (format) {
    case 'svg':
      return parts.svg?.() ?? '';
    case 'png':
      return png(parts.svg?.() ?? '', source.theme);
    case 'csv':
      return parts.csv?.() ?? (source.view.table ? tableCsv(source.view.table()) : '');
    case 'json':
      return `${JSON.stringify(report(source), null, 1)}\n`;
    case 'html':
      return html(source);
  }
}

/** The common fields of the command line's `--json`, with the settings of this panel. */
function report({ view, state, prompt, runMs }: ExportSource): object {
  return {
    schema: 1,
    command: view.tab,
    model: state.model,
    runtime: state.runtime && { ...state.runtime, why: undefined },
    prompt,
    timing: { runMs },
    ...variablesOf(state),
    settings: state.intent,
    selection: { locked: state.selection.locked },
    baseline: state.baseline?.name ?? null,
    result: view.exports?.().json?.() ?? null,
  };
}

/** The file's variables with their values; nothing where it has none. */
function variablesOf({ report }: PanelState): object {
  return report && report.variables.length > 0 ? { variables: report.variables } : {};
}

/** The same for people. */
function variablesWords({ report }: PanelState): string | null {
  if (!report || report.variables.length === 0) return null;
  const all = report.variables.map(({ name, value }) => `${name} = ${value ?? t('no value')}`);
  return `${t('Variables')} ${all.join(' · ')}`;
}

/** Drawn at twice its size on screen. Needs `img-src data:` in the page's policy. */
async function png(svg: string, theme: Theme): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = el('canvas', { width: image.width * 2, height: image.height * 2 });
  const context = canvas.getContext('2d');
  if (!context) return '';
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}

/** The properties that decide the look of an element; all others are left to the browser. */
const styleNames = [
  'display',
  'box-sizing',
  'grid-template-columns',
  'grid-column',
  'gap',
  'column-gap',
  'row-gap',
  'flex',
  'flex-wrap',
  'align-items',
  'justify-content',
  'position',
  'left',
  'right',
  'top',
  'bottom',
  'width',
  'height',
  'max-width',
  'min-width',
  'margin',
  'padding',
  'border',
  'border-top',
  'border-left',
  'border-bottom',
  'border-radius',
  'outline',
  'outline-offset',
  'background',
  'color',
  'font-family',
  'font-size',
  'font-weight',
  'line-height',
  'font-variant-numeric',
  'text-align',
  'text-decoration',
  'text-underline-offset',
  'white-space',
  'overflow',
  'text-overflow',
  'overflow-wrap',
  'opacity',
  'box-shadow',
  'box-decoration-break',
  '-webkit-box-decoration-break',
  'fill',
  'vertical-align',
  'transform',
];

/** A copy with its computed style written into it and without its controls, which would do nothing. */
function frozen(source: Element): Element | null {
  if (
    source.matches(
      'vscode-button, vscode-dropdown, vscode-checkbox, vscode-text-field, input, .ctl, .no-export, [hidden]',
    )
  )
    return null;
  const computed = getComputedStyle(source);
  if (computed.display === 'none') return null;
  if (source instanceof HTMLCanvasElement) {
    return el('img', {
      src: source.toDataURL(),
      alt: source.getAttribute('aria-label') ?? '',
      style: { position: computed.position, width: computed.width, height: computed.height },
    });
  }
  const copy = source.cloneNode(false) as HTMLElement | SVGElement;
  for (const name of ['tabindex', 'class', 'data-token']) copy.removeAttribute(name);
  for (const name of styleNames) {
    // A fixed width would cut off inline text that is wider in another machine's font.
    if (computed.display === 'inline' && (name === 'width' || name === 'height')) continue;
    copy.style.setProperty(name, computed.getPropertyValue(name));
  }
  for (const child of source.childNodes) {
    const kept = child instanceof Element ? frozen(child) : child.cloneNode();
    if (kept) copy.append(kept);
  }
  return copy;
}

/** A page without scripts or links; the numbers stand in a data block and in the table. */
function html(source: ExportSource): string {
  const { view, state, theme } = source;
  const page = document.implementation.createHTMLDocument(`${tabTitle(view.tab)}: ${state.title ?? ''}`);
  page.documentElement.lang = document.documentElement.lang;
  const charset = page.createElement('meta');
  charset.setAttribute('charset', 'utf-8');
  page.head.prepend(charset);
  page.body.style.cssText = `margin:24px;background:${theme.background};color:${theme.foreground};font-family:${theme.fonts.text}`;
  const picture = frozen(view.element);
  const caption = [
    `${t('Shows')} ${view.about.shows}`,
    `${t('Cannot tell')} ${view.about.cannotTell}`,
    variablesWords(state),
    state.model && `${state.model.name} · ${state.model.quantisation} · sha256 ${state.model.sha256}`,
    state.runtime &&
      `${state.runtime.provider} · ${state.runtime.precision} · onnxruntime ${state.runtime.onnxruntime}`,
  ];
  page.body.append(el('h1', { style: { 'font-size': '16px' } }, page.title), ...(picture ? [picture] : []));
  for (const line of caption) if (line) page.body.append(el('p', { style: { 'font-size': '12px' } }, line));
  for (const twin of tableTwins(view))
    page.body.append(el('details', {}, el('summary', {}, t('Table')), tableElement(twin, cellText)));
  const data = page.createElement('script');
  data.type = 'application/json';
  // An escaped `<` cannot end the block early: a prompt may contain "</script>".
  data.textContent = JSON.stringify(report(source)).replaceAll('<', '\\u003c');
  page.body.append(data);
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}
