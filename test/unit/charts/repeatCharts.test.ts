// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, test, vi } from 'vitest';
import { apart, decades, type RepeatReachData, repeatReach, unmoved } from '../../../webview/charts/repeat/reach';
import { type RepeatTextData, repeatText } from '../../../webview/charts/repeat/text';
import {
  differenceText,
  type RepeatStep,
  type RepeatWay,
  stepsTable,
  stepWords,
  waysTable,
} from '../../../webview/charts/repeat/words';
import { press, theme } from './domSetup';

let container: HTMLElement;
beforeEach(() => {
  document.body.replaceChildren();
  container = document.body.appendChild(document.createElement('div'));
});

const all = (selector: string, from: ParentNode = container) => [...from.querySelectorAll<HTMLElement>(selector)];
const number = (element: Element, name: string) => Number(element.getAttribute(name));
const step = (text: string, gap: number, fragile = false, bytes?: string): RepeatStep => {
  return { text, gap, second: { text: ' dog' }, fragile, bytes };
};
const way = (change: Partial<RepeatWay>): RepeatWay => {
  const itself = { compared: 1, differing: 0, logits: 0 };
  return { name: 'again', runs: 1, logits: 0, logprob: 0, firstDifference: null, instead: [], itself, ...change };
};

describe('the continuation as text', () => {
  const steps = [step(' A', 2), step(' cat', 0.1, true), step('\n', 3), step('x', 0.02, true), step('<end>', 4)];
  const drawn = (change: Partial<RepeatTextData> = {}) => {
    const given = { theme, label: 'Continuation', announce: vi.fn(), onHover: vi.fn() };
    const chart = repeatText(container, { steps, ended: true, partings: [3], ...change }, given);
    return { chart, given };
  };

  it('underlines fragile steps alone and names the runner-up below them', () => {
    drawn();
    const spans = all('.tok');
    expect(spans.map((span) => span.firstElementChild?.textContent)).toEqual([' A', ' cat', '↵', 'x', ' end of text']);
    expect(spans.map((span) => span.querySelector('small')?.textContent ?? null)).toEqual([
      ...[null, '·dog', null, '·dog', null],
    ]);
    const lines = all('.tok > span').map((span) => span.style.borderBottom);
    expect(lines.map((line) => line !== '')).toEqual([false, true, false, true, false]);
    // A line end breaks the line after its sign.
    expect(container.textContent).toBe(' A cat·dog↵\nx·dog end of text');
  });

  it('tells by the form of the line where a way says another token', () => {
    drawn();
    const [fragile, parted] = all('.tok.fragile > span').map((span) => span.style.borderBottom);
    expect(fragile).toContain('solid');
    expect(parted).toContain('double');
    for (const line of [fragile, parted]) expect(line).toContain(theme.negative);
  });

  it('is one tab stop whose steps are spoken with their lead', () => {
    const { chart, given } = drawn();
    expect([container.tabIndex, container.getAttribute('aria-label')]).toEqual([0, 'Continuation']);
    press(container, 'ArrowRight');
    expect(given.announce).toHaveBeenLastCalledWith('·A, step 1: leads ·dog by 2');
    press(container, 'ArrowRight');
    expect(given.announce).toHaveBeenLastCalledWith('·cat, step 2: leads ·dog by .1, fragile');
    expect(given.onHover).toHaveBeenLastCalledWith(1, container.querySelector('.tok.at'));
    press(container, 'ArrowRight', { shiftKey: true });
    expect(given.announce).toHaveBeenLastCalledWith('end of text, step 5: leads ·dog by 4');
    press(container, 'ArrowLeft');
    expect(given.announce).toHaveBeenLastCalledWith(
      'x, step 4: leads ·dog by .02, and one way of computing gives another token',
    );
    press(container, 'Home');
    expect(all('.at').map((span) => span.dataset.glyph)).toEqual(['0']);
    container.dispatchEvent(new Event('blur'));
    expect([all('.at').length, given.onHover.mock.lastCall]).toEqual([0, [null, null]]);
    chart.destroy();
    press(container, 'End');
    expect(container.children).toHaveLength(0);
  });

  it('keeps its place while more ways are computed, and leaves it where the text is shorter', () => {
    const { chart, given } = drawn();
    press(container, 'End');
    chart.update({ steps: steps.map((each) => ({ ...each, fragile: true })), ended: true, partings: [] }, given);
    expect(all('.fragile')).toHaveLength(5);
    expect(all('.at').map((span) => span.dataset.glyph)).toEqual(['4']);
    chart.update({ steps: steps.slice(0, 2), ended: false, partings: [] }, given);
    expect(all('.at')).toHaveLength(0);
  });

  it('draws a character of several tokens once, fragile if one of them is', () => {
    const pieces = [step('\ufffd', 2, false, 'f09f'), step('\ufffd', 0.1, true, '8e'), step('\ufffd', 1, false, '89')];
    const { given } = drawn({ steps: pieces, ended: false, partings: [] });
    expect(all('.tok > span').map((span) => span.textContent)).toEqual(['🎉']);
    expect(all('.fragile')).toHaveLength(1);
    press(container, 'End');
    expect(given.announce).toHaveBeenLastCalledWith('🎉, step 2: leads ·dog by .1, fragile');
  });
});

