/**
 * The composition behind the Saliency tab on the bundled model: for each method the numbers that transformers and autograd give for it
 * alone (tolerances of numbers.md), and attention's own methods recomputed from all of the attention weights.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanAttention } from '../../src/analysis/attention/attention';
import { attentionGradient } from '../../src/analysis/saliency/attentionGradient';
import type { SaliencyMethod, SaliencyResult } from '../../src/analysis/saliency/contract';
import { saliency } from '../../src/analysis/saliency/saliency';
import type { RunningModel } from '../../src/inference/loadModel';
import type { PromptInput } from '../../src/protocol/model';
import { watched } from '../fixtures/saliencyAsked';
import { resolveTarget } from '../unit/analysis/idsAlone';
import { loadBundled, promptOf, type ReferenceCase, referenceCases } from './bundledModel';

interface SaliencyCase extends ReferenceCase {
  target: number;
  occlusion_knockout: (number | null)[];
  grad_x_input: number[];
  grad_l2: number[];
}

const isCase = (one: ReferenceCase): one is SaliencyCase => 'occlusion_knockout' in one && 'grad_x_input' in one;
const [reference] = referenceCases.filter(isCase);
const methods: SaliencyMethod[] = ['occlusion', 'input', 'norm', 'attention', 'rollout', 'attentionGradient'];

let running: RunningModel;
let result: SaliencyResult;

beforeAll(async () => {
  running = await loadBundled();
  result = await explained(methods);
});
afterAll(() => running.release());

async function explained(wanted: readonly SaliencyMethod[], input = promptOf(reference)): Promise<SaliencyResult> {
  const prompt = await running.checkpoint.prompt(input);
  const ids = prompt.tokens.map(({ id }) => id);
  const ground = { model: running.decoder, differentiable: running.gradients, prompt, ids, known: null };
  const how = { by: 'token', scope: 'all', operator: 'knockout', replacement: 216, ranges: [], target: {} } as const;
  const all = { ...how, ...watched };
  return saliency(ground, { ...all, methods: wanted });
}

function scoresOf(method: SaliencyMethod): number[] {
  const found = result.methods.find((one) => one.method === method);
  expect(found?.refused).toBeNull();
  return found?.scores as number[];
}

function largestDifference(found: readonly number[], expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  return Math.max(...found.map((value, index) => Math.abs(value - expected[index])));
}

const relative = (found: readonly number[], expected: readonly number[]) =>
  largestDifference(found, expected) / Math.max(...expected.map(Math.abs));

it('explains the likeliest token, wholly', () => {
  expect(result.target.ids).toEqual([reference.target]);
  expect([result.complete, result.units.length]).toEqual([true, reference.ids.length]);
});

describe('has the numbers of each method alone', () => {
  it('occlusion', () => {
    const last = reference.ids.length - 1;
    expect([result.unscored, scoresOf('occlusion')[last], reference.occlusion_knockout[last]]).toEqual([
      [last],
      null,
      null,
    ]);
    const scored = reference.occlusion_knockout.slice(0, last) as number[];
    expect(largestDifference(scoresOf('occlusion').slice(0, last), scored)).toBeLessThan(1e-3);
  });

  it.each<[SaliencyMethod, 'grad_x_input' | 'grad_l2']>([
    ['input', 'grad_x_input'],
    ['norm', 'grad_l2'],
  ])('%s', (method, name) => {
    expect(relative(scoresOf(method), reference[name])).toBeLessThan(1e-3);
  });
});

it('tries integrated gradients up to 512 points, and where they never add up reads nothing off them', async () => {
  const lineEnd: PromptInput = { kind: 'raw', file: null, text: '\n', pieces: [] };
  const { methods: found, agreement } = await explained(['input', 'integrated'], lineEnd);
  const [, { scores, completeness, faithfulness }] = found;
  // Torch's sum is -6.93 at 32 points, while the target changes by 9.96.
  expect(completeness).toMatchObject({ steps: 512, baseline: 'zero', reliable: false });
  expect(completeness?.difference).toBeCloseTo(9.959, 2);
  expect(completeness?.sum).toBeLessThan(1);
  expect(scores).toEqual([completeness?.sum]);
  expect(faithfulness).toBeNull();
  expect(agreement[0][1]).toBeNull();
});

describe('attention', () => {
  it('and rollout follow from all of the weights', async () => {
    const { decoder } = running;
    const { ids } = reference;
    const { layers, heads } = decoder.info;
    const T = ids.length;
    const every = Array.from({ length: layers }, (_, layer) => layer);
    const mean = new Array<number>(T).fill(0);
    let product = ids.map((_, q) => ids.map((_, k) => Number(q === k)));
    await scanAttention(decoder, ids, every, ({ data, first, queries }) => {
      // The prompt is short enough for one pass, so every block arrives whole, the lowest first.
      expect([first, queries]).toEqual([0, T]);
      const weight = (q: number, k: number) => {
        let sum = 0;
        for (let head = 0; head < heads; head++) sum += data[(head * T + q) * T + k];
        return sum / heads;
      };
      for (let k = 1; k < T; k++) mean[k] += weight(T - 1, k) / layers;
      const block = ids.map((_, q) => ids.map((_, k) => weight(q, k) / 2 + Number(q === k) / 2));
      product = block.map((row) => ids.map((_, k) => row.reduce((sum, share, j) => sum + share * product[j][k], 0)));
    });
    expect(largestDifference(scoresOf('attention'), mean)).toBeLessThan(1e-5);
    expect(largestDifference(scoresOf('rollout'), product[T - 1])).toBeLessThan(1e-5);
    expect(scoresOf('rollout').reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
  });

  it('times its gradient adds up over the heads as over the tokens', async () => {
    const target = await resolveTarget(running.decoder, reference.ids, {});
    const { perToken, perHead } = await attentionGradient(running.decoder.info, running.gradients, target);
    expect(relative(perToken, scoresOf('attentionGradient'))).toBeLessThan(1e-6);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(perHead.flat())).toBeCloseTo(sum(perToken), 3);
  });
});

it('every curve begins at the target and all end alike', () => {
  const ends = result.methods.map(({ faithfulness }) => faithfulness?.mostFirst.at(-1));
  expect(new Set(ends).size).toBe(1);
  for (const { faithfulness } of result.methods) {
    expect(faithfulness?.mostFirst[0]).toBeCloseTo(result.target.logprob, 3);
    expect(faithfulness?.random.orders).toBeGreaterThanOrEqual(5);
  }
});
