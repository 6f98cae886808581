/**
 * The nodes and initializers of an ONNX file, read from its bytes (protocol buffers' wire format; field numbers are those of
 * onnx.proto). Weights are not copied: an initializer knows where its bytes lie, in this file or in a file of external data.
 */
import { clause } from '../../protocol/clauses';
import { malformed } from '../modelProblem';

export interface OnnxNode {
  op: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  numbers: ReadonlyMap<string, number>;
  /** Whether it holds graphs of its own, as `If` does. */
  nested: boolean;
}

export interface Initializer {
  name: string;
  dims: readonly number[];
  /** TensorProto.DataType */
  type: number;
  /** Bytes [from, to) of the file; null where they are external or spelt as numbers. */
  raw: readonly [number, number] | null;
  external: ReadonlyMap<string, string>;
}

export interface OnnxGraph {
  producer: string;
  nodes: readonly OnnxNode[];
  initializers: ReadonlyMap<string, Initializer>;
  outputs: readonly string[];
}

/** Weights have one or two. */
const mostDims = 64;

interface Field {
  number: number;
  /** A varint or a fixed-width number. */
  value: number;
  /** Of a length-delimited field. */
  from: number;
  to: number;
}

class Wire {
  constructor(
    private readonly bytes: Buffer,
    private readonly path: string,
  ) {}

  *fields(from: number, to: number): Generator<Field> {
    let at = from;
    const varint = (): number => {
      let value = 0;
      for (let shift = 0; shift < 70; shift += 7) {
        if (at >= to) throw this.damaged();
        const byte = this.bytes[at++];
        if (shift < 56) value += (byte & 127) * 2 ** shift;
        if (byte < 128) return value;
      }
      throw this.damaged();
    };
    const skip = (count: number) => {
      at += count;
      if (at > to) throw this.damaged();
    };
    while (at < to) {
      const tag = varint();
      const [number, wire] = [Math.floor(tag / 8), tag % 8];
      const start = at;
      if (wire === 0) yield { number, value: varint(), from: start, to: start };
      else if (wire === 2) {
        const length = varint();
        const begin = at;
        skip(length);
        yield { number, value: 0, from: begin, to: at };
      } else if (wire === 5) {
        skip(4);
        yield { number, value: this.bytes.readFloatLE(start), from: start, to: at };
      } else if (wire === 1) {
        skip(8);
        yield { number, value: 0, from: start, to: at };
      } else throw this.damaged();
    }
  }

  text({ from, to }: Field): string {
    return this.bytes.toString('utf8', from, to);
  }

  /** Numbers, packed or one by one. */
  numbers(field: Field): number[] {
    if (field.from === field.to) return [field.value];
    const packed: number[] = [];
    let [value, shift] = [0, 0];
    for (let at = field.from; at < field.to; at++) {
      const byte = this.bytes[at];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
      if (byte < 128) {
        packed.push(value);
        [value, shift] = [0, 0];
      }
    }
    return packed;
  }

  damaged(): Error {
    return malformed(this.path, clause('notOnnx'));
  }
}

/** Throws modelMalformed. */
export function readOnnx(bytes: Buffer, path: string): OnnxGraph {
  const wire = new Wire(bytes, path);
  let producer = '';
  let graph: Field | null = null;
  for (const field of wire.fields(0, bytes.length)) {
    if (field.number === 2) producer = wire.text(field);
    if (field.number === 7) graph = field;
  }
  if (graph === null) throw wire.damaged();
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Initializer>();
  const outputs: string[] = [];
  for (const field of wire.fields(graph.from, graph.to)) {
    if (field.number === 1) nodes.push(nodeOf(wire, field));
    if (field.number === 12)
      for (const one of wire.fields(field.from, field.to)) if (one.number === 1) outputs.push(wire.text(one));
    if (field.number !== 5) continue;
    const tensor = initializerOf(wire, field);
    if (initializers.has(tensor.name)) throw malformed(path, clause('tensorTwice', tensor.name));
    initializers.set(tensor.name, tensor);
  }
  return { producer, nodes, initializers, outputs };
}

function nodeOf(wire: Wire, whole: Field): OnnxNode {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const numbers = new Map<string, number>();
  let [op, name, nested] = ['', '', false];
  for (const field of wire.fields(whole.from, whole.to)) {
    if (field.number === 1) inputs.push(wire.text(field));
    if (field.number === 2) outputs.push(wire.text(field));
    if (field.number === 3) name = wire.text(field);
    if (field.number === 4) op = wire.text(field);
    if (field.number !== 5) continue;
    let key = '';
    let value: number | null = null;
    for (const part of wire.fields(field.from, field.to)) {
      if (part.number === 1) key = wire.text(part);
      // Negative numbers are written as 64-bit ones, of which −1 is the only one that is used here.
      if (part.number === 2 || part.number === 3) value = part.value > 2 ** 55 ? -1 : part.value;
      if (part.number === 6 || part.number === 11) nested = true;
    }
    if (value !== null) numbers.set(key, value);
  }
  return { op, name, inputs, outputs, numbers, nested };
}

function initializerOf(wire: Wire, whole: Field): Initializer {
  const dims: number[] = [];
  const external = new Map<string, string>();
  let [type, name] = [0, ''];
  let raw: [number, number] | null = null;
  for (const field of wire.fields(whole.from, whole.to)) {
    if (field.number === 1) for (const one of wire.numbers(field)) dims.push(one);
    if (dims.length > mostDims) throw wire.damaged();
    if (field.number === 2) type = field.value;
    if (field.number === 8) name = wire.text(field);
    if (field.number === 9) raw = [field.from, field.to];
    if (field.number !== 13) continue;
    let [key, value] = ['', ''];
    for (const part of wire.fields(field.from, field.to)) {
      if (part.number === 1) key = wire.text(part);
      if (part.number === 2) value = wire.text(part);
    }
    external.set(key, value);
  }
  return { name, dims, type, raw, external };
}
