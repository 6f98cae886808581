/**
 * Reads a GGUF header. Every count and length is checked against the bytes left in the file and against limits of our own before
 * anything is kept of it, so a truncated, lying or hostile file is refused with one sentence and cannot choose how much is
 * allocated. Values are indexed by their place and decoded when they are asked for (headerValues.ts), so a value that is never read
 * costs only the walk over it. Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
 */
import type { FileHandle } from 'node:fs/promises';
import { type ClauseKey, clause } from '../protocol/clauses';
import { malformed, unsupported } from './modelProblem';

/** The largest real header (256k tokens with merges) is about 12 MB. */
const headerLimitBytes = 48_000_000;
const keyLimit = 100_000;
const tensorLimit = 100_000;
const arrayLimit = 1_000_000;
/** Entries in all arrays of texts or arrays together: tokens and merges of the largest vocabularies are about a million. */
const entryLimit = 3_000_000;
const stringLimitBytes = 10_000_000;
const nameLimitBytes = 65_535;
const pieceBytes = 1 << 20;
const nesting = 4;

/** Bytes of each fixed-width value type, by the type's number. */
export const fixedBytes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
export const stringType = 8;
export const arrayType = 9;
/** Key length, type and one byte of value; name length, dimension count, one dimension, type and offset. */
const leastKeyBytes = 13;
const leastTensorBytes = 32;

/** A value's type and where its bytes begin. */
export interface ValuePlace {
  type: number;
  at: number;
}

export interface TensorDescription {
  name: string;
  /** In the file's order, the fastest first. */
  dimensions: number[];
  /** ggml_type */
  type: number;
  /** Counted from the beginning of the data. */
  offset: number;
}

export interface GgufHeader {
  /** From the magic number to the last tensor description. */
  bytes: Buffer;
  values: ReadonlyMap<string, ValuePlace>;
  tensors: TensorDescription[];
}

/** Rejects with modelMalformed or modelUnsupported. */
export async function readGgufHeader(handle: FileHandle, sizeBytes: number, path: string): Promise<GgufHeader> {
  const walk = new HeaderWalk(handle, sizeBytes, path);
  await walk.start();
  const tensorCount = await walk.count(leastTensorBytes, tensorLimit, 'tensors');
  const keys = await walk.count(leastKeyBytes, keyLimit, 'metadataEntries');
  const values = new Map<string, ValuePlace>();
  for (let i = 0; i < keys; i++) {
    const key = await walk.name();
    if (key === '') throw malformed(path, clause('entryUnnamed'));
    if (values.has(key)) throw malformed(path, clause('entryTwice', key));
    const type = await walk.uint32();
    values.set(key, { type, at: walk.place });
    await walk.value(type, 0);
  }
  const tensors: TensorDescription[] = [];
  for (let i = 0; i < tensorCount; i++) tensors.push(await walk.tensor());
  return { bytes: walk.bytes(), values, tensors };
}

/** Reads a 64-bit length; it is inexact beyond 2^53, which is far beyond every limit. */
export const lengthAt = (buffer: Buffer, at: number): number =>
  buffer.readUInt32LE(at) + buffer.readUInt32LE(at + 4) * 2 ** 32;

class HeaderWalk {
  private buffer = Buffer.alloc(0);
  private at = 0;
  private entries = 0;

  constructor(
    private readonly handle: FileHandle,
    private readonly sizeBytes: number,
    private readonly path: string,
  ) {}

