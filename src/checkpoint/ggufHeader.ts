/**
 * Walks a GGUF header before anything is built from it: every count and length is held against the bytes that are left in the
 * file, so a truncated, lying or hostile file ends here, in one sentence, without an allocation of its choosing.
 * Gives back the header's bytes; ggufFile.ts hands exactly these to the parser.
 * Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
 */
import type { FileHandle } from 'node:fs/promises';
import { malformed, unsupported } from './modelProblem';

/** The parser stops at 50 MB; the largest real header (256k tokens with merges) is about 12 MB. */
const headerLimitBytes = 48_000_000;
const keyLimit = 100_000;
const arrayLimit = 1_000_000;
const stringLimitBytes = 10_000_000;
const pieceBytes = 1 << 20;
const nesting = 4;

/** Bytes of each fixed-width value type, by the type's number. */
const fixedBytes: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const stringType = 8;
const arrayType = 9;
/** Key length, type and one byte of value; name length, dimension count, one dimension, type and offset. */
const leastKeyBytes = 13;
const leastTensorBytes = 32;

/** Resolves with the header, from the magic number to the last tensor description. */
export async function readGgufHeader(handle: FileHandle, sizeBytes: number, path: string): Promise<Uint8Array> {
  const walk = new HeaderWalk(handle, sizeBytes, path);
  await walk.start();
  const tensors = await walk.count(leastTensorBytes, Number.MAX_SAFE_INTEGER, 'tensors');
  const keys = await walk.count(leastKeyBytes, keyLimit, 'metadata entries');
  for (let i = 0; i < keys; i++) {
    if ((await walk.string()) === 0) throw malformed(path, 'a metadata entry has no name');
    await walk.value(await walk.uint32(), 0);
  }
  for (let i = 0; i < tensors; i++) await walk.tensor();
  return walk.bytes();
}

class HeaderWalk {
  private buffer = Buffer.alloc(0);
  private at = 0;

  constructor(
    private readonly handle: FileHandle,
    private readonly sizeBytes: number,
    private readonly path: string,
  ) {}

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.at);
  }

  async start(): Promise<void> {
    if (this.sizeBytes === 0) throw malformed(this.path, 'it is empty');
    const notGguf = unsupported(this.path, 'it is not a GGUF file');
    if (this.sizeBytes < 4) throw notGguf;
    await this.take(4);
    if (this.buffer.toString('latin1', 0, 4) !== 'GGUF') throw notGguf;
    const version = await this.uint32();
    if (version > 0 && (version & 0xffff) === 0) throw unsupported(this.path, 'it is a big-endian GGUF file');
    if (version !== 2 && version !== 3) throw unsupported(this.path, `it is GGUF version ${version}, not 2 or 3`);
  }

  /** A 64-bit count of things of at least `leastBytes` each, which the rest of the file must be able to hold. */
  async count(leastBytes: number, limit: number, what: string): Promise<number> {
    const from = await this.take(8);
    const count = Number(this.buffer.readBigUInt64LE(from));
    if (count * leastBytes > this.sizeBytes - this.at || count > limit)
      throw malformed(this.path, `it announces more ${what} than it can hold`);
    return count;
  }

  async uint32(): Promise<number> {
    return this.buffer.readUInt32LE(await this.take(4));
  }

  /** Passes over a string; resolves with its length in bytes. */
  async string(): Promise<number> {
    const length = await this.count(1, stringLimitBytes, 'bytes in one string');
    await this.take(length);
    return length;
  }

  async value(type: number, depth: number): Promise<void> {
    if (type === stringType) await this.string();
    else if (type === arrayType) await this.array(depth);
    else if (type in fixedBytes) await this.take(fixedBytes[type]);
    else throw malformed(this.path, `a metadata entry has the unknown type ${type}`);
  }

  async tensor(): Promise<void> {
    if ((await this.string()) === 0) throw malformed(this.path, 'a tensor has no name');
    const dimensions = await this.uint32();
    if (dimensions < 1 || dimensions > 4) throw malformed(this.path, `a tensor has ${dimensions} dimensions`);
    await this.take(dimensions * 8 + 4 + 8);
  }

  private async array(depth: number): Promise<void> {
    if (depth >= nesting) throw malformed(this.path, 'metadata arrays are nested too deeply');
    const type = await this.uint32();
    const width = fixedBytes[type];
    const count = await this.count(width ?? (type === stringType ? 8 : 12), arrayLimit, 'array entries');
    if (width !== undefined) await this.take(count * width);
    // Without waiting where the bytes are here already: a vocabulary has tens of thousands of strings.
    else
      for (let i = 0; i < count; i++) if (type !== stringType || !this.stringHere()) await this.value(type, depth + 1);
  }

  private stringHere(): boolean {
    if (this.at + 8 > this.buffer.length) return false;
    const end = this.at + 8 + Number(this.buffer.readBigUInt64LE(this.at));
    if (end > this.buffer.length) return false;
    this.at = end;
    return true;
  }

  /** Moves over `count` bytes and makes sure they are in the buffer; resolves with where they begin. */
  private async take(count: number): Promise<number> {
    const from = this.at;
    const end = from + count;
    if (end > this.sizeBytes) throw malformed(this.path, 'it ends in the middle of its header');
    if (end > headerLimitBytes) throw unsupported(this.path, 'its header is larger than 48 MB');
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
      if (bytesRead === 0) throw malformed(this.path, 'it became shorter while it was read');
      have += bytesRead;
    }
    this.buffer = grown;
  }
}
