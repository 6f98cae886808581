// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { Prompt } from '../../../src/protocol/model';
import { readTheme } from '../../../webview/base/theme';
import { attentionArcs } from '../../../webview/charts/attention/arcs';
import { type AttentionGridData, attentionGrid } from '../../../webview/charts/attention/grid';
import { attentionLinks } from '../../../webview/charts/attention/links';
import { type AttentionMatrixData, attentionMatrix } from '../../../webview/charts/attention/matrix';
import { attentionMatrixSvg, cellRuns } from '../../../webview/charts/attention/matrixSvg';

const theme = readTheme();
let container: HTMLElement;
beforeEach(() => {
  document.body.replaceChildren();
  container = document.body.appendChild(document.createElement('div'));
});

function press(element: Element | null, key: string, more: KeyboardEventInit = {}) {
  element?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
}

const grid: AttentionGridData = {
  layers: 3,
  heads: 2,
  tokens: 4,
  size: 4,
  thumbnails: new Float32Array(3 * 2 * 16),
  order: [
    [0, 1],
    [1, 0],
    [0, 1],
  ],
  best: [{ layer: 1, head: 1 }],
  chosen: [{ layer: 1, head: 0 }],
  locked: true,
};

function gridWith(data = grid) {
  const onChoose = vi.fn();
  const onPreview = vi.fn();
  const options = {
    width: 300,
    theme,
    gamma: 0.5,
    label: 'All heads',
    rowsAreRanks: false,
    describe: ({ layer, head }: { layer: number; head: number }) => `head ${layer}.${head}`,
    onPreview,
    onChoose,
  };
  const chart = attentionGrid(container, data, options);
  return { chart, options, onChoose, onPreview, root: container.querySelector('.attention-grid') };
}

test('the grid is one named tab stop; arrows preview in the order drawn, Enter chooses, space joins', () => {
  const { root, onChoose, onPreview } = gridWith();
  expect(root?.getAttribute('tabindex')).toBe('0');
  expect(root?.getAttribute('aria-label')).toBe('All heads');
  // Head 1.0 is drawn in row 1 because column 1 is sorted.
  press(root, 'ArrowUp');
  expect(onPreview).toHaveBeenLastCalledWith({ layer: 1, head: 1 });
  expect(document.querySelector('[role=status]')?.textContent).toBe('head 1.1');
  expect(onChoose).not.toHaveBeenCalled();
  press(root, 'Enter');
  expect(onChoose).toHaveBeenLastCalledWith({ layer: 1, head: 1 }, false);
  press(root, 'ArrowRight');
  press(root, ' ');
  expect(onChoose).toHaveBeenLastCalledWith({ layer: 2, head: 0 }, true);
  press(root, 'ArrowRight');
  press(root, 'End');
  expect(onPreview.mock.calls.every(([ref]) => ref === null || ref.layer <= 2)).toBe(true);
});

test('a click chooses the head under the pointer, with Ctrl or Cmd it joins', () => {
  const { root, onChoose } = gridWith();
  const canvas = root?.querySelector('canvas');
  const click = (init: MouseEventInit) =>
    canvas?.dispatchEvent(new MouseEvent('click', { clientX: 25, clientY: 20, ...init }));
  click({});
  expect(onChoose).toHaveBeenLastCalledWith({ layer: 0, head: 0 }, false);
  click({ ctrlKey: true });
  click({ metaKey: true });
  expect(onChoose.mock.calls.slice(1)).toEqual([
    [{ layer: 0, head: 0 }, true],
    [{ layer: 0, head: 0 }, true],
  ]);
});

test('several chosen heads wear letters; only what is locked wears the focus border', () => {
  const { chart, options } = gridWith({ ...grid, chosen: [...grid.chosen, { layer: 2, head: 1 }] });
  expect([...container.querySelectorAll('.attention-letter')].map((node) => node.textContent)).toEqual(['A', 'B']);
  const focus = { ...theme, focus: 'rgb(1, 2, 3)' };
  chart.update(grid, { ...options, theme: focus });
  expect(container.querySelectorAll('rect[stroke="rgb(1, 2, 3)"]')).toHaveLength(1);
  chart.update({ ...grid, locked: false }, { ...options, theme: focus });
  expect(container.querySelectorAll('rect[stroke="rgb(1, 2, 3)"]')).toHaveLength(0);
  chart.destroy();
  expect(container.childElementCount).toBe(0);
});

