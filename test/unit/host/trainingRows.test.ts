import { describe, expect, it } from 'vitest';
import { trainingRows } from '../../../src/host/session/trainingRows';
import type { JudgedStatement, ProbeCard } from '../../../src/protocol/insides';

/** The first three rows of the bundled probe's map, rounded as its file is. */
const card = {
  map: { x: [-13.631, -13.679, 10.526], y: [-0.91566, -1.3664, -0.6342], label: [], negated: [], topic: [] },
} as unknown as ProbeCard;
const at = (x: number, y: number) => ({ x, y }) as JudgedStatement;

describe('statements that a probe was trained on', () => {
  it('are known by their place on its map, to the digits that the file keeps', () => {
    const statements = [at(-13.63142, -0.915661), at(10.52596, -0.634196), at(-13.63142, -1.3664), at(0, 0)];
    expect(trainingRows({ card, statements })).toBe(2);
  });

  it('are not those that only lie near one: the nearest foreign statement measured was .13 away', () => {
    expect(trainingRows({ card, statements: [at(-13.5, -0.91566), at(-13.631, -1.046)] })).toBe(0);
  });

  it('are none where the map is empty', () => {
    const empty = { map: { x: [], y: [], label: [], negated: [], topic: [] } } as unknown as ProbeCard;
    expect(trainingRows({ card: empty, statements: [at(0, 0)] })).toBe(0);
  });
});
