// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { shownTop } from '../../../webview/charts/saliency/scores';
import {
  type RankedUnit,
  type UnitRankingData,
  type UnitRankingOptions,
  unitRanking,
  wrapped,
} from '../../../webview/charts/saliency/unitRanking';
import { theme } from './domSetup';

const options: UnitRankingOptions = {
  theme,
  width: 520,
  label: 'Lines',
  locked: null,
  words: { estimate: 'estimate', none: '–' },
  describe: (unit) => `unit ${unit}`,
  announce: vi.fn(),
  onHover: vi.fn(),
  onChoose: vi.fn(),
};

const long = 'Customer: I would like to send this bicycle back because the chain jumps whenever I ride it uphill.';
const known = (unit: number, score: number, text = `line ${unit}`): RankedUnit => ({
  ...{ unit, text, score },
  estimated: false,
  rank: unit + 1,
});
const data = (rows: RankedUnit[], full = 1): UnitRankingData => ({
  groups: [{ title: null, rows }],
  full: { known: full, estimated: 2 },
  estimateSigned: true,
});

const texts = (row: Element, kind: string) => [...row.querySelectorAll(`text.${kind}`)].map((each) => each.textContent);

describe('a ranking of units', () => {
  let container: HTMLElement;
  beforeEach(() => {
    document.body.replaceChildren();
    container = document.createElement('div');
    document.body.append(container);
  });
  const rows = () => [...container.querySelectorAll('g.row')];

  it('shows the whole text, in as many lines as it takes, with rank and score', () => {
    unitRanking(container, data([known(0, 0.8, `${long}\n`), known(1, -0.4)]), options);
    const [first, second] = rows();
    const lines = texts(first, 'mono');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join(' ')).toBe(long);
    expect(texts(first, 'rank')).toEqual(['1']);
    expect(texts(first, 'n')).toEqual(['+0.80']);
    expect(texts(second, 'n')).toEqual(['\u22120.40']);
    expect(first.querySelector('.bar')?.getAttribute('class')).toBe('bar up');
    expect(second.querySelector('.bar')?.getAttribute('class')).toBe('bar down');
  });

  it('draws all bars from one axis, and cuts an extreme one with a stroke at its end', () => {
    unitRanking(container, data([known(0, 9), known(1, 0.5), known(2, -0.5)]), options);
    const [far, up, down] = rows().map((row) => row.querySelector('.bar') as Element);
    const number = (bar: Element, name: string) => Number(bar.getAttribute(name));
    expect(number(up, 'x')).toBeCloseTo(number(far, 'x'), 6);
    expect(number(down, 'x') + number(down, 'width')).toBeCloseTo(number(up, 'x'), 6);
    expect(number(up, 'width')).toBeCloseTo(number(far, 'width') / 2, 6);
    expect(rows().map((row) => row.querySelectorAll('.cap').length)).toEqual([1, 0, 0]);
  });

  it('marks an estimate in words, hollow and without a rank, under a title of its own', () => {
    const estimate: RankedUnit = { ...known(1, 0.3), estimated: true, rank: null };
    const groups = [
      { title: 'Knock-out', rows: [known(0, 0.8)] },
      { title: 'Estimate', rows: [estimate] },
    ];
    unitRanking(container, { ...data([]), groups }, options);
    const [, second] = rows();
    expect(texts(second, 'n')).toEqual(['estimate +0.30']);
    expect(texts(second, 'rank')).toEqual([]);
    expect(second.querySelector('.bar')?.getAttribute('fill')).toBe('none');
    expect([...container.querySelectorAll('text.group')].map((each) => each.textContent)).toEqual([
      'Knock-out',
      'Estimate',
    ]);
  });

  it('keeps the elements of rows that only move', () => {
    const chart = unitRanking(container, data([known(0, 0.8), known(1, 0.2)]), options);
    const before = rows();
    chart.update(data([known(1, 0.2), known(0, 0.8)]), options);
    expect(rows()).toEqual([before[1], before[0]]);
    expect(rows()[0]).toBe(before[1]);
  });

  it('goes to the text of the row that Enter is pressed on', () => {
    unitRanking(container, data([known(4, 0.8), known(2, 0.2)]), options);
    const svg = container.querySelector('svg') as SVGSVGElement;
    const press = (key: string) => svg.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    press('ArrowDown');
    press('ArrowDown');
    expect(options.announce).toHaveBeenLastCalledWith('unit 2');
    press('Enter');
    expect(options.onChoose).toHaveBeenCalledWith(2);
  });

  it('says in place of a score that there is none', () => {
    unitRanking(container, data([{ ...known(0, 0), score: null, rank: null }]), options);
    expect(texts(rows()[0], 'n')).toEqual(['–']);
    expect(rows()[0].querySelector('.bar')).toBeNull();
  });
});

describe('a text in lines', () => {
  it('breaks at spaces, at the edge where there are none, and loses no letter', () => {
    expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrapped('我下週要出差', 4)).toEqual(['我下', '週要', '出差']);
    expect(wrapped('\n', 8)).toEqual(['↵']);
  });
});

describe('the end of a scale', () => {
  const usual = Array.from({ length: 19 }, (_, unit) => (unit % 2 ? 0.1 : -0.1));

  it('is the largest score where none is extreme, and where there are few', () => {
    expect(shownTop([...usual, 0.25])).toBe(0.25);
    expect(shownTop([0.1, 0.1, 9])).toBe(9);
  });

  it('leaves the usual scores visible beside an extreme one', () => {
    expect(shownTop([...usual, 9])).toBeCloseTo(0.3, 6);
  });

  it('is the largest where all others are 0', () => {
    expect(shownTop([...usual.map(() => 0), 9])).toBe(9);
  });
});
