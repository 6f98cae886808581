import { describe, expect, it } from 'vitest';
import type { SaliencyResult } from '../../../src/analysis/saliency/contract';
import type { SaliencyOptions } from '../../../src/analysis/saliency/saliency';
import { affordableCut, coarseCut, tokenLimit } from '../../../src/analysis/saliency/saliencyPlan';
import { FakeModel } from './fakeModel';
import { resolveTarget } from './idsAlone';
import { common, ids, prompt, promptOf, run } from './saliencyBench';

describe('too many units for the length', () => {
  const long = promptOf('The cat sat on a mat. '.repeat(20).trim());
  const target = () =>
    resolveTarget(
      new FakeModel(),
      long.tokens.map(({ id }) => id),
      {},
    );

  it('become larger ones', async () => {
    const of = await target();
    const cut = affordableCut(long, of, { ...common, by: 'token' }, 70_000);
    expect(cut.by).toBe('word');
    expect(affordableCut(long, of, { ...common, by: 'token' }, 10_000).by).toBe('sentence');
    expect(affordableCut(long, of, { ...common, by: 'token' }, tokenLimit(0)).by).toBe('sentence');
    // A faster model reads this many tokens in the same time.
    expect(affordableCut(long, of, { ...common, by: 'token' }, tokenLimit(4000)).by).toBe('token');
    // If no cut is small enough, the one with the fewest units is taken; a cut that the user chose stays.
    expect(affordableCut(long, of, { ...common, by: 'token' }, 1).units).toHaveLength(20);
    const ranges = [[0, 3]] as [number, number][];
    expect(affordableCut(long, of, { ...common, by: 'match', ranges }, 1).by).toBe('match');
  });

  it('are told from the first', async () => {
    const of = promptOf('The cat sat on a mat. '.repeat(16).trim());
    const firstStep = async (given: Partial<SaliencyOptions>) => {
      const controller = new AbortController();
      let first: SaliencyResult | null = null;
      const onStep: SaliencyOptions['onStep'] = (snapshot) => {
        first ??= snapshot();
        controller.abort();
      };
      await expect(run({ of, by: 'token', signal: controller.signal, onStep, ...given })).rejects.toThrow('Cancelled');
      return first as unknown as SaliencyResult;
    };
    const first = await firstStep({ methods: ['occlusion'] });
    expect(first.by).toBe('word');
    expect(first.warnings).toContainEqual({ kind: 'coarser', asked: 'token', used: 'word' });
    expect((await firstStep({ methods: ['attention'] })).by).toBe('token');
  });

  it('are begun with larger ones only where those are clearly fewer', async () => {
    const of = await resolveTarget(new FakeModel(), ids, {});
    const fine = affordableCut(prompt, of, common, tokenLimit(0));
    expect(coarseCut(prompt, of, fine, common)?.units.map((unit) => unit.text)).toEqual([
      'The cat sat. ',
      'A dog ran.',
    ]);
    const sentences = affordableCut(prompt, of, { ...common, by: 'sentence' }, tokenLimit(0));
    expect(coarseCut(prompt, of, sentences, { ...common, by: 'sentence' })).toBeNull();
  });
});

describe('warnings', () => {
  /** The answer becomes likelier once "cat" is read, however often, and again with each "dog". */
  const likes = (nats: number) =>
    new FakeModel((history) => {
      const logits = new Array<number>(31).fill(0);
      const read = new FakeModel().decode(history);
      if (read.includes('cat')) logits[24] += nats;
      logits[24] += (read.split('dog').length - 1) * nats;
      return logits;
    });

  it('name copies that stand in for each other, not those that each count, nor signs', async () => {
    const of = promptOf('cat. a cat. a dog. a dog.');
    const { result } = await run({ of, model: likes(2), methods: ['occlusion'], target: { text: 'y' } });
    const copies = result.warnings.flatMap((warning) => (warning.kind === 'repeated' ? [warning.units] : []));
    expect(copies.map((units) => units.map((unit) => result.units[unit].text.trim()))).toEqual([['cat', 'cat']]);
  });

  it('name all copies where no occlusion says which matter', async () => {
    const { result } = await run({ of: promptOf('cat. a cat.'), methods: ['attention'] });
    expect(result.warnings).toContainEqual({ kind: 'repeated', units: [0, 5] });
    expect(result.warnings.filter(({ kind }) => kind === 'repeated')).toHaveLength(1);
  });

  it.each([
    ['hardly can rise', 20, 'y', true],
    ['hardly is there', 20, 'a', true],
    ['can move', 2, 'y', false],
  ])('say that a target that %s is saturated', async (_, nats, answer, expected) => {
    const model = likes(nats);
    const { result } = await run({ of: promptOf('a cat'), model, methods: ['attention'], target: { text: answer } });
    const warning = result.warnings.find(({ kind }) => kind === 'saturated');
    expect(warning !== undefined).toBe(expected);
    if (warning?.kind === 'saturated') expect(warning.probability).toBeCloseTo(Math.exp(result.target.logprob), 6);
    const contrast = { text: answer, contrast: 'b' };
    const both = await run({ of: promptOf('a cat'), model, methods: ['attention'], target: contrast });
    expect(both.result.warnings).toEqual([]);
  });
});

describe('refuses in a sentence', () => {
  it.each<[string, Partial<SaliencyOptions>, string]>([
    ['a target of no token', { target: { text: '' } }, 'contains no token'],
    ['a span outside the prompt', { target: { span: [0, 2] } }, 'must be between'],
    ['to delete everything', { by: 'paragraph', operator: 'delete' }, 'nothing would be left'],
    ['units that are not there', { by: 'match' }, 'no unit of this kind'],
    ['values of no variable', { by: 'slot' }, 'no variable'],
  ])('%s', async (_, given, sentence) => {
    await expect(run(given)).rejects.toThrow(sentence);
  });

  it('but closes the whole prompt to itself', async () => {
    const { result } = await run({ by: 'paragraph', target: { text: 'so' } });
    expect(result.units).toHaveLength(1);
    expect(result.methods[0].scores[0]).not.toBeNull();
    expect(result.agreement.flat().every((rho) => rho === null)).toBe(true);
  });
});