describe('leads and how far each way reaches', () => {
  const data: RepeatReachData = {
    steps: [
      { gap: 3, fragile: false },
      { gap: 0.05, fragile: true },
      { gap: 0, fragile: true },
    ],
    ways: [
      { label: 'again', reach: 0 },
      { label: 'nothing stored', reach: 0.0002 },
      { label: 'batch', reach: 0.2 },
    ],
  };
  const drawn = (change: Partial<RepeatReachData> = {}, width = 600) => {
    const given = {
      ...{ theme, width, label: 'Leads', axis: 'lead', ends: ['step 1', 'step 3'] as const },
      ...{ describe: (at: number) => `step ${at}`, announce: vi.fn(), onHover: vi.fn() },
    };
    return { chart: repeatReach(container, { ...data, ...change }, given), given };
  };

  it('puts a mark lower the smaller the lead, squares on the shaded ground and circles above it', () => {
    drawn();
    const [ground] = all('rect.reach');
    const top = number(ground, 'y');
    const [safe] = all('circle.lead');
    const squares = all('rect.lead.fragile');
    expect(squares).toHaveLength(2);
    expect(number(safe, 'cy')).toBeLessThan(top);
    for (const square of squares) expect(number(square, 'y')).toBeGreaterThan(top);
    // A lead of 0 lies at the foot of the axis, not outside the picture.
    expect(number(squares[1], 'y') + 4).toBeCloseTo(top + number(ground, 'height'), 5);
    expect([safe.getAttribute('fill'), squares[0].getAttribute('fill')]).toEqual([theme.positive, theme.negative]);
  });

  it('draws each way that moves at its reach, the farthest bold, and names it with the figure', () => {
    drawn();
    const [farthest, nearer, ...rest] = all('line.way');
    expect(rest).toEqual([]);
    expect(number(farthest, 'y1')).toBe(number(all('rect.reach')[0], 'y'));
    expect(number(nearer, 'y1')).toBeGreaterThan(number(farthest, 'y1'));
    expect([farthest.getAttribute('stroke-dasharray'), nearer.getAttribute('stroke-dasharray')]).toEqual([null, '3 3']);
    expect(container.textContent).toContain('batch .2');
    expect(container.textContent).toContain('nothing stored 2.0e\u22124');
    expect(container.textContent).not.toContain('again');
    expect(unmoved(data.ways).map(({ label }) => label)).toEqual(['again']);
  });

  it('is logarithmic: a decade is as long everywhere', () => {
    drawn({ steps: [1, 0.1, 0.01].map((gap) => ({ gap, fragile: false })) });
    const [a, b, c] = all('circle.lead').map((mark) => number(mark, 'cy'));
    expect(b - a).toBeCloseTo(c - b, 5);
    expect(b - a).toBeGreaterThan(5);
  });

  it('has no ground and no line while no way differs', () => {
    drawn({ ways: [{ label: 'again', reach: 0 }] });
    expect(all('rect.reach, line.way')).toEqual([]);
    expect(all('circle.lead, rect.lead')).toHaveLength(3);
  });

  it('names ways that reach equally far apart from each other, inside the picture', () => {
    const ways = ['a', 'b', 'c'].map((label, index) => ({ label, reach: 0.00011 + index * 1e-6 }));
    drawn({ ways });
    const names = all('text').filter((text) => /^[abc] /.test(text.textContent ?? ''));
    const places = names.map((name) => number(name, 'y'));
    expect(names.map((name) => name.textContent?.[0])).toEqual(['c', 'b', 'a']);
    expect(places[1] - places[0]).toBeGreaterThanOrEqual(14);
    expect(places[2] - places[1]).toBeGreaterThanOrEqual(14);
    expect(places[2]).toBeLessThan(200);
  });

  it('keeps half of a narrow panel for the steps', () => {
    drawn({}, 320);
    const [ground] = all('rect.reach');
    expect(number(ground, 'x') + number(ground, 'width')).toBeGreaterThanOrEqual(0.55 * 320 - 0.01);
  });

  it('is one tab stop over the steps', () => {
    const { given, chart } = drawn();
    const svg = container.querySelector('svg')!;
    expect(svg.getAttribute('tabindex')).toBe('0');
    press(svg, 'End');
    expect(given.announce).toHaveBeenLastCalledWith('step 2');
    expect(given.onHover).toHaveBeenLastCalledWith(2, container.querySelector('.cursor'));
    expect(chart.drawing().querySelector('.cursor')).toBeNull();
  });
});

