/** Linear layers: the 4-bit form computes what the dequantised matrix computes, and formats without such a form stay float32. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/analysis/shared/random';
import type { StorageType } from '../../../src/checkpoint/types';
import { GraphBuilder } from '../../../src/graph/builder';
import { type LinearSpec, linear, type TensorSource, type WeightForm } from '../../../src/graph/linear';
import { decodeModel } from '../../../src/graph/onnxFormat';
import { compiledGraph } from '../../../src/inference/graphCache';
import { GraphSession } from '../../../src/inference/session';
import { randomSource } from '../../fixtures/randomTensors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const inputs = 96;
const tokens = 5;

function layer(source: TensorSource, spec: LinearSpec, form: WeightForm, fast = false): GraphBuilder {
  const g = GraphBuilder.create();
  const out = linear(g, g.input('x', 'float32', ['n', inputs]), spec, { form, fast, source });
  g.node('Identity', [out], { outputs: ['y'] });
  g.output('y');
  return g;
}

let checkpoints = 0;

async function run(g: GraphBuilder, x: Float32Array): Promise<Float32Array> {
  const graph = await compiledGraph(g, { folder, checkpointDigest: `checkpoint ${checkpoints++}` });
  const session = await GraphSession.create(graph, 'cpu', 1);
  const { y } = await session.run({ x: { type: 'float32', data: x, dims: [tokens, inputs] } }, ['y']);
  await session.release();
  return y.data as Float32Array;
}

/** x Wᵀ in float64, [tokens, outputs]; the outputs of the parts follow each other. */
async function product(source: TensorSource, { parts }: LinearSpec, x: Float32Array): Promise<Float64Array> {
  const matrices = await Promise.all(parts.map(({ tensor }) => source.readFloat32(tensor)));
  const rows = matrices.flatMap((matrix, part) =>
    Array.from({ length: matrix.length / inputs }, (_, row) => ({
      factor: parts[part].factor ?? 1,
      weights: matrix.subarray(row * inputs, (row + 1) * inputs),
    })),
  );
  return Float64Array.from({ length: tokens * rows.length }, (_, index) => {
    const { factor, weights } = rows[index % rows.length];
    const token = Math.floor(index / rows.length);
    return factor * weights.reduce((sum, weight, k) => sum + weight * x[token * inputs + k], 0);
  });
}

const activations = (seed: number): Float32Array => {
  const random = seededRandom(seed);
  return Float32Array.from({ length: tokens * inputs }, () => 4 * random() - 2);
};

/** The largest difference as a fraction of the largest value. */
function relativeError(actual: Float32Array, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return difference / largest;
}

const stacked = (type: StorageType, seed: number): TensorSource =>
  randomSource(seed, {
    a: { type, shape: [48, inputs] },
    b: { type, shape: [24, inputs] },
    c: { type, shape: [7, inputs] },
  });

const spec: LinearSpec = {
  name: 'stack',
  parts: [{ tensor: 'a', factor: 1 / Math.sqrt(48) }, { tensor: 'b' }, { tensor: 'c', factor: -3 }],
};

/** The types of a graph's operations. */
function operations(g: GraphBuilder): string[] {
  const { graph } = decodeModel(g.finish('weights.bin').graph) as { graph: { node: { opType: string }[] } };
  return graph.node.map((node) => node.opType);
}

describe.each([
  ['Q4_0', 1],
  ['Q4_1', 1],
  ['Q8_0', 2],
] as const)('blocks of %s', (type, planes) => {
  it.each([1, 2, 3])('give the float32 product in the 4-bit form, stacked and scaled (seed %i)', async (seed) => {
    const source = stacked(type, seed);
    const x = activations(seed + 100);
    const expected = await product(source, spec, x);
    const floats = await run(layer(source, spec, 'float32'), x);
    const blocks = await run(layer(source, spec, '4-bit'), x);
    // float32 sums of 96 products are off by some 1e-6; the 4-bit form adds the rounding of the block sums.
    expect(relativeError(floats, expected)).toBeLessThan(1e-5);
    expect(relativeError(blocks, expected)).toBeLessThan(1e-4);
    expect(relativeError(blocks, floats)).toBeLessThan(1e-4);
  });

  it(`are ${planes} planes of 4 bits, and no float32 matrix`, () => {
    const g = layer(stacked(type, 1), spec, '4-bit');
    expect(operations(g).filter((name) => name === 'MatMulNBits')).toHaveLength(planes);
    expect(operations(g)).not.toContain('Gemm');
    const bits = g.finish('weights.bin').weights.reduce((sum, weight) => sum + weight.sizeBytes * 8, 0);
    // Each plane has 4 bits a weight and a float32 scale a block; each block has one float32 offset in addition.
    expect(bits / (79 * inputs)).toBeCloseTo(planes * (4 + 1) + 1, 6);
  });

  it('keep to a hundredth of the largest value with int8 activations', async () => {
    const source = stacked(type, 4);
    const x = activations(104);
    const expected = await product(source, spec, x);
    const fast = relativeError(await run(layer(source, spec, '4-bit', true), x), expected);
    expect(fast).toBeLessThan(0.02);
  });
});

describe('weights without an exact 4-bit form', () => {
  it.each(['Q5_0', 'F16', 'F32'] as const)('of %s are float32 whichever form is asked', async (type) => {
    const source = stacked(type, 5);
    const x = activations(105);
    const g = layer(source, spec, '4-bit');
    expect(operations(g)).toEqual(['Gemm', 'Identity']);
    expect(relativeError(await run(g, x), await product(source, spec, x))).toBeLessThan(1e-5);
  });

  it('are parts of different types in one layer', async () => {
    const source = randomSource(6, {
      a: { type: 'Q4_1', shape: [16, inputs] },
      b: { type: 'Q8_0', shape: [8, inputs] },
    });
    const mixed = { name: 'mixed', parts: [{ tensor: 'a' }, { tensor: 'b', factor: 0.5 }] };
    const g = layer(source, mixed, '4-bit');
    expect(operations(g)).not.toContain('MatMulNBits');
    const x = activations(106);
    expect(relativeError(await run(g, x), await product(source, mixed, x))).toBeLessThan(1e-5);
  });
});

it('says which tensor is missing', () => {
  const missing = { name: 'stack', parts: [{ tensor: 'a' }, { tensor: 'blk.9.attn_q.weight' }] };
  expect(() => layer(stacked('Q8_0', 1), missing, '4-bit')).toThrow('blk.9.attn_q.weight is missing');
});
