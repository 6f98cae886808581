import { describe, expect, it, vi } from 'vitest';
import { tabsAway } from '../../../webview/panels/shell/tabs';

vi.mock('../../../webview/base/controls', () => ({}));

describe('tabs in a narrow panel', () => {
  const widths = [80, 60, 60, 50, 60, 80, 80];

  it('all stay where there is room', () => {
    expect(tabsAway(widths, 0, 470)).toEqual([]);
  });

  it('the last ones go first', () => {
    expect(tabsAway(widths, 0, 400)).toEqual([6]);
    expect(tabsAway(widths, 0, 300)).toEqual([4, 5, 6]);
  });

  it('the chosen one stays, whatever it is', () => {
    expect(tabsAway(widths, 6, 340)).toEqual([4, 5]);
    expect(tabsAway(widths, 6, 10)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
