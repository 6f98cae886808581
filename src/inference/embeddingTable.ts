/**
 * The token embeddings as the checkpoint stores them; only the rows of a prompt's tokens are dequantised. This saves the graph the
 * float32 table (113 MB for the bundled model). Engine only.
 */
import { storageFormats } from '../checkpoint/dequantise/dequantise';
import type { Checkpoint } from '../checkpoint/types';
import { ProblemError } from '../protocol/problem';
import { allFinite } from './finite';

const tensorName = 'token_embd.weight';

export class EmbeddingTable {
  private constructor(
    private readonly model: string,
    private readonly raw: Uint8Array,
    private readonly rowBytes: number,
    private readonly width: number,
    private readonly dequantise: (raw: Uint8Array, out: Float32Array) => void,
  ) {}

  static async load(checkpoint: Checkpoint): Promise<EmbeddingTable> {
    const info = checkpoint.tensors.get(tensorName);
    if (!info) throw new Error(`the tensor ${tensorName} is missing`);
    const raw = await checkpoint.readRaw(tensorName);
    const { dequantise } = storageFormats[info.type];
    return new EmbeddingTable(checkpoint.name, raw, raw.length / info.shape[0], info.shape[1], dequantise);
  }

  /** [B, T, D] float32. Ids must be in the vocabulary. Throws weightsNotNumbers. */
  rows(batch: readonly (readonly number[])[]): Float32Array {
    const tokens = batch[0].length;
    const out = new Float32Array(batch.length * tokens * this.width);
    batch.flat().forEach((id, index) => {
      const row = this.raw.subarray(id * this.rowBytes, (id + 1) * this.rowBytes);
      if (row.length !== this.rowBytes) throw new RangeError(`the token id ${id} is not in the vocabulary`);
      this.dequantise(row, out.subarray(index * this.width, (index + 1) * this.width));
    });
    if (!allFinite(out)) throw new ProblemError('weightsNotNumbers', [this.model, tensorName]);
    return out;
  }
}
