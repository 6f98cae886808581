/**
 * Each operation's derivative is compared with central differences of its definition in float64 (step 1e-5, so that the difference
 * itself is exact to about 1e-9). The remaining error is the float32 rounding of the runtime.
 */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/analysis/shared/random';
import { GraphBuilder, type Value } from '../../../../src/graph/builder';
import { differentiate } from '../../../../src/graph/gradient/differentiate';
import * as op from '../../../../src/graph/operations';
import { type Feed, GraphSession } from '../../../../src/inference/session';

type Shape = readonly number[];
type Numbers = readonly number[];

const size = (shape: Shape) => shape.reduce((a, b) => a * b, 1);

/** One operation: how a graph writes it, and its definition. The inputs in `of` get a gradient; the others do not. */
interface Case {
  inputs: Record<string, Shape>;
  integers?: Record<string, { data: number[]; dims: Shape }>;
  of: string[];
  output: Shape;
  write(g: GraphBuilder): Value;
  define(values: Record<string, Numbers>): number[];
}

const dot = (a: Numbers, b: Numbers) => a.reduce((sum, value, index) => sum + value * b[index], 0);
const rowsOf = (data: Numbers, width: number) =>
  Array.from({ length: data.length / width }, (_, row) => data.slice(row * width, (row + 1) * width));
const columns = (data: Numbers, width: number) =>
  Array.from({ length: width }, (_, column) => data.filter((_, index) => index % width === column));
const product = (a: Numbers, rowsOfB: Numbers[], width: number) =>
  rowsOf(a, width).flatMap((row) => rowsOfB.map((other) => dot(row, other)));
const exps = (row: Numbers) => row.map(Math.exp);
const sum = (row: Numbers) => row.reduce((a, b) => a + b, 0);
const rms = (row: Numbers, weight: Numbers) =>
  row.map((value, i) => (value * weight[i]) / Math.sqrt(dot(row, row) / row.length + 0.01));
const layerNorm = (row: Numbers, weight: Numbers) => {
  const centred = row.map((value) => value - sum(row) / row.length);
  return centred.map((value, i) => (value * weight[i]) / Math.sqrt(dot(centred, centred) / row.length + 0.01));
};
/** By its power series, exact to about 1e-12 for |x| < 3. */
const erf = (x: number) => {
  let term = x;
  let total = x;
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
};
const angle = (position: number, pair: number) => position * 0.7 ** (pair + 1);

