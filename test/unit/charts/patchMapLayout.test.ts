import { describe, expect, it } from 'vitest';
import {
  hatch,
  labelledColumns,
  numberedColumns,
  type PatchAxis,
  patchCells,
  patchLayout,
  turnedLabel,
  uprightLabel,
} from '../../../webview/charts/patching/mapLayout';

const tokens = (count: number, marked: number[] = []): PatchAxis => ({
  kind: 'tokens',
  labels: Array.from({ length: count }, (_, i) =>
    marked.includes(i) ? [String(i), 'one', 'two'] : [String(i), 'one'],
  ),
  marked: Array.from({ length: count }, (_, i) => marked.includes(i)),
});

describe('the layout of a patching map', () => {
  it.each([
    [10, 880, true],
    [10, 360, false],
    [57, 520, false],
    [1000, 520, false],
  ])('%i columns fit %i pixels', (columns, width, numbers) => {
    const layout = patchLayout(width, 31, tokens(columns, [0]));
    expect(layout.width).toBeLessThanOrEqual(width);
    expect(layout.columns * layout.span).toBeGreaterThanOrEqual(columns);
    expect(layout.numbers).toBe(numbers);
    expect(layout.cell).toBeGreaterThanOrEqual(4);
    expect(layout.height).toBe(layout.top + 31 * layout.row + 1);
  });

  it('labels what must be labelled first, without running into one another', () => {
    const axis = tokens(60, [3, 59]);
    const layout = patchLayout(520, 31, axis);
    const labelled = labelledColumns(layout, axis, 12);
    expect(labelled).toEqual(expect.arrayContaining([3, 59]));
    for (let i = 1; i < labelled.length; i++)
      expect((labelled[i] - labelled[i - 1]) * layout.cell).toBeGreaterThanOrEqual(12);
  });

  it('numbers every column, or every marked one where they are narrow', () => {
    const axis: PatchAxis = {
      kind: 'numbers',
      labels: Array.from({ length: 30 }, (_, i) => [String(i)]),
      marked: Array.from({ length: 30 }, (_, i) => i % 5 === 0),
    };
    expect(numberedColumns(patchLayout(880, 9, axis), axis)).toHaveLength(30);
    expect(numberedColumns(patchLayout(480, 9, axis), axis)).toEqual([0, 5, 10, 15, 20, 25]);
  });

  it('cuts labels to their room', () => {
    expect(turnedLabel(['3', '·France', '·Italy'])).toBe('·France ← ·Italy');
    expect(turnedLabel(['3', '·internationalisation'])).toBe('·internati…');
    expect(uprightLabel('·positive', 44)).toBe('·pos…');
    expect(uprightLabel('🎉🎉', 44)).toBe('🎉🎉');
  });

  it('pools columns to the strongest, exact before preview, nothing before zero', () => {
    const exact = [[0.1, -0.6, null, null, 0]];
    const cells = patchCells({ exact, preview: [[9, 9, 0.2, -0.3, 9]], limit: 1 }, 2);
    expect(cells).toEqual([
      [
        { row: 0, column: 1, exact: -0.6, preview: 9 },
        { row: 0, column: 3, exact: null, preview: -0.3 },
        { row: 0, column: 4, exact: 0, preview: 9 },
      ],
    ]);
    const [[unknown]] = patchCells({ exact: [[null, null]], preview: null, limit: 1 }, 2);
    expect(unknown).toEqual({ row: 0, column: 0, exact: null, preview: null });
  });

  it('hatches inside its box', () => {
    const lines = hatch(10, 20, 8, 12, 4);
    expect(lines).toHaveLength(4);
    for (const [x1, y1, x2, y2] of lines) {
      for (const x of [x1, x2]) expect(x >= 10 && x <= 18).toBe(true);
      for (const y of [y1, y2]) expect(y >= 20 && y <= 32).toBe(true);
    }
  });
});
