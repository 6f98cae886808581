/**
 * Gradient scores on a model whose gradient is known. Its log p(a_i) = f_i · Σ_t s(t)², with s(t) = Σ_d e[t,d], summed over the
 * preceding positions. Hence ∂/∂e[t,d] = 2 f_i s(t), gradient x input = 2 f_i s(t)², and integrated gradients give f_i s(t)² with any
 * number of midpoints.
 */
import { describe, expect, it } from 'vitest';
import type { GradientMethod } from '../../../src/analysis/saliency/contract';
import { completenessOf } from '../../../src/analysis/saliency/gradients';
import type { TargetSpec } from '../../../src/analysis/shared/contract';
import type { Differentiable, GradientPass, GradientResult } from '../../../src/analysis/shared/differentiable';
import type { Pass, PassResult } from '../../../src/analysis/shared/model';
import { targetResult } from '../../../src/analysis/shared/target';
import { ProblemError } from '../../../src/protocol/problem';
import { FakeModel, info } from './fakeModel';
import { reading, resolveTarget, textOf } from './idsAlone';
import { gradients } from './oneMethod';

const { width } = info;
const factor = (id: number) => -0.01 * (1 + (id % 5));

class Square extends FakeModel implements Differentiable {
  readonly batches: number[] = [];

  embeddings(ids: readonly (readonly number[])[]): Float32Array {
    return Float32Array.from(ids.flat().flatMap((id) => [id / 10, -0.5, 0.25, 1]));
  }

  override async run(pass: Pass, signal?: AbortSignal): Promise<PassResult> {
    const result = await super.run(pass, signal);
    if (!pass.targets) return result;
    const before = (pass.past as { ids?: number[][] } | null | undefined)?.ids?.[0] ?? [];
    const all = pass.embeddings ?? this.embeddings([[...before, ...pass.ids[0]]]);
    const logprob = pass.rows.map((row, r) => value(all, before.length + row, pass.targets?.[r] ?? 0));
    return { ...result, logprob: Float32Array.from(logprob) };
  }

  async gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult> {
    await Promise.resolve();
    if (signal?.aborted) throw new ProblemError('cancelled');
    this.batches.push(pass.ids.length);
    const T = pass.ids[0].length;
    const e = pass.embeddings ?? this.embeddings(pass.ids);
    const out = new Float32Array(e.length);
    const own = (row: number) => e.subarray(Math.floor(row / T) * T * width);
    pass.rows.forEach((row, r) => {
      for (let at = Math.floor(row / T) * T; at <= row; at++)
        for (let d = 0; d < width; d++)
          out[at * width + d] += pass.weights[r] * 2 * factor(pass.targets[r]) * sumAt(e, at);
    });
    return {
      logprob: Float32Array.from(pass.rows, (row, r) => value(own(row), row % T, pass.targets[r])),
      embeddings: out,
    };
  }
}

const sumAt = (e: Float32Array, t: number) => e.subarray(t * width, (t + 1) * width).reduce((a, b) => a + b, 0);

function value(e: Float32Array, row: number, target: number): number {
  let squares = 0;
  for (let t = 0; t <= row; t++) squares += sumAt(e, t) ** 2;
  return factor(target) * squares;
}

const prompt = new FakeModel().tokenize('the dog sat');
const squares = prompt.map((_, t) => sumAt(new Square().embeddings([prompt]), t) ** 2);

