/**
 * Writes a safetensors file piece by piece (format: eight bytes of header length, JSON header, data), so that tensors larger than
 * memory allows are never held whole. float32 only. Engine only.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { ProblemError } from '../protocol/problem';

export interface PlannedTensor {
  name: string;
  shape: readonly number[];
}

export class SafetensorsWriter {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly offsets: ReadonlyMap<string, number>,
    readonly sizeBytes: number,
  ) {}

  /** Throws `fileNotWritten` when the file cannot be made. */
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
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'w');
      await file.write(Buffer.concat([length, padded]), 0, base, 0);
      await file.truncate(base + at);
      return new SafetensorsWriter(path, file, offsets, base + at);
    } catch (error) {
      await file?.close();
      throw notWritten(path, error);
    }
  }

  /** `element`: where in the tensor, counted in floats. Throws `fileNotWritten`, for instance when the disk is full. */
  async write(name: string, element: number, data: Float32Array): Promise<void> {
    const start = this.offsets.get(name);
    if (start === undefined) throw new Error(`${name} is not planned`);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    try {
      await this.file.write(bytes, 0, bytes.length, start + element * 4);
    } catch (error) {
      throw notWritten(this.path, error);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** Closes and removes an incomplete file. */
  async discard(): Promise<void> {
    await this.file.close();
    await rm(this.path, { force: true });
  }
}

function notWritten(path: string, error: unknown): ProblemError {
  return new ProblemError('fileNotWritten', [path, (error as NodeJS.ErrnoException).code ?? String(error)]);
}
