/** The methods from attention alone, against their definitions written out with whole matrices. */
import { describe, expect, it } from 'vitest';
import { extendRun } from '../../../src/analysis/probabilities/probabilities';
import { attentionGradient } from '../../../src/analysis/saliency/attentionGradient';
import { attentionMean, rollout } from '../../../src/analysis/saliency/rollout';
import type { TargetSpec } from '../../../src/analysis/shared/contract';
import { attentionSlope, FakeGradients, slope } from './fakeGradients';
import { attentionWeight, FakeModel, info } from './fakeModel';
import { resolveTarget } from './idsAlone';

const prompt = new FakeModel().tokenize('the dog sat');
const targets: [string, TargetSpec][] = [
  ['the next token', {}],
  ['a text of three tokens', { text: 'cat' }],
  ['a span', { span: [4, 6] }],
];

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const range = (length: number) => Array.from({ length }, (_, n) => n);

function expectClose(found: readonly number[], expected: readonly number[]) {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, index) => {
    expect(value, `place ${index}`).toBeCloseTo(expected[index], 5);
  });
}

describe.each(targets)('of %s', (_, spec) => {
  it('mean attention is over blocks, heads and predicting positions, without the first token', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, spec);
    const [{ rows }] = target.sides;
    const expected = range(target.before).map((key) =>
      key === 0
        ? 0
        : mean(
            range(info.layers).flatMap((l) =>
              range(info.heads).flatMap((h) => rows.map((query) => attentionWeight(l, h, query, key))),
            ),
          ),
    );
    expectClose(await attentionMean(model, target), expected);
    const known = await extendRun(model, null, prompt, { top: 1 });
    expectClose(await attentionMean(model, target, { known }), expected);
  });

  it('rollout is the product of the blocks, however many are held at once', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, spec);
    const [{ rows, input }] = target.sides;
    const T = input.length;
    let product = range(T).map((q) => range(T).map((k) => Number(q === k)));
    for (const layer of range(info.layers)) {
      const block = range(T).map((q) =>
        range(T).map(
          (k) => mean(range(info.heads).map((h) => attentionWeight(layer, h, q, k))) / 2 + Number(q === k) / 2,
        ),
      );
      product = block.map((row) =>
        range(T).map((k) => row.reduce((sum, weight, j) => sum + weight * product[j][k], 0)),
      );
    }
    const expected = range(target.before).map((k) => mean(rows.map((row) => product[row][k])));
    expectClose(await rollout(model, target), expected);
    expectClose(await rollout(model, target, { meanFloats: 1 }), expected);
    expect((await rollout(model, target)).reduce((sum, share) => sum + share, 0)).toBeLessThan(1 + 1e-6);
  });

  it('attention times its gradient adds up over a head and over a token', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, spec);
    const T = target.sides[0].input.length;
    const credit = (l: number, h: number, q: number, k: number) =>
      k > q ? 0 : attentionWeight(l, h, q, k) * attentionSlope(l, h, q, k);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const perHead = range(info.layers).map((l) =>
      range(info.heads).map((h) => sum(range(T).flatMap((q) => range(T).map((k) => credit(l, h, q, k))))),
    );
    const perToken = range(target.before).map((k) =>
      sum(range(info.layers).flatMap((l) => range(info.heads).flatMap((h) => range(T).map((q) => credit(l, h, q, k))))),
    );
    const gradients = new FakeGradients();
    const found = await attentionGradient(info, gradients, target);
    found.perHead.forEach((row, layer) => {
      expectClose(row, perHead[layer]);
    });
    expectClose(found.perToken, perToken);
    expect(gradients.passes).toHaveLength(1);
  });
});

it('attention x gradient hands out the embeddings’ gradient of both sides of a contrast', async () => {
  const model = new FakeModel();
  const target = await resolveTarget(model, prompt, { text: 'a', contrast: 'b' });
  const { embeddings } = await attentionGradient(info, new FakeGradients(), target);
  // The fake's slopes are the same on both sides, so they cancel.
  expectClose(
    [...embeddings],
    range(prompt.length * info.width).map(() => 0),
  );
  expect(slope(1, 1)).not.toBe(0);
});
