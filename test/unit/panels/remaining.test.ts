import { describe, expect, it, vi } from 'vitest';
import type { ViewState } from '../../../src/protocol/view';
import { Remaining } from '../../../webview/panels/states/remaining';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));

const running = (done: number, total: number, elapsedMs: number): ViewState<unknown> => ({
  kind: 'running',
  previous: null,
  progress: { stage: 'running', done, total, unit: 'tokens' },
  elapsedMs,
});

/** A pass in which each token takes longer than the one before: seconds until so many of 7,861 tokens are done. */
const seconds = (done: number) => 291 * ((done + done ** 2 / 6400) / (7861 + 7861 ** 2 / 6400));

describe('the time that is left', () => {
  it('follows a pass that slows down, within a third from a tenth on', () => {
    const remaining = new Remaining();
    for (let done = 128; done < 7861; done += 128) {
      const at = seconds(done);
      const left = (remaining.ms(running(done, 7861, at * 1000)) ?? Number.NaN) / 1000;
      if (done < 786) continue;
      expect(left, `after ${done} tokens`).toBeGreaterThan((291 - at) * 0.67);
      expect(left, `after ${done} tokens`).toBeLessThan((291 - at) * 1.33 + 1);
    }
  });

  it('is the share that is left of a steady run', () => {
    const remaining = new Remaining();
    for (const done of [10, 20, 30]) remaining.ms(running(done, 100, done * 100));
    expect(remaining.ms(running(40, 100, 4000))).toBeCloseTo(6000, 0);
    expect(remaining.words(running(40, 100, 4000))).toBe('6.0 s left');
  });

  it('falls while nothing arrives', () => {
    const remaining = new Remaining();
    remaining.ms(running(40, 100, 4000));
    expect(remaining.ms(running(40, 100, 5000))).toBeCloseTo(5000, 0);
  });

  it.each([
    ['at the end', 27, 27, 5200],
    ['in the last second', 99, 100, 9900],
    ['too early', 3, 100, 9900],
    ['in the first moments', 50, 100, 900],
  ])('is not told %s', (_, done, total, elapsedMs) => {
    expect(new Remaining().words(running(done, total, elapsedMs))).toBe('');
  });

  it('begins anew with another run', () => {
    const remaining = new Remaining();
    remaining.ms(running(90, 100, 90_000));
    expect(remaining.ms(running(50, 100, 5000))).toBeCloseTo(5000, 0);
    expect(remaining.ms({ kind: 'empty' })).toBeNull();
  });
});
