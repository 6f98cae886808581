/** Reads a tensor's bytes and turns them into float32. Long work yields to the event loop between slices. */
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { clause } from '../protocol/clauses';
import { storageFormats } from './dequantise/dequantise';
import type { PlacedTensor } from './ggufFile';
import { fileProblem, malformed } from './modelProblem';
import type { TensorInfo } from './types';

/** Dequantising a slice takes about two milliseconds. */
const sliceWeights = 1 << 20;
/** Below the 2 GiB that one read call can take. */
const readBytes = 1 << 30;

/** Row-major float32 of a whole tensor's raw bytes. */
export async function dequantiseTensor(raw: Uint8Array, tensor: TensorInfo): Promise<Float32Array> {
  const { blockWeights, blockBytes, dequantise } = storageFormats[tensor.type];
  const out = new Float32Array((tensor.sizeBytes / blockBytes) * blockWeights);
  for (let from = 0; from < out.length; from += sliceWeights) {
    if (from > 0) await nextTurn();
    dequantise(raw.subarray((from / blockWeights) * blockBytes), out.subarray(from, from + sliceWeights));
  }
  return out;
}

/** [sizeBytes] as stored. */
export async function readStored(handle: FileHandle, tensor: PlacedTensor, path: string): Promise<Uint8Array> {
  const raw = new Uint8Array(tensor.sizeBytes);
  try {
    for (let have = 0; have < raw.length; ) {
      const want = Math.min(readBytes, raw.length - have);
      const { bytesRead } = await handle.read(raw, have, want, tensor.offset + have);
      if (bytesRead === 0) throw malformed(path, clause('shorterThanTensor', tensor.name));
      have += bytesRead;
    }
  } catch (error) {
    throw fileProblem(path, error);
  }
  return raw;
}
