// @vitest-environment happy-dom
/**
 * Each chart has a committed picture, drawn from recorded results and rounded. A change to a chart shows in its picture, and committing
 * the new picture confirms that the change was meant (`npx vitest run --project unit test/unit/panels/pictures.test.ts -u`).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Analysis, analysisNames } from '../../../src/analysis/contracts';
import type { ContinuationRow, Continuations } from '../../../src/analysis/generate/contract';
import { noContinuations } from '../../../src/host/session/panelDefaults';
import { mountedTab } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });
beforeEach(() => document.body.replaceChildren());

const folder = join(__dirname, 'pictures');

/** px of a character and of a line in the simulated layout of a text, which wraps at the width of the tab. */
const [character, line, wrap] = [7, 26, 720];

/** The simulated document lays nothing out, so the glyphs of a text get places here; arcs begin and end at them. */
HTMLElement.prototype.getClientRects = function () {
  let [x, y] = [0, 0];
  for (const node of this.parentElement?.childNodes ?? []) {
    const width = (node.textContent ?? '').length * character;
    if (node.nodeType === Node.TEXT_NODE || x + width > wrap) [x, y] = [0, y + line];
    if (node === this) return [new DOMRect(x, y, width, line)] as unknown as DOMRectList;
    if (node.nodeType !== Node.TEXT_NODE) x += width;
  }
  return [] as unknown as DOMRectList;
};
/** Narrower SVGs are marks in a line of text. */
const leastWidth = 200;

/** Rounds attributes to tenths of a pixel and writes one element a line. */
function written(node: Element, indent = ''): string {
  const attributes = [...node.attributes].map(({ name, value }) => {
    const short = value.replace(/-?\d+\.\d+(e-?\d+)?/g, (number) => String(Math.round(10 * Number(number)) / 10 + 0));
    return ` ${name}="${short.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`;
  });
  const tag = `${indent}<${node.localName}${attributes.join('')}`;
  const text = (node.textContent ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  if (node.childElementCount === 0) return text === '' ? `${tag}/>` : `${tag}>${text}</${node.localName}>`;
  const own = [...node.childNodes].map((child) =>
    child instanceof Element ? written(child, `${indent} `) : `${indent} ${child.textContent}`,
  );
  return [`${tag}>`, ...own, `${indent}</${node.localName}>`].join('\n');
}

function picture(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('style', 'background: black; font: 11px sans-serif');
  for (const text of copy.querySelectorAll('text:not([fill])')) text.setAttribute('fill', 'rgb(190, 190, 190)');
  return `${written(copy)}\n`;
}

const { layers, heads, tokens, lower } = JSON.parse(
  readFileSync(join(__dirname, '../../fixtures/panel/reviews.attention.json'), 'utf8'),
);
const recorded = Buffer.from(lower, 'base64');

/** [L·H][T, T] weights, recorded in bytes as lower triangles of square roots. */
function weight(layer: number, head: number, query: number, key: number): number {
  const triangle = (tokens * (tokens + 1)) / 2;
  return (recorded[(layer * heads + head) * triangle + (query * (query + 1)) / 2 + key] / 255) ** 2;
}

/** The greedy continuation as it was recorded. */
function continued(): Continuations {
  const { steps: recorded } = JSON.parse(readFileSync(join(__dirname, '../../fixtures/panel/reviews.json'), 'utf8'));
  const steps: ContinuationRow['steps'] = [];
  for (let path = ''; recorded[path] && steps.length < 8; ) {
    const { top, entropy } = recorded[path];
    steps.push({ ...top[0], rank: 0, entropy, top, forced: false });
    path = path === '' ? String(top[0].id) : `${path},${top[0].id}`;
  }
  const row = { kind: { kind: 'greedy' as const }, steps, shared: 0, marked: [], running: false, ended: false };
  return { ...noContinuations, rows: [{ ...row, keep: null, taken: '' }] };
}

/**
 * Answers the Attention tab: the first of the heads, or the weights from one query to some keys in every head.
 */
function answer(method: string, params: unknown): unknown {
  const asked = params as { heads: { layer: number; head: number }[]; from: number; to: number[] };
  const table = (height: number, width: number, value: (row: number, column: number) => number) =>
    Float32Array.from({ length: height * width }, (_, at) => value(Math.floor(at / width), at % width)).buffer;
  if (method === 'attentionHeads') {
    const [{ layer, head }] = asked.heads;
    const value = (query: number, key: number) => (key > query ? 0 : weight(layer, head, query, key));
    return { weights: table(tokens, tokens, value), winner: null, tokens };
  }
  if (method !== 'attentionBetween') return undefined;
  const sum = (layer: number, head: number) =>
    asked.to.reduce((total, key) => total + weight(layer, head, asked.from, key), 0);
  return { weights: table(layers, heads, sum) };
}

function parsed(svg: string): SVGSVGElement {
  const holder = document.createElement('div');
  holder.innerHTML = svg;
  return holder.querySelector('svg') as SVGSVGElement;
}

/** Charts that are made of elements: texts and continuations. */
const ofElements = '.text, .gen';

/** The charts of a tab with the result of one analysis, as a map from file name to picture. */
async function pictures(name: Analysis): Promise<Map<string, string>> {
  const facts = name === 'probabilities' ? { continuations: continued() } : {};
  const { view, settled } = mountedTab(name, undefined, answer, undefined, facts);
  await settled();
  const found = new Map<string, string>();
  const keep = (kind: string, extension: string, content: string) => {
    const key = `${name}-${kind}`;
    let file = `${key}.${extension}`;
    for (let more = 2; found.has(file); more++) file = `${key}-${more}.${extension}`;
    found.set(file, content);
  };
  for (const svg of view.element.querySelectorAll('svg')) {
    if (Number(svg.getAttribute('width')) < leastWidth || svg.childElementCount === 0) continue;
    const kind = svg.getAttribute('class') || svg.parentElement?.className || 'chart';
    keep(kind.split(' ')[0], 'svg', picture(svg));
  }
  for (const chart of view.element.querySelectorAll(ofElements)) {
    if (chart.childElementCount === 0) continue;
    keep(chart.className.split(' ').at(-1) ?? '', 'html', `${written(chart)}\n`);
  }
  // On screen the matrix is a canvas; the export is drawn from the same numbers.
  if (name === 'attention') found.set('attention-matrix.svg', picture(parsed(view.exports?.().svg?.() ?? '')));
  view.dispose();
  return found;
}

/** These analyses show the charts of another analysis of their tab again; only the named pictures are their own. */
const again: Partial<Record<Analysis, readonly string[]>> = {
  repeat: ['repeat-repeat-reach.svg', 'repeat-repeat-text.html'],
  answer: ['answer-probe-curve.svg'],
};
const drawn: string[] = [];

describe('the picture of each chart is the committed one', () => {
  it.each(analysisNames)('%s', async (name) => {
    const all = await pictures(name);
    const kept = [...all].filter(([file]) => again[name]?.includes(file) ?? true);
    expect(kept.length).toBeGreaterThan(0);
    for (const [file, content] of kept) {
      drawn.push(file);
      await expect(content).toMatchFileSnapshot(join(folder, file));
    }
  });

  it('and none is left of a chart that is no longer drawn', () => {
    expect(readdirSync(folder).sort()).toEqual(drawn.sort());
  });
});