const weights = Float32Array.from([1, 0, 0, 0, 0.75, 0.25, 0, 0, 0.5, 0.125, 0.375, 0, 0.6, 0.3, 0.0625, 0.0375]);
const matrix: AttentionMatrixData = {
  tokens: 4,
  weights,
  winner: null,
  largest: 0.75,
  lines: [{ from: 0, to: 4, name: 'One two thr…', template: false }],
  names: ['One', '·two', '·three', '·four'],
  origin: 2,
  hover: null,
};

test('arrows move a cell inside the triangle, from the row of the token followed; Enter locks its query', () => {
  const onPreview = vi.fn();
  const onLock = vi.fn();
  attentionMatrix(container, matrix, { width: 400, theme, gamma: 0.5, label: 'Matrix', onPreview, onLock });
  const root = container.querySelector('.attention-matrix');
  press(root, 'ArrowLeft');
  expect(onPreview).toHaveBeenLastCalledWith({ query: 2, key: 1, weight: 0.125, head: null }, true);
  press(root, 'ArrowUp');
  press(root, 'ArrowUp');
  expect(onPreview).toHaveBeenLastCalledWith({ query: 0, key: 0, weight: 1, head: null }, true);
  press(root, 'ArrowDown');
  press(root, 'ArrowRight');
  press(root, 'ArrowRight');
  expect(onPreview).toHaveBeenLastCalledWith({ query: 1, key: 1, weight: 0.25, head: null }, true);
  press(root, 'Enter');
  expect(onLock).toHaveBeenCalledExactlyOnceWith(1);
});

test('the followed token has a solid row and a dashed column', () => {
  const options = { width: 400, theme, gamma: 0.5, label: 'Matrix', onPreview: vi.fn(), onLock: vi.fn() };
  const chart = attentionMatrix(container, matrix, options);
  const rects = () => [...container.querySelectorAll('svg rect')];
  const dashed = rects().filter((rect) => rect.hasAttribute('stroke-dasharray'));
  expect(rects()).toHaveLength(2);
  expect(dashed).toHaveLength(1);
  expect(Number(dashed[0].getAttribute('height'))).toBeGreaterThan(Number(dashed[0].getAttribute('width')));
  chart.update({ ...matrix, origin: null }, options);
  expect(rects()).toHaveLength(0);
});

test('a cell of several heads says which head gave it', () => {
  const winner = new Uint8Array(16);
  winner[9] = 1;
  const onPreview = vi.fn();
  attentionMatrix(
    container,
    { ...matrix, winner },
    { width: 400, theme, gamma: 0.5, label: '', onPreview, onLock: vi.fn() },
  );
  press(container.querySelector('.attention-matrix'), 'ArrowLeft');
  expect(onPreview).toHaveBeenLastCalledWith({ query: 2, key: 1, weight: 0.125, head: 1 }, true);
});

test('the export is made of rectangles: one a cell or run of equal cells, none for nothing', () => {
  expect(cellRuns(matrix, 1, 0.5)).toHaveLength(10);
  const hidden = { ...matrix, weights: new Float32Array(16), largest: 0 };
  expect(cellRuns(hidden, 1, 0.5)).toEqual([]);
  const flat = Float32Array.from({ length: 16 }, (_, i) => (i % 4 <= i >> 2 ? 0.25 : 0));
  expect(cellRuns({ ...matrix, weights: flat, largest: 0.25 }, 1, 0.5)).toHaveLength(4);
  const svg = attentionMatrixSvg(matrix, { theme, gamma: 0.5, width: 400, heads: 1, captions: ['Block 20, head 5'] });
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).not.toMatch(/<image|foreignObject|href/);
  expect(svg).toContain('Block 20, head 5');
});

test('in the export of several heads the second one is woven, and the legend names those there are', () => {
  const winner = new Uint8Array(16).fill(1);
  const svg = attentionMatrixSvg({ ...matrix, winner }, { theme, gamma: 0.5, width: 400, heads: 2, captions: [] });
  expect(svg).toContain('fill="url(#weave-1)"');
  expect(svg).toMatch(/>A<.*>B</);
  expect(svg).not.toMatch(/>C</);
});

