/** What is explained: default, text, span and contrast, each a sum of log-probabilities that a plain pass gives as well. */
import { describe, expect, it } from 'vitest';
import { resolveTarget, targetResult } from '../../../src/analysis/target';
import { FakeModel, info, logSoftmax } from './fakeModel';

const model = new FakeModel();
const prompt = model.tokenize('the dog sat');

function logprob(before: readonly number[], ids: readonly number[]): number {
  return ids.reduce((sum, id, at) => sum + logSoftmax(model.logits([...before, ...ids.slice(0, at)]))[id], 0);
}

describe('a target', () => {
  it('is the most likely next token when nothing is said', async () => {
    const target = await resolveTarget(model, prompt, {});
    const logits = model.logits(prompt);
    const best = logits.indexOf(Math.max(...logits));
    expect(target).toMatchObject({ kind: 'next', before: prompt.length });
    expect(target.sides).toHaveLength(1);
    expect(target.sides[0]).toMatchObject({ targets: [best], input: prompt, rows: [prompt.length - 1], weight: 1 });
    expect(target.value).toBeCloseTo(logprob(prompt, [best]), 5);
  });

  it('is the sum over a text, teacher-forced', async () => {
    const ids = model.tokenize(' on');
    const { kind, value, sides } = await resolveTarget(model, prompt, { text: ' on' });
    expect(kind).toBe('text');
    expect(sides[0].input).toEqual([...prompt, ...ids.slice(0, 2)]);
    expect(sides[0].rows).toEqual([10, 11, 12]);
    expect(value).toBeCloseTo(logprob(prompt, ids), 5);
  });

  it('is a span of the prompt, given only what stands before it', async () => {
    const target = await resolveTarget(model, prompt, { span: [4, 7] });
    expect(target).toMatchObject({ kind: 'span', before: 4 });
    expect(target.sides[0]).toMatchObject({ text: 'dog', rows: [3, 4, 5], input: prompt.slice(0, 6) });
    expect(target.value).toBeCloseTo(logprob(prompt.slice(0, 4), prompt.slice(4, 7)), 5);
  });

  it('may be contrasted: both are reported, their difference is explained', async () => {
    const target = await resolveTarget(model, prompt, { text: ' on', contrast: ' by it' });
    const [a, b] = [' on', ' by it'].map((text) => logprob(prompt, model.tokenize(text)));
    expect(target.value).toBeCloseTo(a - b, 4);
    expect(target.sides.map(({ weight }) => weight)).toEqual([1, -1]);
    const result = targetResult(target);
    expect(result).toMatchObject({ text: ' on', position: 11, contrast: { text: ' by it' } });
    expect(result.logprob).toBeCloseTo(a, 4);
    expect(result.contrast?.logprob).toBeCloseTo(b, 4);
  });

  it('takes what is known of the prompt, and of a longer text too', async () => {
    const ids = [...prompt, ...model.tokenize(' on it')];
    const { past } = await model.run({ ids: [ids], rows: [0], want: { past: true } });
    const known = past ? { ids, past } : null;
    const before = model.passes.length;
    const target = await resolveTarget(model, prompt, { text: ' on' }, { known });
    expect(model.passes.slice(before)).toEqual([{ batch: 1, tokens: 3, past: 10 }]);
    expect(target.value).toBeCloseTo(logprob(prompt, model.tokenize(' on')), 5);
  });
});

describe('what cannot be explained', () => {
  it.each([
    ['a text of no token', prompt, { text: '台' }, 'targetEmpty'],
    ['a contrast of no token', prompt, { contrast: '' }, 'targetEmpty'],
    ['the first token', prompt, { span: [0, 1] as [number, number] }, 'outOfRange'],
    ['what stands after the end', prompt, { span: [9, 12] as [number, number] }, 'outOfRange'],
    ['an empty span', prompt, { span: [4, 4] as [number, number] }, 'outOfRange'],
    ['nothing', [], {}, 'emptyPrompt'],
    ['more than fits', Array.from({ length: info.context }, () => 1), { text: 'ab' }, 'promptTooLong'],
  ])('(%s) is refused', async (_, ids, spec, code) => {
    await expect(resolveTarget(model, ids, spec)).rejects.toMatchObject({ problem: { code } });
  });

  it('does not begin when it is cancelled before', async () => {
    const cancelled = resolveTarget(model, prompt, {}, { signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });
});
