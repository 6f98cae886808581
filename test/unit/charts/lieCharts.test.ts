// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import { unsureBetween } from '../../../src/analysis/truth/contract';
import { aurocText, lollipops } from '../../../webview/charts/lie/lollipops';
import { probabilityMarks, verdictMark } from '../../../webview/charts/lie/marks';
import { type ProbeCurveData, probeCurve, tickText } from '../../../webview/charts/lie/probeCurve';
import { reliability } from '../../../webview/charts/lie/reliability';
import { shareCurve } from '../../../webview/charts/lie/shareCurve';
import { topicIntervals, topicText } from '../../../webview/charts/lie/topicIntervals';
import { truthMap } from '../../../webview/charts/lie/truthMap';
import { nearestIndex } from '../../../webview/charts/shared/stepChart';
import { press, theme } from './domSetup';

let container: HTMLElement;
beforeEach(() => {
  document.body.replaceChildren();
  container = document.body.appendChild(document.createElement('div'));
});

const common = () => ({
  ...{ theme, width: 400, label: 'A chart' },
  describe: (step: number) => `step ${step}`,
  announce: vi.fn(),
  onHover: vi.fn(),
});
const all = (selector: string, from: ParentNode = container) => [...from.querySelectorAll(selector)];
const number = (element: Element, name: string) => Number(element.getAttribute(name));
const svg = () => container.querySelector('svg')!;

const curve: ProbeCurveData = {
  layers: [0, 1, 2],
  values: [0.5, 0.6, 0.9],
  spread: null,
  band: { low: [0.45, 0.45, 0.45], high: [0.55, 0.55, 0.55], label: 'shuffled' },
  lines: [{ value: 0.7, label: 'baseline' }],
  marked: [2],
  blank: null,
  range: [0.4, 0.9],
};

test('a curve by layer rises on screen with its values, what the verdict reads is filled', () => {
  probeCurve(container, curve, { ...common(), axis: 'block' });
  const dots = all('circle');
  expect(dots.map((dot) => number(dot, 'cy'))).toEqual([...dots.map((dot) => number(dot, 'cy'))].sort((a, b) => b - a));
  expect(dots.map((dot) => dot.getAttribute('fill'))).toEqual([theme.background, theme.background, theme.positive]);
  expect(svg().textContent).toContain('baseline');
  expect(all('path.band')).toHaveLength(1);
});

test('a deviation beyond what the measure can be is drawn up to there', () => {
  const data = { ...curve, values: [0.5, 0.9, 1], spread: [0.1, 0.3, 0.3], most: 1 };
  probeCurve(container, data, { ...common(), axis: 'block' });
  expect(svg().textContent).not.toContain('1.2');
  const top = number(all('circle')[2], 'cy');
  expect(Math.min(...all('line').map((each) => number(each, 'y2')))).toBeGreaterThanOrEqual(top);
});

test('scores of a statement below zero are hollow in the other colour, blank layers are shaded', () => {
  const data = { ...curve, values: [0, 1, -1], band: null, lines: [], blank: [true, false, false] };
  probeCurve(container, data, { ...common(), axis: 'block', ends: ['looks true', 'looks false'] });
  const [blank, above, below] = all('circle').map((dot) => [dot.getAttribute('fill'), dot.getAttribute('stroke')]);
  expect(blank[1]).toBe(theme.muted);
  expect(above).toEqual([theme.background, theme.positive]);
  expect(below).toEqual([theme.background, theme.negative]);
  expect(all('rect').filter((rect) => rect.getAttribute('fill') === theme.band)).toHaveLength(1);
});

test('a chart is one tab stop: arrows move a cursor that is spoken, Enter chooses, leaving takes it away', () => {
  const options = { ...common(), axis: 'block', onChoose: vi.fn() };
  const chart = probeCurve(container, curve, options);
  expect([svg().getAttribute('tabindex'), svg().getAttribute('aria-label')]).toEqual(['0', 'A chart']);
  press(svg(), 'Enter');
  expect(options.onChoose).not.toHaveBeenCalled();
  press(svg(), 'ArrowRight');
  press(svg(), 'ArrowRight');
  expect(options.announce).toHaveBeenLastCalledWith('step 1');
  expect(options.onHover).toHaveBeenLastCalledWith(1, container.querySelector('.cursor'));
  press(svg(), 'End');
  press(svg(), 'Enter');
  expect(options.onChoose).toHaveBeenCalledWith(2);
  expect(chart.drawing().querySelector('.cursor')).toBeNull();
  svg().dispatchEvent(new Event('blur'));
  expect(container.querySelector('.cursor')).toBeNull();
  chart.destroy();
  expect(container.children).toHaveLength(0);
});

test('a cursor past the end of fewer steps is taken back', () => {
  const options = { ...common(), axis: 'block' };
  const chart = probeCurve(container, curve, options);
  press(svg(), 'End');
  chart.update({ ...curve, layers: [0], values: [0.5], band: null }, options);
  expect(container.querySelector('.cursor')).toBeNull();
});