function prompt(pieces: readonly string[], template: readonly number[] = []): Prompt {
  let end = 0;
  const tokens = pieces.map((text, index) => {
    const start = end;
    end += text.length;
    const source: [number, number] | null = template.includes(index) ? null : [start, end];
    return { id: index, text, bytes: '', start, end, source, special: false, role: null };
  });
  return { file: null, rendered: pieces.join(''), tokens };
}

const arcOptions = {
  width: 400,
  theme,
  label: 'Text',
  describe: (token: number) => `token ${token}`,
  announce: vi.fn(),
  onHover: vi.fn(),
  onLock: vi.fn(),
};

test('the text greys the template, outlines the lock, shades what is read and underlines who reads', () => {
  const data = {
    prompt: prompt(['user', '\n', '太长', '了', ' 🎉'], [0, 1]),
    origin: 3,
    locked: 3,
    hover: null,
    reads: [{ from: 2, to: 3, weight: 0.5 }],
    readBy: [{ from: 4, to: 5, weight: 0.9 }],
    exact: 4,
  };
  attentionArcs(container, data, arcOptions);
  const spans = [...container.querySelectorAll<HTMLElement>('.tok')];
  expect(spans.map((span) => span.textContent)).toEqual(['user', '↵', '太长', '了', ' 🎉']);
  expect(spans.map((span) => span.classList.contains('dim'))).toEqual([true, true, false, false, false]);
  expect(spans.map((span) => span.classList.contains('pick'))).toEqual([false, false, false, true, false]);
  expect(spans[2].style.background).not.toBe('');
  expect(spans[3].style.background).toBe('');
  expect(spans[4].style.borderBottom).toContain('dashed');
  expect(spans[4].classList.contains('old')).toBe(true);
});

test('arrows walk the text aloud and Enter locks', () => {
  const options = { ...arcOptions, announce: vi.fn(), onLock: vi.fn() };
  const data = {
    prompt: prompt(['a', 'b', 'c']),
    origin: 2,
    locked: null,
    hover: null,
    reads: [],
    readBy: [],
    exact: 9,
  };
  attentionArcs(container, data, options);
  const text = container.querySelector('.text');
  press(text, 'ArrowLeft');
  expect(options.announce).toHaveBeenLastCalledWith('token 1');
  press(text, 'Enter');
  expect(options.onLock).toHaveBeenCalledExactlyOnceWith(1);
});

test('a long text is folded around the arcs and unfolds on request', () => {
  const data = {
    prompt: prompt(Array.from({ length: 2000 }, (_, index) => ` w${index}`)),
    origin: 1000,
    locked: 1000,
    hover: null,
    reads: [{ from: 300, to: 301, weight: 0.5 }],
    readBy: [],
    exact: 9999,
  };
  attentionArcs(container, data, arcOptions);
  const tokens = () => container.querySelectorAll('.tok').length;
  expect(tokens()).toBeLessThan(400);
  expect(container.querySelector('[data-token="300"]')).not.toBeNull();
  const folds = container.querySelectorAll<HTMLButtonElement>('.attention-fold');
  expect(folds).toHaveLength(3);
  expect(folds[0].textContent).toBe('… 219 tokens …');
  const before = tokens();
  folds[0].click();
  expect(tokens()).toBeGreaterThan(before);
});

test('the lists give weights as numbers and bars, and state what is hidden', () => {
  const data = {
    name: '·negative',
    reads: [{ from: 15, to: 16, weight: 0.068 }],
    readBy: [],
    hidden: 0.85,
    nameOf: () => '↵',
  };
  const chart = attentionLinks(container, data, { onHover: vi.fn(), onLock: vi.fn() });
  expect(container.textContent).toContain('↵ 16.068first tokenhidden.85');
  expect(container.textContent).toContain('read byno weight of .01 or more');
  expect(container.querySelector<HTMLElement>('.track i')?.style.width).toMatch(/^6\.8/);
  chart.update({ ...data, hidden: null }, { onHover: vi.fn(), onLock: vi.fn() });
  expect(container.textContent).not.toContain('hidden');
});
