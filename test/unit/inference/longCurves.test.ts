/** Saliency of a long prompt on a tiny random llama: its curves keep to the limit, report that they do, and survive a cancel whole. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SaliencyResult } from '../../../src/analysis/saliency/contract';
import { type SaliencyOptions, saliency } from '../../../src/analysis/saliency/saliency';
import { tokenLimit } from '../../../src/analysis/saliency/saliencyPlan';
import type { Model, Pass } from '../../../src/analysis/shared/model';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import type { Prompt } from '../../../src/protocol/model';
import { decoderOf, type TestDecoder } from '../../fixtures/decoderOf';
import { watched } from '../../fixtures/saliencyAsked';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { writeTinyLlama } from '../../fixtures/tinyGguf';

const folder = temporaryFolder();
let tiny: TestDecoder;
let prompt: Prompt;

beforeAll(async () => {
  const checkpoint = await openCheckpoint(writeTinyLlama(folder, { context: 2048 }));
  tiny = await decoderOf(checkpoint, folder);
  const text = Array.from({ length: 60 }, (_, line) => `${line} the cat sat on a tin`).join('. ');
  prompt = await checkpoint.prompt({ kind: 'raw', file: null, text, pieces: [] });
});

afterAll(() => tiny.release());

/** A model as slow as a machine of which nothing is known yet; it counts the tokens it runs. */
function slow(): { model: Model; tokens: () => number } {
  let tokens = 0;
  const run = (pass: Pass, signal?: AbortSignal) => {
    tokens += pass.ids.length * pass.ids[0].length;
    return tiny.decoder.run(pass, signal);
  };
  const model: Model = Object.create(tiny.decoder, { run: { value: run }, tokensPerSecond: { value: () => 0 } });
  return { model, tokens: () => tokens };
}

const options: SaliencyOptions = {
  ...{ by: 'token', scope: 'all', operator: 'knockout', ranges: [], replacement: 3 },
  ...watched,
  target: { text: 'a', contrast: 'b' },
  methods: ['attention', 'input', 'norm'],
};

function run(model: Model, more: Partial<SaliencyOptions>) {
  const ids = prompt.tokens.map(({ id }) => id);
  const ground = { model, differentiable: tiny.gradients, prompt, ids, known: null };
  return saliency(ground, { ...options, ...more });
}

const judged = (result: SaliencyResult) => result.methods.filter(({ faithfulness }) => faithfulness !== null);

describe('the curves of a prompt of more than a thousand tokens', () => {
  it('keep to the limit in larger steps, from end to end, beside five random orders, and say so from the first', async () => {
    const { model, tokens } = slow();
    let before = 0;
    const warned: unknown[] = [];
    const result = await run(model, {
      onStep: (snapshot) => {
        const step = snapshot();
        warned.push(step.warnings.find(({ kind }) => kind === 'fewerSteps'));
        // This is the last moment before a curve is read: every score is known.
        if (step.methods.every(({ scores }) => !scores.includes(null)) && before === 0) before = tokens();
      },
    });
    expect(prompt.tokens.length).toBeGreaterThan(1000);
    expect(judged(result)).toHaveLength(3);
    for (const { faithfulness } of result.methods) {
      expect(faithfulness?.fractions).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
      expect(faithfulness?.random.orders).toBeGreaterThanOrEqual(5);
      expect(faithfulness?.mostFirst[0]).toBeCloseTo(result.target.logprob - (result.target.contrast?.logprob ?? 0), 4);
      expect(faithfulness?.mostFirst[5]).toBe(faithfulness?.leastFirst[5]);
    }
    const told = { kind: 'fewerSteps', asked: 10, used: 5 };
    expect(result.warnings).toContainEqual(told);
    expect(new Set(warned.map((warning) => JSON.stringify(warning)))).toEqual(new Set([JSON.stringify(told)]));
    // The margin allows for passes that leave out 16 tokens more or fewer.
    expect(tokens() - before).toBeLessThan(1.1 * tokenLimit(0));
    expect(tokens() - before).toBeGreaterThan(tokenLimit(0) / 3);
  });

  it('are as fine as any where the machine reads them in the same time', async () => {
    const { model } = slow();
    const result = await run(Object.create(model, { tokensPerSecond: { value: () => 10_000 } }), {
      methods: ['attention'],
    });
    expect(result.methods[0].faithfulness?.fractions).toHaveLength(11);
    expect(result.warnings.some(({ kind }) => kind === 'fewerSteps')).toBe(false);
  });

  it('stay whole or away when the run is cancelled among them, that of the first method first', async () => {
    const controller = new AbortController();
    let last: SaliencyResult | null = null;
    let read = 0;
    const running = run(slow().model, {
      signal: controller.signal,
      onStep: (snapshot, done, total) => {
        last = snapshot();
        expect(done).toBeLessThanOrEqual(total);
        // The run is aborted a few passes into the second curve.
        if (judged(last).length > 0 && ++read > 3) controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const kept = last as unknown as SaliencyResult;
    expect(judged(kept).map(({ method }) => method)).toEqual(['attention']);
    expect(judged(kept)[0].faithfulness?.random.orders).toBeGreaterThanOrEqual(5);
    expect(kept.complete).toBe(false);
  });
});
