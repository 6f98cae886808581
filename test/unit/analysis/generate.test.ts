import { describe, expect, it } from 'vitest';
import type { GeneratedStep, GenerateOptions } from '../../../src/analysis/generate/contract';
import { generate } from '../../../src/analysis/generate/generate';
import { extendRun } from '../../../src/analysis/probabilities/probabilities';
import { ProblemError } from '../../../src/protocol/problem';
import { endId, entropyOf, FakeModel, info, logSoftmax, lowerHalf, upperHalf } from './fakeModel';

const greedy: GenerateOptions = {
  maxTokens: 6,
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 0,
  top: 3,
  prefix: [],
};
const prompt = [4, 8, 15];
/** A model that says `script` after a prompt of three tokens. */
const scripted = (script: readonly number[]) =>
  new FakeModel((history) => {
    const logits = new Array(info.vocabulary).fill(0);
    logits[script[history.length - prompt.length] ?? endId] = 9;
    return logits;
  });

describe('a continuation of part of the prompt', () => {
  it('stands on the tokens that are kept and the prefix', async () => {
    const model = new FakeModel();
    const whole = await generate(model, [4, 9], greedy);
    const part = await generate(model, prompt, { ...greedy, keep: 1, prefix: [9] });
    expect(part.result).toEqual(whole.result);
  });

  it.each([
    ['a prompt as long as the context', info.context, []],
    ['a prompt and a prefix', info.context - 1, [2]],
  ])('%s: is refused before any pass where no token fits', async (_, length, prefix) => {
    const model = new FakeModel();
    const full = Array.from({ length }, () => 1);
    await expect(generate(model, full, { ...greedy, prefix })).rejects.toThrow(
      'The prompt has 2,000 + 1 tokens; this model takes at most 2,000.',
    );
    expect(model.passes).toEqual([]);
  });
});

