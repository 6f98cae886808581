/** Finds weights and results that are not finite numbers before they are used. Engine only. */
import type { Checkpoint } from '../checkpoint/types';

/** Takes float32 values, or their bytes. */
export function allFinite(values: Uint8Array | Float32Array): boolean {
  const floats =
    values instanceof Float32Array
      ? values
      : values.byteOffset % 4 === 0
        ? new Float32Array(values.buffer, values.byteOffset, values.byteLength / 4)
        : new Float32Array(values.slice().buffer);
  // A finite number minus itself is 0; for infinity and NaN the difference is NaN. One sum is faster than a test for each value.
  let sum = 0;
  for (let i = 0; i < floats.length; i++) sum += floats[i] - floats[i];
  return sum === 0;
}

/** The name of the first tensor that holds a value that is not a finite number; null where there is none. */
export async function tensorNotFinite(checkpoint: Pick<Checkpoint, 'tensors' | 'readFloat32'>): Promise<string | null> {
  for (const name of checkpoint.tensors.keys()) {
    if (!allFinite(await checkpoint.readFloat32(name))) return name;
  }
  return null;
}