  bytes(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  get place(): number {
    return this.at;
  }

  async start(): Promise<void> {
    if (this.sizeBytes === 0) throw malformed(this.path, clause('empty'));
    const notGguf = unsupported(this.path, clause('notGguf'));
    if (this.sizeBytes < 4) throw notGguf;
    await this.take(4);
    if (this.buffer.toString('latin1', 0, 4) !== 'GGUF') throw notGguf;
    const version = await this.uint32();
    if (version > 0 && (version & 0xffff) === 0) throw unsupported(this.path, clause('bigEndian'));
    if (version !== 2 && version !== 3) throw unsupported(this.path, clause('ggufVersion', version));
  }

  /** A 64-bit count of things of at least `leastBytes` each, which the rest of the file must be able to hold. */
  async count(leastBytes: number, limit: number, what: ClauseKey): Promise<number> {
    const from = await this.take(8);
    const count = lengthAt(this.buffer, from);
    if (count * leastBytes > this.sizeBytes - this.at || count > limit)
      throw malformed(this.path, clause('announcesMore', clause(what)));
    return count;
  }

  async uint32(): Promise<number> {
    // The bytes must be taken before the buffer is read: taking them may replace it with a larger one.
    const from = await this.take(4);
    return this.buffer.readUInt32LE(from);
  }

  async name(): Promise<string> {
    const length = await this.count(1, nameLimitBytes, 'bytesInName');
    const from = await this.take(length);
    return this.buffer.toString('utf8', from, from + length);
  }

  async value(type: number, depth: number): Promise<void> {
    if (type === stringType) await this.take(await this.count(1, stringLimitBytes, 'bytesInString'));
    else if (type === arrayType) await this.array(depth);
    else if (type in fixedBytes) await this.take(fixedBytes[type]);
    else throw malformed(this.path, clause('entryTypeUnknown', type));
  }

  async tensor(): Promise<TensorDescription> {
    const name = await this.name();
    if (name === '') throw malformed(this.path, clause('tensorUnnamed'));
    const count = await this.uint32();
    if (count < 1 || count > 4) throw malformed(this.path, clause('tensorDimensions', count));
    const from = await this.take(count * 8 + 4 + 8);
    const behind = from + count * 8;
    return {
      name,
      dimensions: Array.from({ length: count }, (_, dimension) => lengthAt(this.buffer, from + dimension * 8)),
      type: this.buffer.readUInt32LE(behind),
      offset: lengthAt(this.buffer, behind + 4),
    };
  }

  private async array(depth: number): Promise<void> {
    if (depth >= nesting) throw malformed(this.path, clause('arraysTooDeep'));
    const type = await this.uint32();
    const width = fixedBytes[type];
    const count = await this.count(width ?? (type === stringType ? 8 : 12), arrayLimit, 'arrayEntries');
    this.entries += width === undefined ? count : 0;
    if (this.entries > entryLimit) throw malformed(this.path, clause('announcesMore', clause('arrayEntries')));
    if (width !== undefined) await this.take(count * width);
    // There is no await where the bytes are already in the buffer: a vocabulary has tens of thousands of strings.
    else
      for (let i = 0; i < count; i++) if (type !== stringType || !this.stringHere()) await this.value(type, depth + 1);
  }

  private stringHere(): boolean {
    if (this.at + 8 > this.buffer.length) return false;
    const end = this.at + 8 + lengthAt(this.buffer, this.at);
    if (end > this.buffer.length) return false;
    this.at = end;
    return true;
  }

  /** Moves over `count` bytes and makes sure they are in the buffer; resolves with the offset at which they begin. */
  private async take(count: number): Promise<number> {
    const from = this.at;
    const end = from + count;
    if (end > this.sizeBytes) throw malformed(this.path, clause('headerCut'));
    if (end > headerLimitBytes) throw unsupported(this.path, clause('headerTooLarge'));
    if (end > this.buffer.length) await this.fill(end);
    this.at = end;
    return from;
  }

  /** Grows by doubling, so the copying stays proportional to the header. */
  private async fill(end: number): Promise<void> {
    const goal = Math.min(this.sizeBytes, Math.max(end, 2 * this.buffer.length, pieceBytes));
    const grown = Buffer.alloc(goal);
    this.buffer.copy(grown);
    let have = this.buffer.length;
    while (have < goal) {
      const { bytesRead } = await this.handle.read(grown, have, goal - have, have);
      if (bytesRead === 0) throw malformed(this.path, clause('becameShorter'));
      have += bytesRead;
    }
    this.buffer = grown;
  }
}