const cases: Record<string, Case> = {
  'Add of a broadcast constant': {
    inputs: { x: [2, 3], c: [1, 3] },
    of: ['x'],
    output: [2, 3],
    write: (g) => op.add(g, 'x', 'c'),
    define: ({ x, c }) => x.map((value, i) => value + c[i % 3]),
  },
  'Mul of a value with itself and another': {
    inputs: { x: [2, 3], y: [2, 3] },
    of: ['x', 'y'],
    output: [2, 3],
    write: (g) => op.multiply(g, op.multiply(g, 'x', 'x'), 'y'),
    define: ({ x, y }) => x.map((value, i) => value * value * y[i]),
  },
  'Reshape and Transpose': {
    inputs: { x: [2, 6] },
    of: ['x'],
    output: [2, 2, 3],
    write: (g) => op.transpose(g, op.reshape(g, 'x', g.ints(2, 3, 2)), [2, 0, 1]),
    define: ({ x }) => [0, 1].flatMap((c) => [0, 1].flatMap((a) => [0, 1, 2].map((b) => x[a * 6 + b * 2 + c]))),
  },
  'Split of which one part is used': {
    inputs: { x: [2, 5] },
    of: ['x'],
    output: [2, 2],
    write: (g) => op.split(g, 'x', g.ints(3, 2), 2, 1)[1],
    define: ({ x }) => rowsOf(x, 5).flatMap((row) => row.slice(3)),
  },
  'Gather of rows': {
    inputs: { x: [4, 3] },
    integers: { rows: { data: [2, 0], dims: [2] } },
    of: ['x'],
    output: [2, 3],
    write: (g) => op.gather(g, 'x', 'rows', 0),
    define: ({ x }) => [...x.slice(6, 9), ...x.slice(0, 3)],
  },
  'GatherElements of one entry a row': {
    inputs: { x: [2, 4] },
    integers: { ids: { data: [3, 1], dims: [2, 1] } },
    of: ['x'],
    output: [2, 1],
    write: (g) => g.node('GatherElements', ['x', 'ids'], { attributes: { axis: 1 } })[0],
    define: ({ x }) => [x[3], x[5]],
  },
  Gemm: {
    inputs: { x: [3, 4], w: [2, 4] },
    of: ['x'],
    output: [3, 2],
    write: (g) => op.project(g, 'x', 'w'),
    define: ({ x, w }) => product(x, rowsOf(w, 4), 4),
  },
  MatMul: {
    inputs: { a: [2, 3, 4], b: [2, 4, 2] },
    of: ['a', 'b'],
    output: [2, 3, 2],
    write: (g) => op.matmul(g, 'a', 'b'),
    define: ({ a, b }) =>
      [0, 1].flatMap((n) => product(a.slice(n * 12, n * 12 + 12), columns(b.slice(n * 8, n * 8 + 8), 2), 4)),
  },
  'FusedMatMul with the second transposed': {
    inputs: { a: [2, 3, 4], b: [2, 2, 4] },
    of: ['a', 'b'],
    output: [2, 3, 2],
    write: (g) => op.matmulTransposed(g, 'a', 'b'),
    define: ({ a, b }) =>
      [0, 1].flatMap((n) => product(a.slice(n * 12, n * 12 + 12), rowsOf(b.slice(n * 8, n * 8 + 8), 4), 4)),
  },
  Softmax: {
    inputs: { x: [2, 4] },
    of: ['x'],
    output: [2, 4],
    write: (g) => op.softmax(g, 'x'),
    define: ({ x }) => rowsOf(x, 4).flatMap((row) => exps(row).map((value) => value / sum(exps(row)))),
  },
  LogSoftmax: {
    inputs: { x: [2, 4] },
    of: ['x'],
    output: [2, 4],
    write: (g) => g.node('LogSoftmax', ['x'], { attributes: { axis: -1 } })[0],
    define: ({ x }) => rowsOf(x, 4).flatMap((row) => row.map((value) => value - Math.log(sum(exps(row))))),
  },
  'root mean square norm': {
    inputs: { x: [2, 4], w: [4] },
    of: ['x'],
    output: [2, 4],
    write: (g) => op.rmsNorm(g, 'x', 'w', 0.01),
    define: ({ x, w }) => rowsOf(x, 4).flatMap((row) => rms(row, w)),
  },
  'sum and its norm, both used': {
    inputs: { x: [2, 4], y: [2, 4], w: [4] },
    of: ['x', 'y'],
    output: [2, 4],
    write: (g) => {
      const { sum: both, normed } = op.addAndNorm(g, 'x', 'y', 'w', 0.01);
      return op.multiply(g, both, normed);
    },
    define: ({ x, y, w }) => {
      const both = x.map((value, i) => value + y[i]);
      return rowsOf(both, 4).flatMap((row) => rms(row, w).map((value, i) => value * row[i]));
    },
  },
  'rotary positions': {
    inputs: { x: [1, 2, 3, 4], cos: [8, 2], sin: [8, 2] },
    integers: { positions: { data: [0, 3, 7], dims: [1, 3] } },
    of: ['x'],
    output: [1, 2, 3, 4],
    write: (g) => op.rotary(g, 'x', 'positions', 'cos', 'sin'),
    define: ({ x, cos, sin }) =>
      rowsOf(x, 4).flatMap(([a, b, c, d], row) => {
        const at = [0, 3, 7][row % 3] * 2;
        const [c0, c1, s0, s1] = [cos[at], cos[at + 1], sin[at], sin[at + 1]];
        return [a * c0 - c * s0, b * c1 - d * s1, c * c0 + a * s0, d * c1 + b * s1];
      }),
  },
  SiLU: {
    inputs: { x: [2, 3] },
    of: ['x'],
    output: [2, 3],
    write: (g) => op.silu(g, 'x'),
    define: ({ x }) => x.map((value) => value / (1 + Math.exp(-value))),
  },
  'rotary positions of some channels': {
    inputs: { x: [2, 3, 2, 6], cos: [8, 1], sin: [8, 1] },
    integers: { positions: { data: [0, 3, 7, 5], dims: [2, 2] } },
    of: ['x'],
    output: [2, 3, 2, 6],
    write: (g) => op.rotary(g, 'x', 'positions', 'cos', 'sin', { part: { heads: 3, channels: 2 } }),
    define: ({ x, cos, sin }) =>
      rowsOf(x, 6).flatMap(([a, b, ...rest], row) => {
        const at = [0, 3, 7, 5][2 * Math.floor(row / 6) + (row % 2)];
        return [a * cos[at] - b * sin[at], b * cos[at] + a * sin[at], ...rest];
      }),
  },
  'layer norm with its bias': {
    inputs: { x: [2, 4], w: [4], b: [4] },
    of: ['x'],
    output: [2, 4],
    write: (g) => op.layerNorm(g, 'x', 'w', 'b', 0.01),
    define: ({ x, w, b }) => rowsOf(x, 4).flatMap((row) => layerNorm(row, w).map((value, i) => value + b[i])),
  },
  'layer norm of each head': {
    inputs: { x: [2, 3, 2, 4], w: [4] },
    of: ['x'],
    output: [2, 3, 2, 4],
    write: (g) => op.layerNorm(g, 'x', 'w', null, 0.01),
    define: ({ x, w }) => rowsOf(x, 4).flatMap((row) => layerNorm(row, w)),
  },
  'root mean square norm of each head': {
    inputs: { x: [2, 3, 2, 4], w: [4] },
    of: ['x'],
    output: [2, 3, 2, 4],
    write: (g) => op.rmsNorm(g, 'x', 'w', 0.01),
    define: ({ x, w }) => rowsOf(x, 4).flatMap((row) => rms(row, w)),
  },
  'GELU by tanh': {
    inputs: { x: [4, 3] },
    of: ['x'],
    output: [4, 3],
    write: (g) => op.geluTanh(g, op.multiply(g, 'x', g.scalar(4))),
    define: ({ x }) =>
      x.map((one) => 4 * one).map((y) => (y / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (y + 0.044715 * y ** 3)))),
  },
  GELU: {
    inputs: { x: [4, 3] },
    of: ['x'],
    output: [4, 3],
    write: (g) => op.geluErf(g, op.multiply(g, 'x', g.scalar(3))),
    define: ({ x }) => x.map((one) => 3 * one).map((y) => (y / 2) * (1 + erf(y / Math.SQRT2))),
  },
  'ReLU and its square': {
    inputs: { x: [4, 3], y: [4, 3] },
    of: ['x', 'y'],
    output: [4, 3],
    write: (g) => op.add(g, op.relu(g, 'x'), op.multiply(g, op.relu(g, 'y'), op.relu(g, 'y'))),
    define: ({ x, y }) => x.map((value, i) => Math.max(value, 0) + Math.max(y[i], 0) ** 2),
  },
  'tanh of a cap': {
    inputs: { x: [2, 3] },
    of: ['x'],
    output: [2, 3],
    write: (g) => op.multiply(g, op.tanh(g, op.multiply(g, 'x', g.scalar(2))), g.scalar(0.5)),
    define: ({ x }) => x.map((value) => Math.tanh(2 * value) / 2),
  },
};