describe('generation', () => {
  it('tells the place of the ids that are asked for at every step, and takes the same tokens', async () => {
    const plain = await generate(new FakeModel(), prompt, { ...greedy, maxTokens: 2 });
    const { result } = await generate(new FakeModel(), prompt, { ...greedy, maxTokens: 2, score: [endId, 7] });
    expect(result.tokens.map(({ id }) => id)).toEqual(plain.result.tokens.map(({ id }) => id));
    const history = [...prompt];
    for (const { id, scored } of result.tokens) {
      const logits = new FakeModel().logits(history);
      const logprob = logSoftmax(logits);
      expect(scored?.map((each) => each.id)).toEqual([endId, 7]);
      for (const each of scored ?? []) {
        expect(each.logprob).toBeCloseTo(logprob[each.id], 5);
        expect(each.rank).toBe(logits.filter((logit) => logit > logits[each.id]).length);
      }
      history.push(id);
    }
    expect(plain.result.tokens[0]).not.toHaveProperty('scored');
  });

  it('takes the likeliest token each time and reports its place in the raw distribution', async () => {
    const model = new FakeModel();
    const { result } = await generate(model, prompt, greedy);
    const ids = [...prompt];
    for (const token of result.tokens) {
      const logits = model.logits(ids);
      expect(token.id).toBe(logits.indexOf(Math.max(...logits)));
      expect(token.rank).toBe(0);
      expect(token.logprob).toBeCloseTo(logSoftmax(logits)[token.id], 5);
      expect(token.entropy).toBeCloseTo(entropyOf(logits), 5);
      expect(token.top.map((candidate) => candidate.id)[0]).toBe(token.id);
      expect(token.top).toHaveLength(3);
      ids.push(token.id);
    }
    expect(result.tokens).toHaveLength(6);
    expect(result.finish).toBe('length');
    expect(result.text).toBe(model.decode(ids.slice(prompt.length)));
  });

  it('stops at an end token, keeps it as a token and leaves it out of the text', async () => {
    const { result } = await generate(scripted([0, 1, endId, 2]), prompt, greedy);
    expect(result.tokens.map((token) => token.id)).toEqual([0, 1, endId]);
    expect(result).toMatchObject({ text: 'ab', finish: 'stop' });
  });

  it('streams only whole characters', async () => {
    const steps: GeneratedStep[] = [];
    const model = scripted([0, upperHalf, lowerHalf, 1]);
    const { result } = await generate(model, prompt, greedy, { onStep: (step) => steps.push(step) });
    expect(steps.map((step) => step.delta)).toEqual(['a', '', '二', 'b', '']);
    expect(result.text).toBe('a二b');
  });

  it('reports half a character at the end as what it is', async () => {
    const { result } = await generate(scripted([0, upperHalf]), prompt, { ...greedy, maxTokens: 2 });
    expect(result.text).toBe('a\uFFFD');
  });

  it('repeats with the same seed and reports ranks and log-probabilities without the temperature', async () => {
    const model = new FakeModel();
    const options = { ...greedy, temperature: 1.7, seed: 11, maxTokens: 20 };
    const first = await generate(model, prompt, options);
    expect((await generate(model, prompt, options)).result).toEqual(first.result);
    expect((await generate(model, prompt, { ...options, seed: 12 })).result.tokens).not.toEqual(first.result.tokens);
    const ids = [...prompt];
    for (const token of first.result.tokens) {
      const logits = model.logits(ids);
      expect(token.logprob).toBeCloseTo(logSoftmax(logits)[token.id], 5);
      expect(token.rank).toBe(logits.filter((z) => z > logits[token.id]).length);
      ids.push(token.id);
    }
    expect(first.result.tokens.some((token) => token.rank > 0)).toBe(true);
  });

  it('draws from the k likeliest only', async () => {
    const options = { ...greedy, temperature: 5, topK: 2, maxTokens: 30 };
    const { result } = await generate(new FakeModel(), prompt, options);
    for (const token of result.tokens) expect(token.rank).toBeLessThan(2);
  });

  it('counts the prompt as seen for the repetition penalty, also without sampling', async () => {
    const favourite = prompt[0];
    const model = new FakeModel(() => Array.from({ length: info.vocabulary }, (_, id) => (id === favourite ? 3 : 2)));
    const { result } = await generate(model, prompt, { ...greedy, maxTokens: 1, repetitionPenalty: 2 });
    expect(result.tokens[0].id).not.toBe(favourite);
    expect(result.tokens[0].rank).toBe(1);
  });

  it('continues after a prefix without repeating it, from what is known', async () => {
    const model = new FakeModel();
    const whole = await generate(model, prompt, greedy);
    const said = whole.result.tokens.map((token) => token.id);
    const run = await extendRun(model, null, prompt, { top: 1 });
    model.passes.length = 0;
    const branch = await generate(model, prompt, { ...greedy, prefix: said.slice(0, 2), maxTokens: 4 }, { known: run });
    expect(branch.result.tokens).toEqual(whole.result.tokens.slice(2));
    // Only the prefix is run; the prompt is not run again.
    expect(model.passes[0]).toEqual({ batch: 1, tokens: 1, past: prompt.length });
    expect(branch.known?.ids).toEqual([...prompt, ...said.slice(0, -1)]);
  });

  it("ends with the model's context", async () => {
    const model = new FakeModel();
    const long = Array.from({ length: info.context - 2 }, (_, t) => t % 20);
    const { result } = await generate(model, long, greedy);
    expect(result.tokens).toHaveLength(2);
    expect(result.finish).toBe('length');
  });

  it('refuses settings that make no sense, and nothing to continue', async () => {
    await expect(generate(new FakeModel(), prompt, { ...greedy, temperature: -1 })).rejects.toThrow('temperature');
    await expect(generate(new FakeModel(), [], greedy)).rejects.toThrowError(ProblemError);
  });

  it('stops when cancelled', async () => {
    const abort = new AbortController();
    const running = generate(new FakeModel(), prompt, greedy, { signal: abort.signal, onStep: () => abort.abort() });
    await expect(running).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });
});
