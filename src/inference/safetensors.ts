/**
 * Writes a safetensors file piece by piece, so that tensors larger than memory are never held whole. The format is eight bytes of
 * header length, a JSON header, and the data. float32 only. Engine only.
 */
import { WholeFile } from '../files/wholeFile';

export interface PlannedTensor {
  name: string;
  shape: readonly number[];
}

export class SafetensorsWriter {
  private constructor(
    private readonly file: WholeFile,
    private readonly offsets: ReadonlyMap<string, number>,
    readonly sizeBytes: number,
  ) {}

  /** Throws what `WholeFile.create` and its methods throw. */
  static async create(path: string, tensors: readonly PlannedTensor[]): Promise<SafetensorsWriter> {
    const header: Record<string, object> = { __metadata__: { format: 'pt', producer: 'prompt-lens' } };
    const starts = new Map<string, number>();
    let at = 0;
    for (const { name, shape } of tensors) {
      const bytes = shape.reduce((a, b) => a * b, 4);
      header[name] = { dtype: 'F32', shape, data_offsets: [at, at + bytes] };
      starts.set(name, at);
      at += bytes;
    }
    const json = Buffer.from(JSON.stringify(header));
    const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(padded.length));
    const base = 8 + padded.length;
    const offsets = new Map([...starts].map(([name, start]) => [name, base + start]));
    const file = await WholeFile.create(path);
    try {
      await file.write(Buffer.concat([length, padded]), 0);
      await file.resize(base + at);
      return new SafetensorsWriter(file, offsets, base + at);
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  /** `element`: the offset in the tensor, in floats. Throws `diskFull` and other writing errors. */
  async write(name: string, element: number, data: Float32Array): Promise<void> {
    const start = this.offsets.get(name);
    if (start === undefined) throw new Error(`${name} is not planned`);
    await this.file.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + element * 4);
  }

  /** Puts the complete file in its place. */
  finish(): Promise<void> {
    return this.file.finish();
  }

  /** Removes an incomplete file. */
  discard(): Promise<void> {
    return this.file.discard();
  }
}
