/**
 * What the engine takes at most for a prompt of about 1,000 tokens with the bundled model: the design allows 1.2 GB. Linux tells the
 * largest resident size a process has had, and forgets it when asked; weights that are read where their file is mapped count.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, raw, words } from './forkEngine';

const limitBytes = 1.2e9;
export const text = words(820);
export const prompt = raw(text);
/** On a busy machine; idle, all of it takes less than one of these. */
export const patience = 480_000;

function peakBytes({ child }: ForkedEngine): number {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
  if (!peak) throw new Error('the system does not tell the peak');
  return Number(peak[1]) * 1024;
}

/** From now on the peak is what comes. */
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
