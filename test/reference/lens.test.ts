/** The logit lens at the last position of the bundled model, against transformers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lensTable } from '../../src/analysis/logitLens/lensTable';
import type { RunningModel } from '../../src/inference/loadModel';
import { loadBundled, type ReferenceCase, referenceCases } from './bundledModel';

interface LensCase extends ReferenceCase {
  /** For layers 0 … L: the likeliest id, its log-probability, and the log-probability of the last layer's likeliest id. */
  logit_lens_last: [id: number, logprob: number, target: number][];
}

const cases = referenceCases.filter((one): one is LensCase => 'logit_lens_last' in one);

let running: RunningModel;

beforeAll(async () => {
  running = await loadBundled();
});

afterAll(() => running.release());

it('finds cases', () => expect(cases.length).toBeGreaterThan(10));

it.each(cases.map((one) => [one.name, one] as const))(
  '%s: every layer',
  async (_, { ids, logit_lens_last: expected }) => {
    const { cells } = await lensTable(running.decoder, ids, { positions: [ids.length - 1], top: 2, follow: [] });
    const [layers] = cells;
    expect(layers).toHaveLength(expected.length);
    layers.forEach(({ top, follow: [own] }, layer) => {
      const [id, logprob, followed] = expected[layer];
      expect(Math.abs(top[0].logprob - logprob), `layer ${layer}`).toBeLessThan(1e-3);
      expect(Math.abs(own.logprob - followed), `layer ${layer}`).toBeLessThan(1e-3);
      // Two ids whose log-probabilities differ by less than 1e-3 may swap places.
      if (top[0].logprob - top[1].logprob > 1e-3) expect(top[0].id).toBe(id);
    });
  },
);

it.each(cases.map((one) => [one.name, one] as const))(
  '%s: the last column of the table',
  async (_, { ids, logit_lens_last: expected }) => {
    const last = ids.length - 1;
    const positions = last > 0 ? [0, last] : [last];
    const follow = [expected[expected.length - 1][0]];
    const { cells } = await lensTable(running.decoder, ids, { positions, top: 1, follow });
    const column = cells[cells.length - 1];
    expect(column).toHaveLength(expected.length);
    column.forEach((cell, layer) => {
      const [, logprob, followed] = expected[layer];
      expect(Math.abs(cell.top[0].logprob - logprob), `layer ${layer}`).toBeLessThan(1e-3);
      expect(Math.abs(cell.follow[0].logprob - followed), `layer ${layer}`).toBeLessThan(1e-3);
    });
  },
);
