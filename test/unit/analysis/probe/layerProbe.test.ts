import { describe, expect, it } from 'vitest';
import type { ProbeRow } from '../../../../src/analysis/probe/contract';
import { probeLayers } from '../../../../src/analysis/probe/layerProbe';
import { seededRandom } from '../../../../src/analysis/shared/random';
import { plainProducts } from './plainProducts';

const width = 5;
const random = seededRandom(2);
const noise = () => random() + random() + random() - 1.5;
const options = { products: plainProducts, width, task: 'classes', folds: 5, seed: 1 } as const;

/** Layer 1 reveals the label, layer 0 only the group. */
function made(labelOf: (row: number) => string, size = 120) {
  const rows: ProbeRow[] = Array.from({ length: size }, (_, row) => ({
    text: `text ${row}`,
    label: labelOf(row),
    group: String(Math.floor(row / 6)),
  }));
  const labels = [...new Set(rows.map(({ label }) => label))].sort();
  const value = (label: string) => (Number.isNaN(Number(label)) ? labels.indexOf(label) : Number(label));
  const states = new Map([
    [0, Float32Array.from(rows.flatMap((_, row) => [Math.floor(row / 6), 0, 0, 0, 0].map((v) => v + noise())))],
    [
      1,
      Float32Array.from(
        rows.flatMap(({ label }) => [0, value(label) * 3, -(value(label) ** 2), 0, 0].map((v) => v + noise())),
      ),
    ],
  ]);
  return { rows, states };
}

describe('a probe by layer', () => {
  it('finds two classes where they are, beside shuffled labels', async () => {
    const { rows, states } = made((row) => (row % 2 === 0 ? 'a' : 'b'));
    const result = await probeLayers(rows, states, options);
    expect(result).toMatchObject({
      measure: 'auroc',
      chance: 0.5,
      best: 1,
      rows: 120,
      groups: 20,
      folds: 5,
      warnings: [],
    });
    expect(result.layers[1].score).toBeGreaterThan(0.95);
    expect(Math.abs(result.layers[0].score - 0.5)).toBeLessThan(0.15);
    for (const { shuffled } of result.layers) expect(Math.abs(shuffled - 0.5)).toBeLessThan(0.15);
    expect(result.selectivity).toBeGreaterThan(0.3);
    expect(result.direction[1]).toBeGreaterThan(Math.abs(result.direction[3]));
    expect(result.learning.at(-1)?.score).toBeGreaterThan(0.9);
    expect(result.learning[0].rows).toBeLessThan(result.learning.at(-1)?.rows ?? 0);
  });

  it('counts right answers among more classes', async () => {
    const { rows, states } = made((row) => 'abc'[row % 3]);
    const result = await probeLayers(rows, states, options);
    expect(result.measure).toBe('accuracy');
    expect(result.chance).toBeCloseTo(1 / 3);
    expect(result.layers[1].score).toBeGreaterThan(0.75);
  });

  it('correlates numbers', async () => {
    const { rows, states } = made((row) => String((row % 12) / 3));
    const result = await probeLayers(rows, states, { ...options, task: 'number' });
    expect(result.measure).toBe('correlation');
    expect(result.layers[1].score).toBeGreaterThan(0.9);
  });

  it('warns of duplicates, few groups, one class in excess, and length that tells', async () => {
    const { rows, states } = made((row) => (row % 6 === 0 ? 'a' : 'b'), 42);
    const worse = rows.map((row, at) => ({
      ...row,
      text: at > 1 ? `${row.text}${row.label === 'a' ? ' much longer' : ''}` : 'same',
    }));
    worse[1].group = 'another';
    const { warnings } = await probeLayers(worse, states, options);
    expect(warnings).toEqual(['duplicatesGrouped', 'fewGroups', 'unbalanced', 'length']);
  });

  it.each([
    [made((row) => (row % 2 ? 'a' : 'b')).rows.slice(0, 2), 'classes', 'tooFewRows'],
    [made(() => 'a').rows, 'classes', 'oneClass'],
    [made((row) => String(row)).rows, 'classes', 'classOfOneRow'],
    [made((row) => (row === 3 ? 'once' : row % 2 ? 'a' : 'b')).rows, 'classes', 'classOfOneRow'],
    [made((row) => (row % 2 ? '1' : 'many')).rows, 'number', 'notNumbers'],
  ] as const)('refuses what cannot be probed', async (rows, task, code) => {
    const work = probeLayers(rows, new Map(), { ...options, task });
    await expect(work).rejects.toMatchObject({ problem: { code } });
  });
});
