// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { LensCell } from '../../../src/analysis/logitLens/contract';
import { examplesChart } from '../../../webview/charts/layers/examples';
import { type HeadMapData, headColour, headMap } from '../../../webview/charts/layers/headMap';
import { tintColour, tintShare } from '../../../webview/charts/lens/cells';
import { lineStyle, mostLines } from '../../../webview/charts/lens/lines';
import { type LensData, lensTable } from '../../../webview/charts/lens/table';
import { press, theme } from './domSetup';

let container: HTMLElement;
beforeEach(() => {
  document.body.replaceChildren();
  container = document.body.appendChild(document.createElement('div'));
});

const cell = (id: number, text: string, p: number): LensCell => ({
  top: [{ id, text, logprob: Math.log(p) }],
  entropy: 2,
  change: null,
  follow: [],
});
const column = (position: number, name: string, follows: number | null, cells: LensCell[] | null) => ({
  position,
  name,
  follows,
  followsName: null,
  old: false,
  cells,
});

function lens(change: Partial<LensData> = {}): LensData {
  const columns = [
    column(4, 'too', 7, [cell(1, 'a', 0.9), cell(7, ' long', 0.6)]),
    column(5, 'long', 8, null),
    column(6, ':', 9, [cell(2, 'b', 0.05), cell(9, ' negative', 0.88)]),
  ];
  const series = [{ style: 0, text: ' negative', ranks: [500, 0] }];
  return {
    rows: 2,
    columns,
    origin: 2,
    locked: true,
    originWords: '6 · locked',
    tint: 'top',
    vocabulary: 1000,
    series,
    row: null,
    ...change,
  };
}

function lensOptions() {
  return {
    width: 700,
    theme,
    label: 'lens',
    onPreview: vi.fn(),
    onFollow: vi.fn(),
    onLock: vi.fn(),
    onScroll: vi.fn(),
  };
}

test('the lens writes each column, underlines what does follow and says the origin’s probability', () => {
  lensTable(container, lens(), lensOptions());
  const texts = [...container.querySelectorAll('text')];
  const hits = texts.filter((text) => text.getAttribute('text-decoration') === 'underline');
  expect(hits.map((text) => text.textContent)).toEqual(['·long', '·negative']);
  expect(texts.map((text) => text.textContent)).toEqual(expect.arrayContaining(['6 · locked', '.88', '.050']));
  // A column that has not arrived yet is drawn as two empty places.
  expect(
    [...container.querySelectorAll('rect')].filter((box) => box.getAttribute('fill') === theme.track),
  ).toHaveLength(2);
});

test('arrows walk the cells, beyond the edge they ask for other positions; Enter follows, space locks', () => {
  const options = lensOptions();
  lensTable(container, lens(), options);
  const root = container.querySelector('.lens-table') as HTMLElement;
  press(root, 'ArrowUp');
  expect(options.onPreview).toHaveBeenLastCalledWith({ row: 0, position: 6 }, expect.anything(), true);
  press(root, 'ArrowRight');
  expect(options.onScroll).toHaveBeenLastCalledWith(1);
  press(root, 'ArrowLeft');
  press(root, 'ArrowLeft');
  expect(options.onPreview).toHaveBeenLastCalledWith({ row: 0, position: 4 }, expect.anything(), true);
  press(root, 'Enter');
  expect(options.onFollow).toHaveBeenCalledWith({ row: 0, position: 4 });
  press(root, ' ');
  expect(options.onLock).toHaveBeenCalledWith(4);
  expect(options.onFollow).toHaveBeenCalledTimes(1);
  press(root, 'Home');
  expect(options.onScroll.mock.lastCall?.[0]).toBeLessThan(-1000);
});

test('the exported drawing has no cursor', () => {
  const chart = lensTable(container, lens(), lensOptions());
  press(container.querySelector('.lens-table') as HTMLElement, 'ArrowUp');
  const shown = container.querySelectorAll('rect').length;
  expect(chart.drawing().querySelectorAll('rect').length).toBe(shown - 1);
  chart.destroy();
  expect(container.childElementCount).toBe(0);
});