const float32 = (data: Numbers, dims: Shape): Feed => ({ type: 'float32', data: Float32Array.from(data), dims });
const int64 = (data: Numbers, dims: Shape): Feed => ({ type: 'int64', data: BigInt64Array.from(data, BigInt), dims });

/** Inputs are rounded to float32, so that both sides start from the same numbers. */
function randomInputs({ inputs }: Case): Record<string, Numbers> {
  const random = seededRandom(7);
  const tables: Record<string, (at: number) => number> = {
    cos: (at) => Math.cos(angle(Math.floor(at / 2), at % 2)),
    sin: (at) => Math.sin(angle(Math.floor(at / 2), at % 2)),
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [
      name,
      Array.from({ length: size(shape) }, (_, at) => Math.fround(tables[name]?.(at) ?? 2 * random() - 1)),
    ]),
  );
}

async function graphGradients(one: Case, values: Record<string, Numbers>, seed: Numbers) {
  const g = GraphBuilder.create();
  for (const [name, shape] of Object.entries(one.inputs)) g.input(name, 'float32', [...shape]);
  for (const [name, { dims }] of Object.entries(one.integers ?? {})) g.input(name, 'int64', [...dims]);
  g.input('seed', 'float32', [...one.output]);
  const output = one.write(g);
  const gradients = differentiate(g, [[output, 'seed']], one.of);
  gradients.forEach((gradient, index) => {
    g.output(g.node('Identity', [gradient], { outputs: [`gradient.${one.of[index]}`] })[0]);
  });
  const session = await GraphSession.create(g.finish('none').graph, 'cpu', 1);
  const feeds: Record<string, Feed> = { seed: float32(seed, one.output) };
  for (const [name, shape] of Object.entries(one.inputs)) feeds[name] = float32(values[name], shape);
  for (const [name, { data, dims }] of Object.entries(one.integers ?? {})) feeds[name] = int64(data, dims);
  const outputs = await session.run(
    feeds,
    one.of.map((name) => `gradient.${name}`),
  );
  await session.release();
  return one.of.map((name) => outputs[`gradient.${name}`]);
}

