import { describe, expect, it } from 'vitest';
import type { ProbeCard } from '../../../../src/analysis/truth/contract';
import { trainingPlaces } from '../../../../src/analysis/truth/trainingPlaces';

/** Three rows of a probe's map, rounded as in its file. */
const card = {
  map: { x: [-13.631, -13.679, 10.526], y: [-0.91566, -1.3664, -0.6342], label: [], negated: [], topic: [] },
} as unknown as ProbeCard;
const at = (x: number, y: number) => ({ x, y });

describe('statements that a probe was trained on', () => {
  const isTrained = trainingPlaces(card);

  it('are known by their place on its map, to the digits that the file keeps', () => {
    const places = [at(-13.63142, -0.915661), at(10.52596, -0.634196), at(-13.63142, -1.3664), at(0, 0)];
    expect(places.map(isTrained)).toEqual([true, true, false, false]);
  });

  it('are not those that only lie near one', () => {
    expect([at(-13.5, -0.91566), at(-13.631, -1.046)].some(isTrained)).toBe(false);
  });

  it('are none where the map is empty', () => {
    const empty = { map: { x: [], y: [], label: [], negated: [], topic: [] } } as unknown as ProbeCard;
    expect(trainingPlaces(empty)(at(0, 0))).toBe(false);
  });
});