test('tints: probability and entropy on their own scales, nothing known is the background', () => {
  expect(tintShare(cell(1, 'a', 0.25), 'top')).toBeCloseTo(0.25, 6);
  expect(tintShare(cell(1, 'a', 0.25), 'entropy')).toBeCloseTo(1 / 3, 6);
  expect(tintShare(cell(1, 'a', 0.25), 'change')).toBeNull();
  expect(tintColour(theme, 'change', null)).toBe(theme.background);
  expect(tintColour(theme, 'entropy', 1)).not.toBe(tintColour(theme, 'top', 1));
});

test('no two lines share hue and dash, or a marker', () => {
  const styles = Array.from({ length: mostLines }, (_, index) => lineStyle(theme, index));
  expect(new Set(styles.map(({ colour, dash }) => `${colour} ${dash}`)).size).toBe(mostLines);
  expect(new Set(styles.map(({ marker }) => marker)).size).toBe(mostLines);
});

const headData: HeadMapData = {
  layers: 2,
  heads: 2,
  cells: [
    [
      { value: 0.4, estimate: false },
      { value: -0.3, estimate: false },
    ],
    [
      { value: -0.2, estimate: true },
      { value: null, estimate: true },
    ],
  ],
  signed: true,
  largest: 0.4,
  best: [{ layer: 0, head: 0 }],
  chosen: null,
};

function headOptions() {
  return {
    width: 300,
    theme,
    gamma: 1,
    label: 'heads',
    describe: ({ layer, head }: { layer: number; head: number }) => `head ${layer}.${head}`,
    onPreview: vi.fn(),
    onOpen: vi.fn(),
  };
}

test('exact cells are filled, those against the target hatched, estimates hollow, the unknown a dot', () => {
  headMap(container, headData, headOptions());
  const boxes = [...container.querySelectorAll('g > rect')];
  const hatched = boxes.filter((box) => box.getAttribute('fill')?.startsWith('url('));
  const hollow = boxes.filter((box) => box.getAttribute('stroke-dasharray') === '2 1.5');
  expect(hatched).toHaveLength(1);
  expect(hollow.map((box) => box.getAttribute('fill'))).toEqual(['none']);
  expect(container.querySelectorAll('circle')).toHaveLength(1);
});

test('the sign is the hue, the size its strength', () => {
  const colour = headColour(theme, true, 1, 1);
  expect(colour(1)).toBe(theme.positive);
  expect(colour(-1)).toBe(theme.negative);
  expect(colour(0)).toBe(theme.track);
  expect(headColour(theme, false, 1, 1)(1)).toBe(theme.seq(1));
});

test('arrows choose a head, Enter opens it, and it is said aloud', () => {
  const options = headOptions();
  headMap(container, headData, options);
  const root = container.querySelector('.head-map') as HTMLElement;
  press(root, 'ArrowRight');
  expect(options.onPreview.mock.lastCall?.[0]).toEqual({ layer: 1, head: 0 });
  expect(document.querySelector('[role="status"]')?.textContent).toBe('head 1.0');
  press(root, 'Enter');
  expect(options.onOpen).toHaveBeenCalledWith({ layer: 1, head: 0 });
});

test('the examples’ chart has a line each, the even spread, and opens a point', () => {
  const data = {
    lines: [
      { style: 0, weights: [0.1, 0.2, 0.3] },
      { style: 1, weights: [0.3, 0.1, 0.05] },
    ],
    even: 0.02,
    evenWords: 'even spread .020',
    largest: 0.3,
    layer: 1,
  };
  const options = {
    width: 400,
    theme,
    label: 'examples',
    describe: ({ line, layer }: { line: number; layer: number }) => `line ${line} at ${layer}`,
    onPreview: vi.fn(),
    onOpen: vi.fn(),
  };
  const chart = examplesChart(container, data, options);
  expect(container.textContent).toContain('even spread .020');
  const root = container.querySelector('.examples-chart') as HTMLElement;
  press(root, 'ArrowDown');
  expect(options.onPreview.mock.lastCall?.[0]).toEqual({ line: 1, layer: 1 });
  press(root, 'End');
  press(root, 'Enter');
  expect(options.onOpen).toHaveBeenCalledWith({ line: 1, layer: 2 });
  chart.update({ ...data, lines: data.lines.slice(0, 1), even: null }, options);
  expect(container.textContent).not.toContain('even spread');
});
