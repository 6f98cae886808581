/** Weights and results that are no numbers: found before anybody reads them as numbers. Engine only. */
import type { Checkpoint } from '../checkpoint/types';

/** Float32 values, or their bytes. */
export function allFinite(values: Uint8Array | Float32Array): boolean {
  const floats =
    values instanceof Float32Array
      ? values
      : values.byteOffset % 4 === 0
        ? new Float32Array(values.buffer, values.byteOffset, values.byteLength / 4)
        : new Float32Array(values.slice().buffer);
  // A number less itself is 0; infinity less itself, and what is no number, are not. One sum is faster than a test for each.
  let sum = 0;
  for (let i = 0; i < floats.length; i++) sum += floats[i] - floats[i];
  return sum === 0;
}

/** The first tensor that holds values which are no numbers; null where all are. */
export async function tensorNotFinite(checkpoint: Pick<Checkpoint, 'tensors' | 'readFloat32'>): Promise<string | null> {
  for (const name of checkpoint.tensors.keys()) {
    if (!allFinite(await checkpoint.readFloat32(name))) return name;
  }
  return null;
}
