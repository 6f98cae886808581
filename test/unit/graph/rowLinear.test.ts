/** Linear layers on one row give the numbers of the dequantised matrix: blocks of every kind, whole layers and chosen rows. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/analysis/shared/random';
import { GraphBuilder } from '../../../src/graph/builder';
import type { LinearSpec, TensorSource } from '../../../src/graph/linear';
import { rowLinear } from '../../../src/graph/rowLinear';
import { compiledGraph } from '../../../src/inference/graphCache';
import { GraphSession } from '../../../src/inference/session';
import { randomSource } from '../../fixtures/randomTensors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const inputs = 96;

/** Parts that are whole, that are scaled, and that take only some rows, out of order. */
const spec: LinearSpec = {
  name: 'stack',
  parts: [
    { tensor: 'a', factor: 1 / Math.sqrt(48), rows: [16, 48] },
    { tensor: 'b' },
    { tensor: 'a', factor: -3, rows: [0, 16] },
  ],
};

function layer(source: TensorSource, fast: boolean): GraphBuilder {
  const g = GraphBuilder.create();
  const out = rowLinear(g, g.input('x', 'float32', [1, inputs]), spec, { fast, source });
  g.node('Identity', [out], { outputs: ['y'] });
  g.output('y');
  return g;
}

let checkpoints = 0;

async function run(g: GraphBuilder, x: Float32Array): Promise<Float32Array> {
  const graph = await compiledGraph(g, { folder, checkpointDigest: `row ${checkpoints++}` });
  const session = await GraphSession.create(graph, 'cpu', 1);
  const { y } = await session.run({ x: { type: 'float32', data: x, dims: [1, inputs] } }, ['y']);
  await session.release();
  return y.data as Float32Array;
}

/** The product in float64. */
async function product(source: TensorSource, x: Float32Array): Promise<number[]> {
  const result: number[] = [];
  for (const { tensor, factor = 1, rows } of spec.parts) {
    const matrix = await source.readFloat32(tensor);
    const [from, to] = rows ?? [0, matrix.length / inputs];
    for (let row = from; row < to; row++) {
      result.push(factor * x.reduce((sum, value, k) => sum + value * matrix[row * inputs + k], 0));
    }
  }
  return result;
}

/** The largest difference as a fraction of the largest value. */
function relativeError(actual: Float32Array, expected: number[]): number {
  expect(actual).toHaveLength(expected.length);
  const differences = expected.map((value, i) => Math.abs(value - actual[i]));
  return Math.max(...differences) / Math.max(...expected.map(Math.abs));
}

/** Blocks of very different size, as after a norm with outlying channels, and one block of zeros. */
function activations(seed: number): Float32Array {
  const random = seededRandom(seed);
  const sizes = [1, 300, 0];
  return Float32Array.from({ length: inputs }, (_, k) => sizes[Math.floor(k / 32)] * (2 * random() - 1));
}

describe.each(['Q4_0', 'Q4_1', 'Q8_0', 'F16'] as const)('a row times weights of %s', (type) => {
  const source = randomSource(7, { a: { type, shape: [48, inputs] }, b: { type, shape: [24, inputs] } });

  it.each([1, 2, 3])('is the float32 product in the exact form (seed %i)', async (seed) => {
    const x = activations(seed);
    // float32 sums of 96 products are off by some 1e-6; the correction by block sums adds its rounding.
    expect(relativeError(await run(layer(source, false), x), await product(source, x))).toBeLessThan(1e-5);
  });

  it('keeps to a hundredth of the largest value with int8 activations', async () => {
    const x = activations(4);
    expect(relativeError(await run(layer(source, true), x), await product(source, x))).toBeLessThan(0.01);
  });
});

it('of parts in different formats is float32', async () => {
  const source = randomSource(8, { a: { type: 'Q4_1', shape: [48, inputs] }, b: { type: 'Q8_0', shape: [8, inputs] } });
  const x = activations(5);
  expect(relativeError(await run(layer(source, true), x), await product(source, x))).toBeLessThan(1e-5);
});
