import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pace } from '../../../src/inference/pace';

describe('partial results', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are told at once, then at most every tenth of a second, the last of those that waited', () => {
    const told: [number, string][] = [];
    const started = performance.now();
    const pace = new Pace();
    const offer = (name: string) => pace.offer(() => told.push([Math.round(performance.now() - started), name]));
    offer('first');
    for (const name of ['second', 'third']) {
      vi.advanceTimersByTime(30);
      offer(name);
    }
    vi.advanceTimersByTime(500);
    offer('fourth');
    expect(told).toEqual([
      [0, 'first'],
      [100, 'third'],
      [560, 'fourth'],
    ]);
  });

  it('are not told after the end', () => {
    const told: string[] = [];
    const pace = new Pace();
    pace.offer(() => told.push('first'));
    pace.offer(() => told.push('second'));
    pace.stop();
    vi.advanceTimersByTime(1000);
    expect(told).toEqual(['first']);
  });
});
