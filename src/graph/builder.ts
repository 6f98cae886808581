/**
 * Writes an ONNX graph node by node. A value is the name of a tensor. Weights stay outside the graph, in one data file, each with a
 * function that produces its bytes when the file is written.
 */
import { type ElementType, elementTypes, encodeModel } from './onnxFormat';

/** The name of a tensor in the graph. */
export type Value = string;
export type Dimension = number | string;
export type Attribute = number | string | { float: number } | number[] | GraphBuilder;

/** A tensor of the data file, row-major, little endian. */
export interface Weight {
  name: string;
  type: ElementType;
  shape: number[];
  sizeBytes: number;
  produce(): Promise<Uint8Array>;
}

export interface NodeOptions {
  domain?: string;
  attributes?: Record<string, Attribute>;
  /** Names, or the number of outputs; '' leaves an optional output out. */
  outputs?: number | Value[];
}

/** A node as it was requested, in the form that differentiation reads. */
export interface RecordedNode {
  opType: string;
  inputs: readonly Value[];
  outputs: readonly Value[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** ONNX Runtime maps external data by page. */
const alignment = 4096;

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

interface NamedValue {
  name: Value;
  type: ElementType;
  dims: Dimension[] | null;
}

export class GraphBuilder {
  private nodes: object[] = [];
  private records: RecordedNode[] = [];
  private readonly inputs: NamedValue[] = [];
  private readonly outputs: NamedValue[] = [];
  private readonly root: GraphBuilder;
  private readonly constants = new Map<string, object>();
  private readonly weights = new Map<string, Weight>();
  private counter = 0;

  private constructor(
    parent: GraphBuilder | null,
    private readonly fed: boolean,
  ) {
    this.root = parent?.root ?? this;
  }

  /** `fed`: weights are inputs of the graph, so that one graph serves every block of a decoder. */
  static create({ fed = false } = {}): GraphBuilder {
    return new GraphBuilder(null, fed);
  }

  /** A body for `If`: it sees every value of the outer graph and shares its constants and weights. */
  subgraph(build: (body: GraphBuilder) => { value: Value; type: ElementType }[]): GraphBuilder {
    const body = new GraphBuilder(this, this.fed);
    for (const { value, type } of build(body)) body.outputs.push({ name: value, type, dims: null });
    return body;
  }

  input(name: Value, type: ElementType, dims: Dimension[]): Value {
    this.inputs.push({ name, type, dims });
    return name;
  }

  output(name: Value, type: ElementType = 'float32'): Value {
    this.outputs.push({ name, type, dims: null });
    return name;
  }

  node(opType: string, inputs: Value[], options: NodeOptions = {}): Value[] {
    const wanted = options.outputs ?? 1;
    const outputs =
      typeof wanted === 'number'
        ? Array.from({ length: wanted }, () => this.fresh(opType))
        : wanted.map((name) => name);
    const attributes = options.attributes ?? {};
    const attribute = Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value));
    this.records.push({ opType, inputs, outputs, attributes });
    this.nodes.push({
      opType,
      name: this.fresh(`node_${opType}`),
      domain: options.domain ?? '',
      input: inputs,
      output: outputs,
      attribute,
    });
    return outputs;
  }

  /** Every node so far, in order; the nodes of subgraphs are recorded in the subgraphs. */
  recorded(): readonly RecordedNode[] {
    return [...this.records];
  }

  /**
   * Removes nodes that no output needs, since the runtime would compute them. Not for a graph with bodies, which read values that
   * are not seen here.
   */
  prune(): this {
    const needed = new Set(this.outputs.map(({ name }) => name));
    const kept = this.records.map(() => false);
    for (let index = this.records.length - 1; index >= 0; index--) {
      const { inputs, outputs } = this.records[index];
      if (!outputs.some((output) => needed.has(output))) continue;
      kept[index] = true;
      for (const input of inputs) needed.add(input);
    }
    this.nodes = this.nodes.filter((_, index) => kept[index]);
    this.records = this.records.filter((_, index) => kept[index]);
    return this;
  }

