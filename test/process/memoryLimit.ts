/**
 * The limit on the engine's memory for a prompt of about 1,000 tokens with the bundled model: the design allows 1.2 GB. Linux reports
 * the largest resident size that a process has had, and resets it on request; weights that are read through a mapped file count.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, raw, words } from './forkEngine';

const limitBytes = 1.2e9;
export const text = words(820);
export const prompt = raw(text);
/** Limit on a busy machine; on an idle one all tests together take less than this. */
export const patience = 480_000;

function peakBytes({ child }: ForkedEngine): number {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
  if (!peak) throw new Error('the system does not tell the peak');
  return Number(peak[1]) * 1024;
}

/** Resets the peak to the current size. */
const forgetPeak = ({ child }: ForkedEngine) => writeFileSync(`/proc/${child.pid}/clear_refs`, '5');

/** The tests in `body` share one engine, whose peak each of them must keep below the limit. */
export function withinMemory(body: (engine: () => ForkedEngine) => void): void {
  describe.skipIf(platform() !== 'linux')('a prompt of about 1,000 tokens (its peak is told by Linux alone)', () => {
    let engine: ForkedEngine;
    beforeAll(async () => {
      engine = forkEngine();
      await engine.channel.request('load', engineOptions());
      forgetPeak(engine);
    }, patience);
    afterEach(() => {
      expect(peakBytes(engine)).toBeLessThan(limitBytes);
      forgetPeak(engine);
    });
    afterAll(endEngines);
    body(() => engine);
  });
}
