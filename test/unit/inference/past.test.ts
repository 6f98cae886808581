/** Keys and values of a prefix: views and growth in place never change what another past of the same memory holds. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyValuePast, type PastShape } from '../../../src/inference/past';

const shape: PastShape = { layers: 2, groups: 2, channels: 3 };
const kinds = ['keys', 'values'] as const;

/** The naive counterpart: a list for each batch row, with a number for each position, from which every key and value is made. */
type Positions = number[][];

const valueAt = (kind: string, layer: number, group: number, channel: number, token: number): number =>
  (kind === 'keys' ? 1 : -1) * (token * 100 + layer * 50 + group * 10 + channel + 1);

/** [batch, G, tokens, C] as the graph returns them. */
function fresh(tokens: Positions) {
  return (kind: 'keys' | 'values', layer: number): Float32Array =>
    Float32Array.from(
      tokens.flatMap((row) =>
        Array.from({ length: shape.groups }, (_, group) =>
          row.flatMap((token) =>
            Array.from({ length: shape.channels }, (_, channel) => valueAt(kind, layer, group, channel, token)),
          ),
        ).flat(),
      ),
    );
}

function extend(past: KeyValuePast, tokens: Positions): KeyValuePast {
  return past.extended(tokens.length, tokens[0].length, fresh(tokens));
}

/** Throws unless the past holds exactly these positions, both packed and with spare room. */
function expectHolds(past: KeyValuePast, positions: Positions): void {
  expect([past.batch, past.length]).toEqual([positions.length, positions[0].length]);
  for (const kind of kinds) {
    for (let layer = 0; layer < shape.layers; layer++) {
      const packed = past.feed(kind, layer, false);
      expect(packed.dims).toEqual([past.batch, shape.groups, past.length, shape.channels]);
      expect(packed.data).toEqual(fresh(positions)(kind, layer));
      const spare = past.feed(kind, layer, true);
      expect(spare.dims).toEqual([past.batch, shape.groups, past.capacity, shape.channels]);
      const rowFloats = past.capacity * shape.channels;
      const held = Array.from({ length: past.batch * shape.groups }, (_, row) =>
        Array.from(spare.data.subarray(row * rowFloats, row * rowFloats + past.length * shape.channels)),
      );
      expect(Float32Array.from(held.flat())).toEqual(packed.data);
    }
  }
}

const start = (...tokens: number[]): KeyValuePast => extend(KeyValuePast.empty(shape), [tokens]);

describe('a past', () => {
  it('starts empty and feeds nothing', () => {
    const empty = KeyValuePast.empty(shape);
    expect([empty.length, empty.batch]).toEqual([0, 1]);
    expect(empty.feed('keys', 0, false)).toEqual({ data: new Float32Array(0), dims: [1, 2, 0, 3] });
  });

  it('grows in place as long as it is the tip of its memory', () => {
    const first = extend(start(1, 2, 3), [[4]]);
    const second = extend(first, [[5]]);
    expect(second.feed('keys', 1, true).data).toBe(first.feed('keys', 1, true).data);
    expectHolds(first, [[1, 2, 3, 4]]);
    expectHolds(second, [[1, 2, 3, 4, 5]]);
  });

  it('does not write over a branch that went on before it', () => {
    const stem = extend(start(1, 2), [[3]]);
    const left = extend(stem, [[4]]);
    const right = extend(stem, [[5]]);
    const back = extend(left.truncate(3), [[6]]);
    expectHolds(left, [[1, 2, 3, 4]]);
    expectHolds(right, [[1, 2, 3, 5]]);
    expectHolds(back, [[1, 2, 3, 6]]);
    expectHolds(stem, [[1, 2, 3]]);
  });

  it('grows past its spare room', () => {
    let past = start(0);
    const positions = [0];
    for (let token = 1; token < 150; token++) {
      past = extend(past, [[token]]);
      positions.push(token);
    }
    expectHolds(past, [positions]);
    expect(past.capacity).toBeLessThan(150 + 2 * 64);
  });

  it('of batch 1 becomes the beginning of every row of a batch', () => {
    const stem = start(1, 2);
    const batch = extend(stem, [[3], [4], [5]]);
    expectHolds(batch, [
      [1, 2, 3],
      [1, 2, 4],
      [1, 2, 5],
    ]);
    expectHolds(extend(batch, [[6], [7], [8]]), [
      [1, 2, 3, 6],
      [1, 2, 4, 7],
      [1, 2, 5, 8],
    ]);
    expectHolds(stem, [[1, 2]]);
  });

  it('cannot be cut to nothing, or to more than it has', () => {
    const past = start(1, 2);
    expect(() => past.truncate(0)).toThrow('a past of 2 has no first 0');
    expect(() => past.truncate(3)).toThrow(RangeError);
    expectHolds(past.truncate(2), [[1, 2]]);
  });
});

/** One step of a history: the past that it starts from and what is done with it. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('extend' as const), of: fc.nat(), tokens: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('truncate' as const), of: fc.nat(), length: fc.nat() }),
  fc.record({ kind: fc.constant('batch' as const), of: fc.nat(), tokens: fc.integer({ min: 1, max: 4 }) }),
);

it('every past of any history still holds what it held when it was made', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const made: { past: KeyValuePast; positions: Positions }[] = [{ past: start(1), positions: [[1]] }];
      let token = 2;
      const tokens = (rows: number, count: number): Positions =>
        Array.from({ length: rows }, () => Array.from({ length: count }, () => token++));
      for (const one of steps) {
        const { past, positions } = made[one.of % made.length];
        if (one.kind === 'truncate') {
          const length = 1 + (one.length % past.length);
          made.push({ past: past.truncate(length), positions: positions.map((row) => row.slice(0, length)) });
          continue;
        }
        const rows = one.kind === 'batch' && past.batch === 1 ? 3 : past.batch;
        const added = tokens(rows, one.tokens);
        const before = rows === past.batch ? positions : added.map(() => positions[0]);
        made.push({ past: extend(past, added), positions: before.map((row, b) => [...row, ...added[b]]) });
      }
      for (const { past, positions } of made) expectHolds(past, positions);
    }),
    { numRuns: 150 },
  );
});