test('the axis reaches over whole decades, and has one where there is nothing to show', () => {
  const steps = [{ gap: 3, fragile: false }];
  expect(decades({ steps, ways: [{ label: '', reach: 8e-5 }] })).toEqual([-5, 1]);
  expect(decades({ steps: [{ gap: 1, fragile: false }], ways: [] })).toEqual([0, 1]);
  expect(decades({ steps: [{ gap: 0, fragile: true }], ways: [] })).toEqual([-1, 1]);
});

test('places are moved only where they are too near, and back from the end', () => {
  expect(apart([10, 50, 90], 14, 176)).toEqual([10, 50, 90]);
  expect(apart([10, 12], 14, 176)).toEqual([10, 24]);
  expect(apart([100, 170, 172], 14, 176)).toEqual([100, 162, 176]);
});

test('differences keep two digits over all sizes', () => {
  expect([0, 0.000089, 0.36, 0.73, 1.26, 12].map(differenceText)).toEqual([
    '0',
    '8.9e\u22125',
    '.36',
    '.73',
    '1.3',
    '12',
  ]);
});

test('a step is said with its lead in every state', () => {
  expect(stepWords(step(' a', 0.5), 4)).toBe('·a, step 5: leads ·dog by .5');
  expect(stepWords(step(' a', 0.5, true), 4)).toBe('·a, step 5: leads ·dog by .5, fragile');
});

test('the tables hold every figure, numbers as numbers', () => {
  expect(stepsTable([step(' a', 0.5), step('b', 0.1, true)]).rows).toEqual([
    [1, ' a', ' dog', 0.5, null],
    [2, 'b', ' dog', 0.1, 'fragile'],
  ]);
  const parted = way({
    ...{ name: 'batch', runs: 2, logits: 0.25, logprob: 0.2, firstDifference: 3 },
    ...{ instead: [{ text: ' The' }, { text: ' cat' }], itself: { compared: 1, differing: 1, logits: 0.1 } },
  });
  const table = waysTable([way({}), way({ name: 'withoutCache' }), way({ name: 'afterEdit' }), parted]);
  expect(table.rows.map(([name]) => name)).toEqual([
    ...['again', 'without stored values', 'after an edit', 'beside seven copies'],
  ]);
  expect(table.rows[0].slice(1)).toEqual([1, 0, 0, 0, null, null, 0]);
  expect(table.rows[3].slice(1)).toEqual([2, 0.25, 0.2, 0.5, 4, ' The cat', 1]);
  for (const twin of [table, stepsTable([])]) expect(twin.names).toHaveLength(twin.columns.length);
});
