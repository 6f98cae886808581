// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { SaliencyMethod } from '../../../src/analysis/saliency/contract';
import type { Unit } from '../../../src/analysis/shared/contract';
import { type DeletionData, deletionCurves } from '../../../webview/charts/saliency/deletionCurves';
import { legendDrawing } from '../../../webview/charts/saliency/legend';
import { correlation, rankAgreement } from '../../../webview/charts/saliency/rankAgreement';
import type { Lane } from '../../../webview/charts/saliency/scores';
import {
  STAVE_WINDOW,
  type StavesData,
  type StavesOptions,
  saliencyStaves,
} from '../../../webview/charts/saliency/staves';
import { unitBars } from '../../../webview/charts/saliency/unitBars';
import { press, promptOf, theme } from './domSetup';

// The charts are drawn in a simulated document, which is slow where other work shares the processor.
vi.setConfig({ testTimeout: 30_000 });

let container: HTMLElement;
beforeEach(() => {
  document.body.replaceChildren();
  container = document.body.appendChild(document.createElement('div'));
});

const prompt = promptOf(['A', ' warm', ' film', '\n', 'dull']);
const units: Unit[] = prompt.tokens.map(({ text, start, end }, i) => ({ text, start, end, tokens: [i, i + 1] }));
const lane = (method: SaliencyMethod, scores: (number | null)[], signed = true): Lane => ({
  method,
  label: method,
  signed,
  scores,
  unscored: new Set(),
  unreliable: false,
  full: 0.5,
});
const lanes = [lane('occlusion', [0.1, 0.9, -0.2, 0, null]), lane('attention', [0, 0.1, 0.2, 0.3, 0.4], false)];
const coarse = [{ ...units[4], tokens: [3, 5] as [number, number], score: -0.4 }];

function drawn(data: Partial<StavesData> = {}, options: Partial<StavesOptions> = {}) {
  const calls = { onHover: vi.fn(), onLock: vi.fn(), announce: vi.fn() };
  const all = {
    prompt,
    result: { units },
    lanes,
    standIns: { by: 'word' as const, units: coarse },
    stale: false,
    ...data,
  };
  const look: StavesOptions = {
    theme,
    width: 400,
    style: 'bars',
    label: 'Scores',
    locked: null,
    hover: null,
    describe: (unit) => `unit ${unit}`,
    ...calls,
    ...options,
  };
  const chart = saliencyStaves(container, all, look);
  const svg = container.querySelector('svg.saliency-staves') as SVGSVGElement;
  return { chart, svg, all, look, ...calls };
}

const count = (selector: string) => container.querySelectorAll(selector).length;

test('bars go up for and hatched down against, a cut one wears a cap, an unknown place is dotted under a hollow stand-in', () => {
  const { svg } = drawn();
  const [up, down] = [svg.querySelector('.bar.up'), svg.querySelector('.bar.down')];
  expect(up?.getAttribute('fill')).toBe(theme.positive);
  expect(down?.getAttribute('fill')).toBe('url(#saliency-against)');
  expect(svg.querySelector('#saliency-against')).not.toBeNull();
  expect(count('.cap')).toBe(1);
  expect(count('.unknown')).toBe(1);
  expect(count('.bar.hollow')).toBe(1);
  // The bar of ` warm` is as wide as the word and stands on it.
  const [, warm] = svg.querySelectorAll('.bar.up');
  const letter = Number(svg.querySelector('text.mono')?.getAttribute('x'));
  expect(Number(warm.getAttribute('x'))).toBeCloseTo(letter + 2 * 7.8, 1);
  expect(Number(warm.getAttribute('width'))).toBeCloseTo(4 * 7.8 - 1, 1);
});

test('a unit that there will be no score of wears a dash, and no stand-in', () => {
  const [occlusion] = lanes;
  const { chart, all, look } = drawn({ lanes: [{ ...occlusion, unscored: new Set([4]) }] });
  expect([count('.unknown'), count('.bar.hollow'), count('.unscored')]).toEqual([0, 0, 1]);
  expect(container.querySelector('.unscored')?.textContent).toBe('\u2013');
  for (const style of ['heat', 'underline'] as const) {
    chart.update(all, { ...look, style });
    expect([count('.unknown'), count('.unscored')]).toEqual([0, 1]);
  }
});

test('a lane that is not to be read is covered by lines of no colour, its marks pale, and makes no word bold', () => {
  const [occlusion, attention] = lanes;
  const data = { lanes: [{ ...occlusion, unreliable: true }, attention] };
  const { chart, all, look } = drawn(data);
  // There is one for each row of the text.
  expect(count('.unreadable')).toBe(2);
  expect(container.querySelector('.unreadable')?.getAttribute('fill')).toBe('url(#saliency-unreadable)');
  expect(container.querySelector('#saliency-unreadable rect')?.getAttribute('fill')).toBe(theme.foreground);
  expect([...container.querySelectorAll('.bar')].filter((bar) => bar.getAttribute('opacity') === '0.35')).toHaveLength(
    4,
  );
  expect(count('text[font-weight="700"]')).toBe(0);
  chart.update({ ...all, lanes }, look);
  expect([count('.unreadable'), count('text[font-weight="700"]')]).toEqual([0, 1]);
  chart.update({ ...all, ...data }, { ...look, style: 'heat' });
  expect(count('.unreadable')).toBeGreaterThan(2);
});

