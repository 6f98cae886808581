/** Reads weights from a compiled graph's data file as they are needed, into memory that the next ones reuse. Engine only. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Weight } from '../graph/builder';
import { floats } from './feeds';
import type { Feed } from './session';

type Placed = Pick<Weight, 'shape' | 'sizeBytes'> & { offset: number };

export class WeightFile {
  private readonly buffers = new Map<string, Float32Array>();

  private constructor(
    private readonly file: FileHandle,
    private readonly weights: ReadonlyMap<string, Placed>,
  ) {}

  /** `weights`: the layout of the file; all are float32. */
  static async open(path: string, weights: readonly (Weight & { offset: number })[]): Promise<WeightFile> {
    return new WeightFile(await open(path, 'r'), new Map(weights.map((weight) => [weight.name, weight])));
  }

  /**
   * `names`: input → the weight it is fed. What was read earlier for an input is overwritten. Throws for a name that is not in the
   * file.
   */
  async feeds(names: ReadonlyMap<string, string>): Promise<Record<string, Feed>> {
    const feeds: Record<string, Feed> = {};
    for (const [input, name] of names) {
      const weight = this.weights.get(name);
      if (!weight) throw new Error(`the data file has no weight ${name}`);
      const { shape, sizeBytes, offset } = weight;
      const known = this.buffers.get(input);
      const data = known?.byteLength === sizeBytes ? known : new Float32Array(sizeBytes / 4);
      this.buffers.set(input, data);
      await this.read(data, offset, name);
      feeds[input] = floats(data, shape);
    }
    return feeds;
  }

  /** Frees the memory but keeps the file open. */
  forget(): void {
    this.buffers.clear();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async read(into: Float32Array, offset: number, name: string): Promise<void> {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.file.read(bytes, done, bytes.length - done, offset + done);
      if (bytesRead === 0) throw new Error(`the data file ends before ${name}`);
      done += bytesRead;
    }
  }
}
