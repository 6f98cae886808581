// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { patchMap, shareText } from '../../../webview/charts/patching/map';
import { broken, patchMapSvg } from '../../../webview/charts/patching/mapSvg';
import { theme } from './domSetup';

const axis = {
  kind: 'tokens' as const,
  labels: [
    ['3', '·France', '·Italy'],
    ['4', '·is'],
  ],
  marked: [true, true],
};
const grid = {
  exact: [
    [0.97, 0.001],
    [null, -0.5],
    [null, 1.2],
  ],
  preview: [
    [0.5, 0],
    [0.4, -0.4],
    [0, 0.9],
  ],
  limit: 1,
};
const data = { grid, columns: axis, rows: ['0', '1', '2'], column: null, place: null };

function draw() {
  const host = document.createElement('div');
  document.body.append(host);
  const onPreview = vi.fn();
  const onChoose = vi.fn();
  const options = { width: 400, theme, label: 'map', onPreview, onChoose };
  const chart = patchMap(host, data, options);
  const texts = () => [...host.querySelectorAll('text')].map((text) => text.textContent);
  const key = (name: string) =>
    host.querySelector('svg')!.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
  return { host, chart, options, texts, key, onPreview, onChoose };
}

describe('the patching map', () => {
  it('prints exact values, previews with ≈, and nothing for nothing', () => {
    const { texts } = draw();
    expect(texts()).toEqual(expect.arrayContaining(['.97', '≈.40', '−.50', '1.20', '·France', '·Italy', '·is']));
    expect(texts().filter((text) => text === '.00' || text === '≈.00')).toEqual([]);
  });

  it('hatches what is negative and puts a rule where the scale ends', () => {
    const { host } = draw();
    expect(host.querySelectorAll('line').length).toBeGreaterThan(0);
    expect(host.querySelectorAll('rect[height="1.5"]')).toHaveLength(1);
  });

  it('moves by arrows, says where it is, chooses with Enter', () => {
    const { key, onPreview, onChoose } = draw();
    key('ArrowDown');
    key('ArrowRight');
    expect(onPreview.mock.lastCall?.[0]).toEqual({ row: 1, column: 1, exact: -0.5, preview: -0.4 });
    expect(onPreview.mock.lastCall?.[2]).toBe(true);
    key('Enter');
    expect(onChoose).toHaveBeenCalledWith({ row: 1, column: 1, exact: -0.5, preview: -0.4 });
  });

  it('outlines the chosen place in the focus colour and lets go of it', () => {
    const { host, chart, options } = draw();
    const outlined = () => host.querySelectorAll(`rect[stroke="${theme.focus}"]`).length;
    chart.update({ ...data, column: 1, place: { row: 2, column: 1 } }, options);
    expect(outlined()).toBe(2);
    chart.update(data, options);
    expect(outlined()).toBe(0);
    chart.destroy();
    expect(host.querySelector('svg')).toBeNull();
  });

  it('writes shares without the leading zero', () => {
    expect([0.974, -0.031, 1.02, 0, -1.5].map(shareText)).toEqual(['.97', '−.03', '1.02', '.00', '−1.50']);
  });

  it('is exported with its captions under it', () => {
    const { chart } = draw();
    const drawing = patchMapSvg(chart.drawing(), theme, ['one two three', 'four']);
    const before = Number(chart.drawing().getAttribute('height'));
    expect(Number(drawing.getAttribute('height'))).toBe(before + 12 + 2 * 16);
    expect([...drawing.children].slice(1).map((text) => text.textContent)).toEqual(['one two three', 'four']);
    expect(broken('one two three', 8)).toEqual(['one two', 'three']);
    expect(broken('一二三四五', 3)).toEqual(['一二三四五']);
  });
});