test('one named tab stop: arrows move over units and rows, Enter locks', () => {
  const { svg, announce, onLock, onHover } = drawn();
  expect(svg.getAttribute('tabindex')).toBe('0');
  expect(svg.getAttribute('aria-label')).toBe('Scores');
  press(svg, 'ArrowRight');
  press(svg, 'ArrowRight');
  expect(announce).toHaveBeenLastCalledWith('unit 1');
  press(svg, 'ArrowDown');
  expect(announce).toHaveBeenLastCalledWith('unit 4');
  press(svg, 'ArrowUp');
  press(svg, 'Enter');
  expect(onLock.mock.lastCall?.[0]).toBeLessThan(3);
  press(svg, 'End');
  expect(announce).toHaveBeenLastCalledWith('unit 4');
  svg.dispatchEvent(new Event('blur'));
  expect(onHover).toHaveBeenLastCalledWith(null, null);
});

test('the locked unit is outlined in the focus colour, the pointed one shaded, and a hover draws no bar again', () => {
  const { chart, svg, all, look } = drawn({}, { locked: 1 });
  expect(svg.querySelector('.locked')?.getAttribute('stroke')).toBe(theme.focus);
  const bar = svg.querySelector('.bar');
  chart.update(all, { ...look, hover: 4 });
  expect(svg.querySelector('.bar')).toBe(bar);
  expect(count('.cursor')).toBe(1);
  chart.update({ ...all, stale: true }, look);
  expect(svg.querySelector('.bar')?.getAttribute('opacity')).toBe('0.5');
  chart.destroy();
  expect(container.childElementCount).toBe(0);
});

test('a locked token outside every unit is outlined by itself', () => {
  const { svg } = drawn({ result: { units: units.slice(0, 2) }, lanes: [lane('occlusion', [1, 1])] }, { locked: 4 });
  expect(svg.querySelectorAll('.locked')).toHaveLength(1);
});

test('heat marks the direction with ▲ and ▽, underline with solid and dashed rules', () => {
  const { chart, all, look } = drawn({}, { style: 'heat' });
  expect([count('.mark.up'), count('.mark.down'), count('.tint')]).toEqual([2, 2, 5]);
  chart.update(all, { ...look, style: 'underline' });
  expect(count('.tint')).toBe(0);
  expect(container.querySelector('.rule.down')?.getAttribute('stroke-dasharray')).toBe('4 3');
  expect(container.querySelector('.rule.up')?.getAttribute('stroke-dasharray')).toBeNull();
});

test('a long prompt is drawn a window at a time and follows the locked token', () => {
  const lines = promptOf(Array.from({ length: 3 * STAVE_WINDOW }, (_, i) => `line${i}\n`));
  const all = lines.tokens.map(({ text, start, end }, i): Unit => ({ text, start, end, tokens: [i, i + 1] }));
  const scores = all.map(() => 0.2);
  const {
    chart,
    svg,
    all: data,
    look,
  } = drawn({
    prompt: lines,
    result: { units: all },
    lanes: [lane('occlusion', scores)],
  });
  expect(svg.querySelectorAll('.bar')).toHaveLength(STAVE_WINDOW);
  expect(container.querySelector('.page-range')?.textContent).toContain('lines 1–60 of 180');
  (container.querySelector('.page-turn') as HTMLElement).click();
  expect(container.querySelector('.page-range')?.textContent).toContain('lines 61–120');
  chart.update(data, { ...look, locked: 150 });
  expect(container.querySelector('.page-range')?.textContent).toContain('lines 121–180');
  expect(svg.querySelectorAll('.locked')).toHaveLength(1);
});

test('without units, methods or text nothing breaks', () => {
  const { svg } = drawn({ result: { units: [] }, lanes: [], standIns: null }, { style: 'heat' });
  press(svg, 'ArrowRight');
  press(svg, 'Enter');
  expect(svg.querySelectorAll('text').length).toBeGreaterThan(0);
});

const curves: DeletionData = {
  fractions: [0, 0.5, 1],
  curves: [
    {
      method: 'occlusion',
      label: 'knock-out',
      mostFirst: [2, 0, null],
      leastFirst: [2, 3, null],
      area: { mostFirst: 1, leastFirst: 2.5 },
    },
    {
      method: 'input',
      label: 'grad',
      mostFirst: [2, 1.5, 0],
      leastFirst: [2, 1, 0],
      area: { mostFirst: 1.4, leastFirst: 1 },
    },
  ],
  random: { mean: [2, 1.2, 0.5], spread: [0, 0.4, 0], area: 1.2 },
};
const curveOptions = {
  theme,
  width: 480,
  order: 'most' as const,
  label: 'Deletion curves',
  axis: 'words',
  describe: (step: number) => `step ${step}`,
  announce: vi.fn(),
  onHover: vi.fn(),
};

