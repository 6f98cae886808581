/**
 * Reads a tensor's bytes or its float32 values, with llama's rotary row order undone. Quantised rows are moved unchanged, since the
 * permutation concerns whole rows. Long work yields to the event loop between slices.
 */
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { clause } from '../protocol/clauses';
import { storageFormats } from './dequantise/dequantise';
import type { PlacedTensor } from './ggufFile';
import { fileProblem, malformed } from './modelProblem';
import type { DecoderSpec } from './types';

/** Dequantising a slice takes about two milliseconds. */
const sliceWeights = 1 << 20;
/** Below the 2 GiB that one read call can take. */
const readBytes = 1 << 30;

/** [sizeBytes] as stored, with rows in the order of Hugging Face's projection. */
export async function readRawTensor(
  handle: FileHandle,
  tensor: PlacedTensor,
  spec: DecoderSpec,
  path: string,
): Promise<Uint8Array> {
  const raw = await readFully(handle, tensor, path);
  const heads = rotaryHeads(tensor.name, spec);
  return heads === 0 ? raw : undoRotaryOrder(raw, heads, tensor.shape[0]);
}

/** Row-major float32 of a whole tensor's raw bytes. */
export async function dequantiseTensor(raw: Uint8Array, tensor: PlacedTensor): Promise<Float32Array> {
  const { blockWeights, blockBytes, dequantise } = storageFormats[tensor.type];
  const out = new Float32Array((tensor.sizeBytes / blockBytes) * blockWeights);
  for (let from = 0; from < out.length; from += sliceWeights) {
    if (from > 0) await nextTurn();
    dequantise(raw.subarray((from / blockWeights) * blockBytes), out.subarray(from, from + sliceWeights));
  }
  return out;
}

async function readFully(handle: FileHandle, tensor: PlacedTensor, path: string): Promise<Uint8Array> {
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

/** How many heads' rows the converter to GGUF interleaved in this tensor; 0 for all tensors except queries and keys. */
function rotaryHeads(name: string, spec: DecoderSpec): number {
  if (/^blk\.\d+\.attn_q\.(weight|bias)$/.test(name)) return spec.heads;
  if (/^blk\.\d+\.attn_k\.(weight|bias)$/.test(name)) return spec.keyValueHeads;
  return 0;
}

/**
 * llama.cpp rotates neighbouring channels, Hugging Face channel i with channel i + half: its converter stores row 2i + side
 * where Hugging Face has side · half + i (convert_hf_to_gguf.py, LlamaModel.permute).
 */
export function undoRotaryOrder(raw: Uint8Array, heads: number, rows: number): Uint8Array {
  const rowBytes = raw.length / rows;
  const half = rows / heads / 2;
  const out = new Uint8Array(raw.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % (2 * half);
    const stored = row - inHead + 2 * (inHead % half) + Math.floor(inHead / half);
    out.set(raw.subarray(stored * rowBytes, (stored + 1) * rowBytes), row * rowBytes);
  }
  return out;
}