  /** A one-dimensional constant; it is shared when the same list is requested again. */
  ints(...values: number[]): Value {
    return this.constant(`ints_${values.join('_')}`, 'int64', [values.length], BigInt64Array.from(values.map(BigInt)));
  }

  /** A scalar of shape []. */
  scalar(value: number, type: 'float32' | 'int64' = 'float32'): Value {
    const data = type === 'float32' ? Float32Array.of(value) : BigInt64Array.of(BigInt(value));
    return this.constant(`${type}_${value}`, type, [], data);
  }

  ones(type: 'float32' | 'uint8', rows: number, columns: number): Value {
    const data = (type === 'float32' ? new Float32Array(rows * columns) : new Uint8Array(rows * columns)).fill(1);
    return this.constant(`ones_${type}_${rows}_${columns}`, type, [rows, columns], data);
  }

  weight(weight: Weight): Value {
    const { root } = this;
    if (root.fed && !root.weights.has(weight.name)) root.input(weight.name, weight.type, weight.shape);
    root.weights.set(weight.name, weight);
    return weight.name;
  }

  /** Names of the weights, in the order of their first use. */
  weightNames(): string[] {
    return [...this.root.weights.keys()];
  }

  /** Size of the data file, without writing the graph. */
  dataBytes(): number {
    return [...this.weights.values()].reduce((sum, { sizeBytes }) => sum + aligned(sizeBytes), 0);
  }

  /** The graph's bytes and the data file's plan; `dataFile` is its name beside the graph. */
  finish(dataFile: string): { graph: Uint8Array; weights: (Weight & { offset: number })[]; sizeBytes: number } {
    let offset = 0;
    const weights = [...this.weights.values()].map((weight) => {
      const placed = { ...weight, offset };
      offset += aligned(weight.sizeBytes);
      return placed;
    });
    const stored = this.fed ? [] : weights.map((weight) => externalTensor(weight, dataFile));
    const initializer = [...this.constants.values(), ...stored];
    const graph = encodeModel({
      irVersion: 9,
      producerName: 'prompt-lens',
      opsetImport: [
        { domain: '', version: 18 },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: { ...this.body('decoder'), initializer },
    });
    return { graph, weights, sizeBytes: offset };
  }

  /** The graph as a GraphProto without initializers, which belong to the outermost graph. */
  body(name: string): object {
    return { name, node: this.nodes, input: this.inputs.map(valueInfo), output: this.outputs.map(valueInfo) };
  }

  private constant(
    name: Value,
    type: ElementType,
    dims: number[],
    data: BigInt64Array | Float32Array | Uint8Array,
  ): Value {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (!this.root.constants.has(name))
      this.root.constants.set(name, { name, dims, dataType: elementTypes[type], rawData });
    return name;
  }

  private fresh(prefix: string): Value {
    this.root.counter += 1;
    return `${prefix}_${this.root.counter}`;
  }
}

function encodeAttribute(name: string, value: Attribute): object {
  if (value instanceof GraphBuilder) return { name, type: 5, g: value.body(name) };
  if (Array.isArray(value)) return { name, type: 7, ints: value };
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  if (typeof value === 'object') return { name, type: 1, f: value.float };
  return { name, type: 2, i: value };
}

function valueInfo({ name, type, dims }: NamedValue): object {
  const dim = dims?.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementTypes[type], ...(dim ? { shape: { dim } } : {}) } } };
}

function externalTensor(weight: Weight & { offset: number }, dataFile: string): object {
  const entries = { location: dataFile, offset: weight.offset, length: weight.sizeBytes };
  return {
    name: weight.name,
    dims: weight.shape,
    dataType: elementTypes[weight.type],
    dataLocation: 1,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value: String(value) })),
  };
}
