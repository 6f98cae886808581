/**
 * The likeliest continuation and the leads of its tokens against transformers (float32, the same dequantised weights), and the ways of
 * computing it against each other, on the machine that runs the test.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repeat } from '../../src/analysis/repeat/repeat';
import type { RunningModel } from '../../src/inference/loadModel';
import type { PromptInput } from '../../src/protocol/model';
import { loadBundled } from './bundledModel';

interface RepeatCase {
  name: string;
  text: string | null;
  messages: { role: string; content: string }[] | null;
  /** Maximum number of tokens of the continuation. */
  tokens: number;
  ids: number[];
  /** The second likeliest id at each step. */
  seconds: number[];
  gaps: number[];
  /** The lead of the second likeliest over the third. */
  secondGaps: number[];
}

const file = join(__dirname, '..', 'fixtures', 'reference', 'repeat.json');
const cases: RepeatCase[] = JSON.parse(readFileSync(file, 'utf8'));

let running: RunningModel;

beforeAll(async () => {
  running = await loadBundled();
});

afterAll(() => running.release());

function inputOf({ text, messages }: RepeatCase): PromptInput {
  if (messages === null) return { kind: 'raw', file: null, text: text ?? '', pieces: [] };
  return { kind: 'chat', file: null, messages: messages.map((message) => ({ ...message, pieces: [] })) };
}

describe.each(cases.map((one) => [one.name, one] as const))('%s', (_, reference) => {
  it('has the tokens and leads of transformers, and ways that agree', async () => {
    const prompt = await running.checkpoint.prompt(inputOf(reference));
    const ids = prompt.tokens.map(({ id }) => id);
    const result = await repeat(running.decoder, ids, { maxTokens: reference.tokens, runs: 2 });

    expect(result.steps.map(({ id }) => id)).toEqual(reference.ids);
    expect(result.steps.map(({ position }) => position)).toEqual(reference.ids.map((_, step) => ids.length + step));
    result.steps.forEach(({ gap, second }, step) => {
      // Differences of two log-probabilities are compared within 4e-3.
      expect(Math.abs(gap - reference.gaps[step]), `step ${step}: ${gap} for ${reference.gaps[step]}`).toBeLessThan(
        4e-3,
      );
      if (reference.secondGaps[step] > 4e-3) expect(second.id).toBe(reference.seconds[step]);
    });
    expect(result.finish).toBe(reference.ids.length < reference.tokens ? 'stop' : 'length');

    // float32 sums in another order give a small difference; in the same order they give none.
    for (const { name, logits, logprob, itself } of result.ways) {
      expect(itself, name).toMatchObject({ differing: 0, logits: 0, logprob: 0 });
      if (name === 'again') expect([logits, logprob]).toEqual([0, 0]);
      else expect(logits, name).toBeLessThan(1e-3);
    }
    expect(result.logits).toBeGreaterThan(0);
    expect(result.parts).toBeNull();
    expect(result.steps.map(({ fragile }) => fragile)).toEqual(result.steps.map(({ gap }) => gap < 2 * result.logits));
  });
});
