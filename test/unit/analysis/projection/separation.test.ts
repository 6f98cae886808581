import { describe, expect, it } from 'vitest';
import { cosines, separation } from '../../../../src/analysis/embeddings/separation';
import sheet from '../../../fixtures/projection/sheet.json';

const groups = sheet.group.map(String);

describe('cosine similarity', () => {
  it('is 1 with itself, symmetric, and 0 for a zero vector', () => {
    const table = cosines(Float32Array.of(1, 0, 1, 1, 0, 0), 2);
    expect(table[0]).toEqual([1, expect.closeTo(Math.SQRT1_2), 0]);
    expect(table[1][0]).toBe(table[0][1]);
    expect(table[2][2]).toBe(0);
  });
});

describe('separation of groups', () => {
  const similarity = cosines(Float32Array.from(sheet.points), sheet.width);

  it('finds groups that lie apart', () => {
    const found = separation(similarity, groups);
    expect(found?.within).toBeGreaterThan((found?.across ?? 1) + 0.1);
    expect(found?.neighbours).toBeGreaterThan(0.95);
  });

  it('tells groups by chance from groups', () => {
    const byHalves = groups.map((_, point) => (point < 45 ? 'a' : 'b'));
    const found = separation(similarity, byHalves);
    expect(Math.abs((found?.neighbours ?? 0) - (found?.chance ?? 1))).toBeLessThan(4 * (found?.chanceSpread ?? 0));
    // 44 of the 89 others belong to the point's own half.
    expect(found?.chance).toBeCloseTo(44 / 89, 1);
  });

  it('leaves out points without a group, and says nothing of one group or of single points', () => {
    const some = groups.map((group, point) => (point % 2 === 0 ? group : null));
    expect(separation(similarity, some)?.neighbours).toBeGreaterThan(0.9);
    expect(
      separation(
        similarity,
        groups.map(() => 'a'),
      ),
    ).toBeNull();
    expect(
      separation(
        similarity,
        groups.map((_, point) => String(point)),
      ),
    ).toBeNull();
  });
});