test('deletion curves: one line a method in the random band, ranked by mean height; both orders show what lies between', () => {
  const chart = deletionCurves(container, curves, curveOptions);
  expect([count('.curve'), count('.band'), count('.random'), count('.between')]).toEqual([2, 1, 1, 0]);
  const names = [...container.querySelectorAll('text')].map((text) => text.textContent);
  expect(names.filter((name) => ['knock-out', 'grad', 'random'].includes(name ?? ''))).toEqual([
    'knock-out',
    'random',
    'grad',
  ]);
  expect(container.querySelector('.curve')?.getAttribute('d')).not.toContain('NaN');
  chart.update(curves, { ...curveOptions, order: 'both' });
  expect([count('.curve'), count('.curve.least'), count('.between')]).toEqual([4, 2, 1]);
  expect(container.textContent).toContain('1.50');
  const svg = container.querySelector('svg') as SVGSVGElement;
  press(svg, 'ArrowRight');
  press(svg, 'ArrowRight');
  expect(curveOptions.announce).toHaveBeenLastCalledWith('step 1');
  expect(count('circle:not(.read)')).toBe(4);
  chart.destroy();
});

test('a curve of few points marks those that were read and names them under the axis; one of many does neither', () => {
  const ticks = () =>
    [...container.querySelectorAll('text')].map((text) => text.textContent).filter((text) => /^\d+$/.test(text ?? ''));
  const chart = deletionCurves(container, curves, curveOptions);
  expect([count('.read'), ticks()]).toEqual([5, expect.arrayContaining(['0', '50'])]);
  expect(ticks()).not.toContain('25');
  const fractions = Array.from({ length: 11 }, (_, step) => step / 10);
  const flat = fractions.map(() => 1);
  const fine = {
    fractions,
    curves: [{ ...curves.curves[0], mostFirst: flat, leastFirst: flat }],
    random: { mean: flat, spread: flat, area: 1 },
  };
  chart.update(fine, curveOptions);
  expect([count('.read'), ticks()]).toEqual([0, expect.arrayContaining(['0', '25', '50', '75'])]);
  chart.destroy();
});

test('rank agreement: a lower triangle of numbers with true minus signs; arrows stay inside it', () => {
  expect([0.29, -0.1, 1, -1, null].map(correlation)).toEqual(['.29', '−.10', '1', '−1', '–']);
  const announce = vi.fn();
  const options = { theme, width: 300, label: 'Agreement', describe: (r: number, c: number) => `${r},${c}`, announce };
  rankAgreement(
    container,
    {
      labels: ['a', 'b', 'c'],
      agreement: [
        [1, 0.2, null],
        [0.2, 1, -0.4],
        [null, -0.4, 1],
      ],
    },
    options,
  );
  expect(count('.cell')).toBe(6);
  expect(container.textContent).toContain('−.40');
  const svg = container.querySelector('svg') as SVGSVGElement;
  press(svg, 'ArrowRight');
  press(svg, 'ArrowRight');
  press(svg, 'ArrowRight');
  expect(announce).toHaveBeenLastCalledWith('1,1');
  press(svg, 'ArrowUp');
  expect(announce).toHaveBeenLastCalledWith('0,0');
});

test('the strongest units hang on one axis; Enter locks, the locked one is outlined', () => {
  const onLock = vi.fn();
  const bars = [
    { unit: 4, text: 'dull', score: 0.8 },
    { unit: 1, text: ' warm', score: -0.4 },
  ];
  const options = {
    theme,
    width: 300,
    label: 'Strongest',
    locked: 1,
    describe: (unit: number) => `unit ${unit}`,
    announce: vi.fn(),
    onHover: vi.fn(),
    onLock,
  };
  unitBars(container, { bars, signed: true }, options);
  const [up, down] = [container.querySelector('.bar.up'), container.querySelector('.bar.down')];
  const right = (bar: Element | null) => Number(bar?.getAttribute('x')) + Number(bar?.getAttribute('width'));
  expect(right(down)).toBeCloseTo(Number(up?.getAttribute('x')) - 1, 3);
  expect(Number(up?.getAttribute('width'))).toBeCloseTo(2 * Number(down?.getAttribute('width')), 3);
  expect(container.textContent).toContain('+0.80');
  expect(container.textContent).toContain('−0.40');
  expect(count('.locked')).toBe(1);
  const svg = container.querySelector('svg') as SVGSVGElement;
  press(svg, 'ArrowDown');
  press(svg, 'ArrowDown');
  press(svg, 'Enter');
  expect(onLock).toHaveBeenLastCalledWith(1);
});

test('an exported legend carries every swatch and sentence', () => {
  const drawing = legendDrawing(
    theme,
    [
      { swatch: 'up', text: 'supports' },
      { swatch: null, text: 'plain' },
    ],
    ['note'],
    'x',
  );
  expect(drawing.querySelectorAll('text')).toHaveLength(3);
  expect(Number(drawing.getAttribute('height'))).toBe(48);
});