test('lollipops grow from chance; what is turned around is dashed in the other colour', () => {
  const rows = [
    { label: 'this probe', value: 0.86, interval: [0.8, 0.9] as const, kind: 'own' as const },
    { label: 'shuffled', value: 0.5, interval: null, kind: 'other' as const },
    { label: 'turned', value: 0.16, interval: null, kind: 'apart' as const },
  ];
  lollipops(container, rows, { ...common(), chance: '.5 = chance' });
  const [own, shuffled, turned] = all('line[stroke-width="2"]');
  expect(number(own, 'x1')).toBe(number(turned, 'x1'));
  expect(number(own, 'x2')).toBeGreaterThan(number(own, 'x1'));
  expect(number(shuffled, 'x2')).toBe(number(shuffled, 'x1'));
  expect(number(turned, 'x2')).toBeLessThan(number(turned, 'x1'));
  expect([own.getAttribute('stroke-dasharray'), turned.getAttribute('stroke-dasharray')]).toEqual([null, '3 2']);
  expect(svg().textContent).toContain('.860');
});

test('the reliability diagram draws bins that hold statements, larger ones for more', () => {
  const bins = [
    { predicted: 0.1, observed: 0.05, count: 100 },
    { predicted: 0.5, observed: 0, count: 0 },
    { predicted: 0.9, observed: 0.95, count: 10 },
  ];
  const words = { claimed: 'claimed', observed: 'share true', unsure: 'can’t tell' };
  reliability(container, { bins, unsure: unsureBetween }, { ...common(), ...words });
  const dots = all('circle');
  expect(dots).toHaveLength(2);
  expect(number(dots[0], 'r')).toBeGreaterThan(number(dots[1], 'r'));
  const band = all('rect')[0];
  expect(number(band, 'width') / (number(dots[1], 'cx') - number(dots[0], 'cx'))).toBeCloseTo(0.7 / 0.8, 5);
});

test('topics whose interval touches chance are hollow', () => {
  const rows = [
    { topic: 'capital', figure: { value: 0.98, low: 0.95, high: 1 }, hard: false },
    { topic: 'arithmetic', figure: { value: 0.48, low: 0.3, high: 0.6 }, hard: true },
  ];
  topicIntervals(container, rows, common());
  expect(all('circle').map((dot) => dot.getAttribute('fill'))).toEqual([theme.foreground, theme.background]);
  expect(
    all('text')
      .find((text) => text.textContent === 'arithmetic')
      ?.getAttribute('class'),
  ).toBe('m');
});

test('a curve over an amount names its points', () => {
  const points = [
    { at: 0.5, value: 0.9 },
    { at: 1, value: 0.77 },
  ];
  const named = [{ at: 1, value: 0.77, label: 'never: .77', filled: false }];
  const options = { ...common(), axis: 'answered', tick: (at: number) => `${Math.round(at * 100)} %` };
  shareCurve(container, { points, named, range: [0.7, 1], chance: null }, options);
  const label = all('text').find((text) => text.textContent === 'never: .77');
  expect(label?.getAttribute('text-anchor')).toBe('end');
  expect(svg().textContent).toContain('100 %');
});

test('the map has equal units, true and false by shape, the chosen statement ringed', () => {
  const training = { x: [0, 10], y: [0, 1], label: [true, false] };
  const statements = [
    { x: 0, y: 0, verdict: 'true' as const, outside: false },
    { x: 10, y: 1, verdict: 'unsure' as const, outside: false },
  ];
  const onChoose = vi.fn();
  const options = { ...common(), height: 200, axes: ['axis 1', 'axis 2'] as const, onChoose };
  truthMap(container, { training, statements, chosen: 1 }, options);
  const ring = all('circle').find((circle) => circle.getAttribute('stroke') === theme.focus);
  const [first] = all('circle');
  const [dx, dy] = [number(ring!, 'cx') - number(first, 'cx'), number(first, 'cy') - number(ring!, 'cy')];
  expect(dx / dy).toBeCloseTo(10, 5);
  const [squares, dots] = all('path').map((path) => path.getAttribute('d') ?? '');
  expect([squares.includes('h3v3h-3z'), dots.includes('a1.5')]).toEqual([true, true]);
  press(svg(), 'ArrowDown');
  press(svg(), 'Enter');
  expect(onChoose).toHaveBeenCalledWith(0);
});

test('verdicts differ by shape; without a probability no place is drawn', () => {
  const shapes = (['true', 'false', 'unsure'] as const).map((verdict) => verdictMark(theme, verdict, 5, 5));
  expect(new Set(shapes.map((shape) => shape.getAttribute('d'))).size).toBe(3);
  const [yes, no] = [probabilityMarks(theme, 'true', 0.9, 100), probabilityMarks(theme, 'unsure', null, 100)];
  const dot = yes.find((mark) => mark.tagName === 'circle');
  expect(dot && number(dot, 'cx')).toBe(90);
  expect(no.some((mark) => mark.tagName === 'circle')).toBe(false);
});

test('figures are printed without a leading zero and never above 1', () => {
  expect([aurocText(0.857), aurocText(0.9999), topicText(0.05), topicText(1)]).toEqual([
    '.857',
    '1.000',
    '.05',
    '1.00',
  ]);
  expect([tickText(0.5, [0, 0.5]), tickText(1, [0, 1], true), tickText(-1, [-1, 0], true)]).toEqual(['.5', '+1', '−1']);
  expect([nearestIndex([0, 10, 20], 14), nearestIndex([], 3)]).toEqual([1, null]);
});
