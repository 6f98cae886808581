/**
 * Every number against transformers (float32, eager attention, the same dequantised weights). Tolerances are those of numbers.md:
 * log-probabilities 1e-3, attention 1e-4, hidden states 1e-3 of their norm.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../src/analysis/generate/generate';
import { extendRun, probabilities } from '../../src/analysis/probabilities/probabilities';
import type { Decoder } from '../../src/inference/decoder';
import type { RunningModel } from '../../src/inference/loadModel';
import { loadBundled, promptOf, type ReferenceCase, referenceCases } from './bundledModel';

const logTolerance = 1e-3;

let running: RunningModel;
let decoder: Decoder;

beforeAll(async () => {
  running = await loadBundled();
  decoder = running.decoder;
});

afterAll(() => running.release());

const greedyOptions = {
  maxTokens: 12,
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 1,
  top: 2,
  prefix: [],
};

describe.each(referenceCases.map((one) => [one.name, one] as const))('%s', (_, reference: ReferenceCase) => {
  it('has the same tokens', async () => {
    const prompt = await running.checkpoint.prompt(promptOf(reference));
    expect(prompt.rendered).toBe(reference.rendered);
    expect(prompt.tokens.map((token) => token.id)).toEqual(reference.ids);
  });

  it('has the same log-probabilities, ranks, entropies and next tokens', async () => {
    const result = await probabilities(decoder, reference.ids, { top: 10 });
    expect(result.logprob.length).toBe(reference.ids.length);
    result.logprob.forEach((value, t) => {
      expectClose(value, reference.token_logprob[t], logTolerance, `logprob ${t}`);
    });
    result.entropy.forEach((value, t) => {
      expectClose(value, reference.entropy[t], logTolerance, `entropy ${t}`);
    });
    expect(rankMismatches(result.rank, reference)).toEqual([]);
    expectClose(result.entropy.at(-1) ?? null, reference.next_entropy_nats, logTolerance, 'entropy after the last');
    const found = new Map(result.next.map(({ id, logprob }) => [id, logprob]));
    for (const [id, logprob] of reference.next_top.slice(0, 9)) {
      expectClose(found.get(id) ?? null, logprob, logTolerance, `next ${id}`);
    }
    expect(result.next[0].id).toBe(reference.next_top[0][0]);
  });

  it('has the same attention and hidden states', async () => {
    const layers = [...new Set(reference.attention_rows.map(([layer]) => layer))];
    const hidden = Object.keys(reference.hidden_last).map(Number);
    const { ids } = reference;
    const result = await decoder.run({ ids: [ids], rows: [], want: { attention: layers, hidden } });
    const { heads, width } = decoder.info;
    for (const [layer, head, query, weights] of reference.attention_rows) {
      const all = result.attention.get(layer) as Float32Array;
      expect(all.length).toBe(heads * ids.length ** 2);
      const row = all.subarray((head * ids.length + query) * ids.length, (head * ids.length + query + 1) * ids.length);
      weights.forEach((weight, key) => {
        expectClose(row[key], weight, 1e-4, `attention ${layer}.${head} [${query}, ${key}]`);
      });
      expect(Math.max(0, ...row.subarray(query + 1))).toBe(0);
    }
    for (const layer of hidden) {
      const last = (result.hidden.get(layer) as Float32Array).subarray(-width);
      const norm = Math.hypot(...last);
      reference.hidden_last[layer].forEach((value, d) => {
        expectClose(last[d], value, 1e-3 * norm, `hidden ${layer}[${d}]`);
      });
    }
  });

  it('continues greedily with the same tokens', async () => {
    const { result } = await generate(decoder, reference.ids, greedyOptions);
    const parted = result.tokens.findIndex((token, step) => token.id !== reference.greedy[step]);
    // Two candidates closer than twice the tolerance may swap places; the texts legitimately differ from there on.
    if (parted >= 0) expect(reference.greedy_gap[parted]).toBeLessThan(2 * logTolerance);
    else expect(result.tokens.length).toBeGreaterThan(0);
  });
});

describe('the same numbers whichever way they are computed', () => {
  const ids = referenceCases[0].ids;

  it('bit for bit from run to run', async () => {
    const [first, second] = [await decoder.run(everyRow(ids)), await decoder.run(everyRow(ids))];
    expect(second.logits).toEqual(first.logits);
  });

  it('alone and in a batch', async () => {
    const alone = await decoder.run(everyRow(ids));
    const other = [...ids].reverse();
    const rows = Array.from({ length: 3 * ids.length }, (_, row) => row);
    const batch = await decoder.run({ ids: [other, ids, other], rows, want: { logits: true } });
    const { vocabulary } = decoder.info;
    const own = (batch.logits as Float32Array).subarray(ids.length * vocabulary, 2 * ids.length * vocabulary);
    expect(largestDifference(own, alone.logits as Float32Array)).toBeLessThan(1e-4);
  });

  it('with a shared prefix for every row of a batch', async () => {
    const whole = await decoder.run(everyRow(ids));
    const cut = Math.floor(ids.length / 2);
    const { past } = await decoder.run({ ids: [ids.slice(0, cut)], rows: [], want: { past: true } });
    const rest = ids.slice(cut);
    const rows = Array.from({ length: 2 * rest.length }, (_, row) => row);
    const pass = { ids: [rest, rest], past, rows, want: { logits: true } };
    const { logits } = await decoder.run(pass);
    const expected = (whole.logits as Float32Array).subarray(cut * decoder.info.vocabulary);
    for (const half of [0, 1]) {
      const part = (logits as Float32Array).subarray(half * expected.length, (half + 1) * expected.length);
      expect(largestDifference(part, expected)).toBeLessThan(1e-4);
    }
  });

  it('after an edit as from the start', async () => {
    const before = await extendRun(decoder, null, ids, { top: 3 });
    const edited = [...ids.slice(0, -2), 260, ...ids.slice(-1), 260];
    const after = await extendRun(decoder, before, edited, { top: 3 });
    const fresh = await extendRun(decoder, null, edited, { top: 3 });
    expect(after.reused).toBeGreaterThan(0);
    expect(largestDifference(after.logprob.subarray(1), fresh.logprob.subarray(1))).toBeLessThan(1e-4);
    expect(largestDifference(after.entropy, fresh.entropy)).toBeLessThan(1e-4);
  });

  it('one token after another, in the 4-bit form of the weights, as in one pass', async () => {
    const whole = await decoder.run(everyRow(ids));
    const { vocabulary } = decoder.info;
    let { past } = await decoder.run({ ids: [ids.slice(0, 1)], rows: [], want: { past: true } });
    for (let t = 1; t < ids.length; t++) {
      const step = await decoder.run({ ids: [[ids[t]]], past, rows: [0], want: { past: true, logits: true } });
      past = step.past;
      const expected = (whole.logits as Float32Array).subarray(t * vocabulary, (t + 1) * vocabulary);
      expect(largestDifference(step.logits as Float32Array, expected)).toBeLessThan(1e-3);
    }
  });
});

const everyRow = (ids: number[]) => ({ ids: [ids], rows: ids.map((_, row) => row), want: { logits: true } });

function expectClose(actual: number | null, expected: number | null, tolerance: number, what: string): void {
  if (expected === null || actual === null) expect(actual, what).toBe(expected);
  else expect(Math.abs(actual - expected), `${what}: ${actual} against ${expected}`).toBeLessThanOrEqual(tolerance);
}

/** A rank may differ only through logits that lie closer together than the tolerance: by few places, and never at the top. */
function rankMismatches(rank: (number | null)[], reference: ReferenceCase): string[] {
  return rank.flatMap((value, t) => {
    const expected = reference.token_rank[t];
    if (value === expected) return [];
    if (value === null || expected === null) return [`${t}: ${value} against ${expected}`];
    const allowed = expected < 20 ? 1 : Math.ceil(expected * 0.002) + 1;
    return Math.abs(value - expected) <= allowed ? [] : [`${t}: ${value} against ${expected}`];
  });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} against ${b.length} numbers`);
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index])), 0);
}
