/**
 * Reads values of a GGUF header that has been walked: bytes → JavaScript. 64-bit numbers become doubles, exact up to 2^53; texts
 * are read as UTF-8, with U+FFFD for invalid bytes.
 */
import { arrayType, fixedBytes, lengthAt, stringType, type ValuePlace } from './ggufHeader';

export type HeaderValue = number | boolean | string | HeaderValue[];

/** `bytes`: the header; every place within it has been checked. */
export function readValue(bytes: Buffer, { type, at }: ValuePlace): HeaderValue {
  return new ValueReader(bytes, at).value(type);
}

/** The number of entries of an array, without reading them; null for a value that is not an array. */
export function entriesOf(bytes: Buffer, { type, at }: ValuePlace): number | null {
  return type === arrayType ? lengthAt(bytes, at + 4) : null;
}

class ValueReader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  value(type: number): HeaderValue {
    if (type === stringType) return this.text();
    if (type === arrayType) return this.array();
    const from = this.at;
    this.at += fixedBytes[type];
    return this.fixed(type, from);
  }

  private text(): string {
    const from = this.at + 8;
    this.at = from + lengthAt(this.bytes, this.at);
    return this.bytes.toString('utf8', from, this.at);
  }

  private array(): HeaderValue[] {
    const type = this.bytes.readUInt32LE(this.at);
    const count = lengthAt(this.bytes, this.at + 4);
    this.at += 12;
    return Array.from({ length: count }, () => this.value(type));
  }

  private fixed(type: number, at: number): number | boolean {
    const { bytes } = this;
    switch (type) {
      case 0:
        return bytes.readUInt8(at);
      case 1:
        return bytes.readInt8(at);
      case 2:
        return bytes.readUInt16LE(at);
      case 3:
        return bytes.readInt16LE(at);
      case 4:
        return bytes.readUInt32LE(at);
      case 5:
        return bytes.readInt32LE(at);
      case 6:
        return bytes.readFloatLE(at);
      case 7:
        return bytes.readUInt8(at) !== 0;
      case 10:
        return Number(bytes.readBigUInt64LE(at));
      case 11:
        return Number(bytes.readBigInt64LE(at));
      default:
        return bytes.readDoubleLE(at);
    }
  }
}