const run = (
  model: Square,
  method: GradientMethod,
  target: TargetSpec = {},
  more: { steps?: number; signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
) => {
  const both = reading(model, prompt);
  return gradients(both, both, textOf(prompt), { method, steps: 32, target, ...more });
};

function expectScores(found: readonly number[], expected: readonly number[]) {
  expect(found).toHaveLength(expected.length);
  found.forEach((score, t) => {
    expect(score, `score ${t}`).toBeCloseTo(expected[t], 5);
  });
}

describe('scores', () => {
  it('by gradient x input, and by the length of the gradient', async () => {
    const model = new Square();
    const { target, method, scores, completeness } = await run(model, 'input');
    const f = factor(target.ids[0]);
    expect([method, completeness]).toEqual(['input', null]);
    expectScores(
      scores,
      squares.map((square) => 2 * f * square),
    );
    const norm = await run(model, 'norm');
    expectScores(
      norm.scores,
      squares.map((square) => Math.abs(2 * f) * Math.sqrt(square * width)),
    );
  });

  it('integrated: complete, whatever the number of steps, and in batches', async () => {
    for (const steps of [1, 7, 32]) {
      const model = new Square();
      const reports: [number, number][] = [];
      const result = await run(model, 'integrated', {}, { steps, onProgress: (...report) => reports.push(report) });
      const f = factor(result.target.ids[0]);
      expectScores(
        result.scores,
        squares.map((square) => f * square),
      );
      expect(result.completeness?.sum).toBeCloseTo(result.completeness?.difference ?? Number.NaN, 5);
      expect(result.completeness).toMatchObject({ steps, baseline: 'zero', reliable: true });
      expect(model.batches.reduce((a, b) => a + b, 0)).toBe(steps);
      // A forward and backward pass counts as three passes.
      const tokens = 3 * steps * prompt.length;
      expect(reports.at(-1)).toEqual([tokens, tokens]);
    }
  });

  it('sum over the tokens of a text, whose own embeddings stay on the way from zero', async () => {
    const model = new Square();
    const ids = model.tokenize(' on');
    const f = ids.reduce((sum, id) => sum + factor(id), 0);
    const { scores } = await run(model, 'input', { text: ' on' });
    expectScores(
      scores,
      squares.map((square) => 2 * f * square),
    );
    const { completeness } = await run(model, 'integrated', { text: ' on' });
    expect(completeness?.difference).toBeCloseTo(f * squares.reduce((a, b) => a + b, 0), 4);
    expect(completeness?.sum).toBeCloseTo(completeness?.difference ?? Number.NaN, 4);
  });

  it('of a contrast are those of the target less those of the other', async () => {
    const model = new Square();
    const [a, b, both] = [
      await run(model, 'integrated', { text: ' on' }),
      await run(model, 'integrated', { text: ' to' }),
      await run(model, 'integrated', { text: ' on', contrast: ' to' }),
    ];
    expectScores(
      both.scores,
      a.scores.map((score, t) => score - b.scores[t]),
    );
    expect(both.target.contrast?.text).toBe(' to');
    expect(both.completeness?.sum).toBeCloseTo(both.completeness?.difference ?? Number.NaN, 4);
  });

  it('are 0 from the target on when it is a span of the prompt', async () => {
    const { target, scores } = await run(new Square(), 'input', { span: [4, 5] });
    const f = factor(prompt[4]);
    expect(target.position).toBe(4);
    expectScores(
      scores,
      squares.map((square, t) => (t < 4 ? 2 * f * square : 0)),
    );
  });
});

describe('integrated gradients are reliable', () => {
  it.each([
    [10.9, 10, true],
    [11.1, 10, false],
    [-9.1, -10, true],
    [-27.16, 10.54, false],
    [28.07, 10.54, false],
    [0, 10, false],
    // The target hardly changes: the check cannot resolve less than a hundredth of a nat.
    [0.009, 0, true],
    [0.011, 0, false],
    [0.05, 0.03, false],
  ])('where %f is within a tenth of %f: %s', (sum, difference, reliable) => {
    expect(completenessOf(sum, difference, 32)).toEqual({ sum, difference, steps: 32, baseline: 'zero', reliable });
  });
});

describe('a run', () => {
  it('reads what the target is worth from the pass of the gradient, where its tokens are given', async () => {
    for (const spec of [{ text: ' on', contrast: ' to' }, { span: [4, 6] } as TargetSpec]) {
      const model = new Square();
      const { target } = await run(model, 'input', spec);
      expect(model.passes).toEqual([]);
      const asked = targetResult(await resolveTarget(new Square(), prompt, spec));
      expect(target.logprob).toBeCloseTo(asked.logprob, 5);
      expect(target.contrast?.logprob ?? null).toEqual(asked.contrast && expect.closeTo(asked.contrast.logprob, 5));
    }
  });

  it('is cancelled between batches', async () => {
    const model = new Square();
    const abort = new AbortController();
    const signal = abort.signal;
    const running = run(model, 'integrated', {}, { steps: 100, signal, onProgress: () => abort.abort() });
    await expect(running).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    expect(model.batches).toHaveLength(1);
  });

  it('refuses a target of no token', async () => {
    await expect(run(new Square(), 'input', { text: '' })).rejects.toMatchObject({ problem: { code: 'targetEmpty' } });
  });
});
