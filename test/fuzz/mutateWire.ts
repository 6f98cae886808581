/** Seeded changes of a protocol buffer's structure: fields left out, doubled, exchanged, or given odd values; the rest stays whole. */
import { below, oneOf, type Random } from './mutate';

interface Field {
  number: number;
  wire: number;
  /** Of wire type 0. */
  value: bigint;
  /** Of the others. */
  bytes: Buffer;
}

/** Null where the bytes are no message. */
function fieldsOf(bytes: Buffer): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null) return null;
    const [number, wire] = [Number(tag >> 3n), Number(tag & 7n)];
    const value = wire === 0 || wire === 2 ? varint() : wire === 5 ? 4n : wire === 1 ? 8n : null;
    if (number === 0 || value === null || (wire !== 0 && value > BigInt(bytes.length - at))) return null;
    const length = wire === 0 ? 0 : Number(value);
    fields.push({ number, wire, value, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

function varint(value: bigint): Buffer {
  const out: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    if (rest <= 127n) return Buffer.from(out);
  }
}

const written = (fields: readonly Field[]): Buffer =>
  Buffer.concat(
    fields.flatMap(({ number, wire, value, bytes }) => [
      varint(BigInt(number * 8 + wire)),
      ...(wire === 0 ? [varint(value)] : wire === 2 ? [varint(BigInt(bytes.length)), bytes] : [bytes]),
    ]),
  );

const oddNumbers = [0n, 1n, 2n, 3n, 7n, 10n, 16n, 128n, 2n ** 31n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, -1n];

/** `texts`: odd values of a text, such as names of files. */
export function mutatedWire(random: Random, bytes: Uint8Array, texts: readonly string[]): Buffer {
  let out = Buffer.from(bytes);
  for (let times = 1 + below(random, 3); times > 0; times--) out = changed(random, out, texts, 6);
  return out;
}

function changed(random: Random, bytes: Buffer, texts: readonly string[], depth: number): Buffer<ArrayBuffer> {
  const fields = fieldsOf(bytes);
  if (!fields || fields.length === 0) return Buffer.from(oneOf(random, texts));
  const at = below(random, fields.length);
  const one = fields[at];
  const inside = one.wire === 2 && depth > 0 && random() < 0.85 ? fieldsOf(one.bytes) : null;
  if (inside && inside.length > 0) fields[at] = { ...one, bytes: changed(random, one.bytes, texts, depth - 1) };
  else changeField(random, fields, at, texts);
  return Buffer.from(written(fields));
}

function changeField(random: Random, fields: Field[], at: number, texts: readonly string[]): void {
  const one = fields[at];
  const other = oneOf(random, fields);
  const way = below(random, 8);
  if (way === 0) fields.splice(at, 1);
  else if (way === 1) fields.splice(at, 0, ...Array.from({ length: 1 + below(random, 20) }, () => one));
  else if (way === 2) fields[at] = { ...other, number: one.number };
  else if (way === 3) fields[at] = { ...one, number: 1 + below(random, 16) };
  else if (one.wire === 0) fields[at] = { ...one, value: oneOf(random, oddNumbers) };
  else if (way === 4) fields[at] = { ...one, bytes: one.bytes.subarray(0, below(random, one.bytes.length + 1)) };
  else if (one.wire === 2) fields[at] = { ...one, bytes: Buffer.from(oneOf(random, texts)) };
  else fields[at] = { ...one, bytes: Buffer.alloc(one.bytes.length, oneOf(random, [0, 255, 127])) };
}