const step = 1e-5;

function centralDifferences(one: Case, values: Record<string, Numbers>, seed: Numbers, name: string): number[] {
  const moved = (at: number, by: number) => {
    const changed = values[name].map((value, index) => (index === at ? value + by : value));
    return dot(one.define({ ...values, [name]: changed }), seed);
  };
  return values[name].map((_, at) => (moved(at, step) - moved(at, -step)) / (2 * step));
}

describe('the derivative of', () => {
  it.each(Object.entries(cases))('%s', async (_, one) => {
    const values = randomInputs(one);
    const random = seededRandom(3);
    const seed = Array.from({ length: size(one.output) }, () => Math.fround(2 * random() - 1));
    expect(one.define(values)).toHaveLength(seed.length);
    const found = await graphGradients(one, values, seed);
    found.forEach(({ data, dims }, index) => {
      const name = one.of[index];
      expect(dims).toEqual(one.inputs[name]);
      const expected = centralDifferences(one, values, seed, name);
      expect(expected.some((value) => Math.abs(value) > 0.01)).toBe(true);
      expected.forEach((value, at) => {
        expect(Math.abs(Number(data[at]) - value), `${name}[${at}]`).toBeLessThan(1e-5);
      });
    });
  });
});

describe('differentiation', () => {
  const start = () => {
    const g = GraphBuilder.create();
    for (const name of ['x', 'y', 'seed']) g.input(name, 'float32', [2]);
    return g;
  };

  it('refuses an operation that has no derivative', () => {
    const g = start();
    const [y] = g.node('Floor', ['x']);
    expect(() => differentiate(g, [[y, 'seed']], ['x'])).toThrow('no derivative of Floor');
  });

  it('refuses a value that nothing seeded depends on, and does not mind one beside the way', () => {
    const g = start();
    const z = op.add(g, 'x', 'x');
    g.node('Floor', ['y']);
    expect(() => differentiate(g, [[z, 'seed']], ['y'])).toThrow('nothing seeded depends on y');
  });

  it('adds nodes for what is asked and not for constants', () => {
    const g = start();
    const z = op.multiply(g, 'x', 'y');
    const before = g.recorded().length;
    differentiate(g, [[z, 'seed']], ['x']);
    expect(g.recorded().length - before).toBe(1);
  });
});
