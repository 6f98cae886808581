/** The targets (default, text, span and contrast), each a sum of log-probabilities that a plain pass gives as well. */
import { describe, expect, it } from 'vitest';
import { resolveTarget, targetResult } from '../../../src/analysis/shared/target';
import { FakeModel, info, logSoftmax } from './fakeModel';
import { promptOf, Spanning } from './spanningModel';

const model = new FakeModel();
const typed = promptOf('the dog sat');
const prompt = model.tokenize('the dog sat');

function logprob(before: readonly number[], ids: readonly number[]): number {
  return ids.reduce((sum, id, at) => sum + logSoftmax(model.logits([...before, ...ids.slice(0, at)]))[id], 0);
}

describe('a target', () => {
  it('is the most likely next token when nothing is said', async () => {
    const target = await resolveTarget(model, typed, {});
    const logits = model.logits(prompt);
    const best = logits.indexOf(Math.max(...logits));
    expect(target).toMatchObject({ kind: 'next', before: prompt.length });
    expect(target.sides).toHaveLength(1);
    expect(target.sides[0]).toMatchObject({ targets: [best], input: prompt, rows: [prompt.length - 1], weight: 1 });
    expect(target.value).toBeCloseTo(logprob(prompt, [best]), 5);
  });

  it('is the sum over a text, teacher-forced', async () => {
    const ids = model.tokenize(' on');
    const { kind, value, sides } = await resolveTarget(model, typed, { text: ' on' });
    expect(kind).toBe('text');
    expect(sides[0].input).toEqual([...prompt, ...ids.slice(0, 2)]);
    expect(sides[0].rows).toEqual([10, 11, 12]);
    expect(value).toBeCloseTo(logprob(prompt, ids), 5);
  });

  it('is a span of the prompt, given only what stands before it', async () => {
    const target = await resolveTarget(model, typed, { span: [4, 7] });
    expect(target).toMatchObject({ kind: 'span', before: 4 });
    expect(target.sides[0]).toMatchObject({ text: 'dog', rows: [3, 4, 5], input: prompt.slice(0, 6) });
    expect(target.value).toBeCloseTo(logprob(prompt.slice(0, 4), prompt.slice(4, 7)), 5);
  });

  it('may be contrasted: both are reported, their difference is explained', async () => {
    const target = await resolveTarget(model, typed, { text: ' on', contrast: ' by it' });
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
    const target = await resolveTarget(model, typed, { text: ' on' }, { known });
    expect(model.passes.slice(before)).toEqual([{ batch: 1, tokens: 3, past: 10 }]);
    expect(target.value).toBeCloseTo(logprob(prompt, model.tokenize(' on')), 5);
  });
});

describe('a target whose tokens reach back into the prompt', () => {
  const spanning = new Spanning();
  const open = promptOf('the dog ', spanning);
  const ids = spanning.tokenize('the dog ');
  const boundary = { kept: 7, text: ' ' };

  it('is read from where it leaves the prompt: the space belongs to it', async () => {
    const target = await resolveTarget(spanning, open, { text: 'cat' });
    const cat = spanning.tokenize(' cat');
    expect(cat).toHaveLength(3);
    expect(target).toMatchObject({ kind: 'text', before: 7, boundary });
    expect(target.sides[0]).toMatchObject({
      text: ' cat',
      targets: cat,
      input: [...ids.slice(0, 7), ...cat.slice(0, 2)],
    });
    expect(target.value).toBeCloseTo(logprob(ids.slice(0, 7), cat), 5);
    expect(targetResult(target)).toMatchObject({ ids: cat, position: 7, boundary });
  });

  it('and its contrast start from the earlier of both places', async () => {
    const target = await resolveTarget(spanning, open, { text: 'bat', contrast: 'cat' });
    const sides = [spanning.tokenize(' bat'), spanning.tokenize(' cat')];
    expect(sides.map(({ length }) => length)).toEqual([4, 3]);
    expect(target.sides.map(({ targets }) => targets)).toEqual(sides);
    expect(target).toMatchObject({ before: 7, boundary });
    const [a, b] = sides.map((one) => logprob(ids.slice(0, 7), one));
    expect(target.value).toBeCloseTo(a - b, 4);
  });

  it('takes the rest of the prompt and its likeliest next token where only a contrast is given', async () => {
    const target = await resolveTarget(spanning, open, { contrast: 'cat' });
    const logits = spanning.logits(ids);
    const best = logits.indexOf(Math.max(...logits));
    expect(target).toMatchObject({ kind: 'next', before: 7, boundary });
    expect(target.sides[0].targets).toEqual([ids[7], best]);
    expect(target.sides[0].logprob).toBeCloseTo(logprob(ids.slice(0, 7), [ids[7], best]), 5);
    expect(target.sides[1].targets).toEqual(spanning.tokenize(' cat'));
  });

  it('of the prompt itself is contrasted with what would stand in its place', async () => {
    const text = promptOf('a  bed', spanning);
    const target = await resolveTarget(spanning, text, { span: [3, 4], contrast: 'cat' });
    expect(target).toMatchObject({ kind: 'span', before: 2, boundary: { kept: 2, text: ' ' } });
    expect(target.sides.map(({ text: said }) => said)).toEqual([' b', ' cat']);
  });

  it('has no boundary where nothing spans it', async () => {
    const target = await resolveTarget(spanning, open, { text: 'bat' });
    expect(target).toMatchObject({ before: 8, boundary: null });
  });

  it('is refused where nothing of the prompt would stand before it', async () => {
    const refused = resolveTarget(spanning, promptOf(' ', spanning), { text: 'cat' });
    await expect(refused).rejects.toMatchObject({ problem: { code: 'nothingKept', args: ['cat'] } });
  });

  it('leaves a token that the tokenizer puts before the text where it is', async () => {
    const { rendered, tokens } = open;
    const begun = { rendered, tokens: [{ id: 3, start: 0, end: 0 }, ...tokens] };
    const target = await resolveTarget(spanning, begun, { text: 'cat' });
    expect(target).toMatchObject({ before: 8, boundary: { kept: 8, text: ' ' } });
    expect(target.sides[0].input.slice(0, 8)).toEqual([3, ...ids.slice(0, 7)]);
  });
});

describe('what cannot be explained', () => {
  it.each([
    ['a text of no token', typed, { text: '台' }, 'targetEmpty'],
    ['a contrast of no token', typed, { contrast: '' }, 'targetEmpty'],
    ['the first token', typed, { span: [0, 1] as [number, number] }, 'outOfRange'],
    ['what stands after the end', typed, { span: [9, 12] as [number, number] }, 'outOfRange'],
    ['an empty span', typed, { span: [4, 4] as [number, number] }, 'outOfRange'],
    ['nothing', promptOf(''), {}, 'emptyPrompt'],
    ['more than fits', promptOf('b'.repeat(info.context)), { text: 'ab' }, 'promptTooLong'],
    ['more than fits by one token', promptOf('b'.repeat(info.context - 1)), { text: 'ab' }, 'promptTooLong'],
    ['a contrast that does not fit', promptOf('b'.repeat(info.context)), { contrast: 'a' }, 'promptTooLong'],
  ])('(%s) is refused', async (_, text, spec, code) => {
    await expect(resolveTarget(model, text, spec)).rejects.toMatchObject({ problem: { code } });
  });

  it('does not begin when it is cancelled before', async () => {
    const cancelled = resolveTarget(model, typed, {}, { signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });
});
