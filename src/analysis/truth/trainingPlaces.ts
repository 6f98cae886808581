/**
 * Which judged statements the probe was trained on: a verdict on those shows how well it remembers, not how well it judges. The probe's
 * file holds no texts, but every training statement's place on the card's map, and equal texts have equal places. Pure.
 */
import type { ProbeCard } from './contract';

/**
 * Relative to the largest coordinate. The file keeps five digits of a place, so rounding moves it by at most half as much; the nearest
 * places of other statements are a hundred times farther apart.
 */
const tolerance = 2e-4;

/** Whether a training statement is exactly at this place. */
export function trainingPlaces({ map }: Pick<ProbeCard, 'map'>): (place: { x: number; y: number }) => boolean {
  const places = map.x.map((x, index) => ({ x, y: map.y[index] })).sort((a, b) => a.x - b.x);
  const size = places.reduce((largest, { x, y }) => Math.max(largest, Math.abs(x), Math.abs(y)), 0);
  const near = size * tolerance;
  return ({ x, y }) => {
    for (let at = firstFrom(places, x - near); at < places.length && places[at].x <= x + near; at++)
      if (Math.abs(places[at].y - y) <= near) return true;
    return false;
  };
}

function firstFrom(places: readonly { x: number }[], least: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle].x < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
