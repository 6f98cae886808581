/** The output of the builder: a plan of the data file, shared constants, bodies of `If`, and bytes that read back. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/graph/builder';
import { decodeModel, elementTypes, encodeModel } from '../../../src/graph/onnxFormat';
import { add, choose, multiply } from '../../../src/graph/operations';
import { GraphSession } from '../../../src/inference/session';

interface DecodedTensor {
  name: string;
  dims?: number[];
  dataType: number;
  dataLocation?: number;
  rawData?: Uint8Array;
  externalData?: { key: string; value: string }[];
}

interface DecodedGraph {
  node: { opType: string; domain?: string; input: string[]; output: string[]; attribute?: DecodedAttribute[] }[];
  initializer?: DecodedTensor[];
  input: { name: string }[];
  output: { name: string }[];
}

interface DecodedAttribute {
  name: string;
  type: number;
  g?: DecodedGraph;
  i?: number;
  f?: number;
  s?: Uint8Array;
  ints?: number[];
}

const read = (bytes: Uint8Array) => decodeModel(bytes) as unknown as { graph: DecodedGraph; irVersion: number };

const weightOf = (name: string, floats: number) => ({
  name,
  type: 'float32' as const,
  shape: [floats],
  sizeBytes: floats * 4,
  produce: async () => new Uint8Array(floats * 4),
});

describe('the data file', () => {
  it('holds every weight once, by page, none over another, and the graph says where', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, (floats) => {
        const g = GraphBuilder.create();
        floats.forEach((size, index) => {
          g.weight(weightOf(`w${index}`, size));
          g.weight(weightOf(`w${index}`, size));
        });
        const { weights, sizeBytes, graph } = g.finish('data.bin');
        expect(weights.map((weight) => weight.name)).toEqual(floats.map((_, index) => `w${index}`));
        let free = 0;
        for (const { offset, sizeBytes } of weights) {
          expect(offset % 4096).toBe(0);
          expect(offset).toBeGreaterThanOrEqual(free);
          free = offset + sizeBytes;
        }
        expect(sizeBytes).toBeGreaterThanOrEqual(free);
        expect(sizeBytes - free).toBeLessThan(4096);
        const written = read(graph).graph.initializer ?? [];
        const places = written.map(({ externalData }) => externalData?.map(({ value }) => value));
        expect(places).toEqual(weights.map((one) => ['data.bin', String(one.offset), String(one.sizeBytes)]));
      }),
      { numRuns: 50 },
    );
  });
});

describe('constants', () => {
  it('are written once, also when a body uses them', () => {
    const g = GraphBuilder.create();
    const x = g.input('x', 'float32', ['n']);
    const first = add(g, x, g.scalar(2));
    const condition = g.node('Greater', [g.node('ReduceSum', [first])[0], g.scalar(0)])[0];
    const squeezed = g.node('Squeeze', [condition])[0];
    const inside = (body: GraphBuilder) => [multiply(body, first, body.scalar(2))];
    const [y] = choose(g, squeezed, ['y'], inside, (body) => [add(body, first, body.scalar(0.5))]);
    g.output(y);
    const { graph } = read(g.finish('').graph);
    const names = (graph.initializer ?? []).map((tensor) => tensor.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(3);
    for (const { g: body } of graph.node.find((node) => node.opType === 'If')?.attribute ?? []) {
      expect(body?.initializer ?? []).toEqual([]);
    }
  });

  it('of another type or another length are other constants', () => {
    const g = GraphBuilder.create();
    const made = [g.scalar(1), g.scalar(1, 'int64'), g.ints(1), g.ints(1, 1), g.ints(-1), g.scalar(-1)];
    expect(new Set(made).size).toBe(made.length);
    expect([g.scalar(1), g.ints(1, 1), g.ints(-1)]).toEqual([made[0], made[3], made[4]]);
    const tensors = read(g.finish('').graph).graph.initializer ?? [];
    expect(tensors.find(({ name }) => name === made[3])).toMatchObject({ dims: [2], dataType: elementTypes.int64 });
    expect(tensors.find(({ name }) => name === made[0])?.dims ?? []).toEqual([]);
  });
});

it('a body sees the values outside it, and only the chosen one is run', async () => {
  const g = GraphBuilder.create();
  const x = g.input('x', 'float32', ['n']);
  const condition = g.node('Squeeze', [g.node('Greater', [g.node('ReduceMax', [x])[0], g.scalar(0)])[0]])[0];
  const [y] = choose(
    g,
    condition,
    ['y'],
    (body) => [multiply(body, x, body.scalar(10))],
    (body) => [add(body, x, body.scalar(100))],
  );
  g.output(y);
  const session = await GraphSession.create(g.finish('').graph, 'cpu', 1);
  const run = async (...values: number[]) => {
    const feed = { type: 'float32' as const, data: Float32Array.from(values), dims: [values.length] };
    return Array.from((await session.run({ x: feed }, ['y'])).y.data, Number);
  };
  expect(await run(1, 2)).toEqual([10, 20]);
  expect(await run(-1, -2)).toEqual([99, 98]);
  await session.release();
});

describe('the format', () => {
  it('reads back what was written: every kind of attribute, optional outputs, dimensions by name', () => {
    const g = GraphBuilder.create();
    g.input('x', 'float32', ['n', 3]);
    const body = g.subgraph((inner) => [{ value: inner.node('Identity', ['x'])[0], type: 'float32' }]);
    g.node('Custom', ['x', ''], {
      domain: 'com.microsoft',
      outputs: ['y', '', 'z'],
      attributes: { whole: -3, real: { float: 0.5 }, word: 'höhe', list: [1, -2], body },
    });
    g.output('y', 'int64');
    const { graph, irVersion } = read(g.finish('').graph);
    expect(irVersion).toBe(9);
    expect(graph.input).toEqual([
      { name: 'x', type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'n' }, { dimValue: 3 }] } } } },
    ]);
    expect(graph.output).toEqual([{ name: 'y', type: { tensorType: { elemType: 7 } } }]);
    const [node] = graph.node;
    expect(node).toMatchObject({ opType: 'Custom', domain: 'com.microsoft', input: ['x', ''], output: ['y', '', 'z'] });
    const attribute = (name: string) => node.attribute?.find((one) => one.name === name);
    expect(attribute('whole')).toMatchObject({ type: 2, i: -3 });
    expect(attribute('real')).toMatchObject({ type: 1, f: 0.5 });
    expect(new TextDecoder().decode(attribute('word')?.s)).toBe('höhe');
    expect(attribute('list')).toMatchObject({ type: 7, ints: [1, -2] });
    expect(attribute('body')?.g?.node[0]).toMatchObject({ opType: 'Identity', input: ['x'] });
  });

  it('is stable: encoding what was decoded gives the same bytes', () => {
    const g = GraphBuilder.create();
    g.output(add(g, g.input('x', 'float32', ['n']), g.scalar(1), 'y'));
    g.weight(weightOf('w', 3));
    const { graph } = g.finish('data.bin');
    expect(encodeModel(decodeModel(graph))).toEqual(graph);
  });
});
