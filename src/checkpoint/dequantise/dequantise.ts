/**
 * Every storage type: its number in GGUF, how many weights and bytes a block has, and how a block becomes float32. A tensor
 * consists of rows of whole blocks, so any run of blocks can be dequantised alone.
 */
import type { StorageType } from '../types';
import { q4_0, q4_1, q5_0, q5_1, q8_0 } from './blocks32';
import { bfloats16, floats16, floats32 } from './floats';
import { iq4nl } from './iq4nl';
import { q2_k, q3_k, q4_k, q5_k, q6_k } from './superBlocks';

export interface StorageFormat {
  /** ggml_type. */
  number: number;
  blockWeights: number;
  blockBytes: number;
  /** Fills `out`, whose length is a multiple of `blockWeights`, from the beginning of `raw`. */
  dequantise: (raw: Uint8Array, out: Float32Array) => void;
}

const format = (
  number: number,
  blockWeights: number,
  blockBytes: number,
  dequantise: StorageFormat['dequantise'],
): StorageFormat => ({ number, blockWeights, blockBytes, dequantise });

export const storageFormats: Readonly<Record<StorageType, StorageFormat>> = {
  F32: format(0, 1, 4, floats32),
  F16: format(1, 1, 2, floats16),
  BF16: format(30, 1, 2, bfloats16),
  Q4_0: format(2, 32, 18, q4_0),
  Q4_1: format(3, 32, 20, q4_1),
  Q5_0: format(6, 32, 22, q5_0),
  Q5_1: format(7, 32, 24, q5_1),
  Q8_0: format(8, 32, 34, q8_0),
  Q2_K: format(10, 256, 84, q2_k),
  Q3_K: format(11, 256, 110, q3_k),
  Q4_K: format(12, 256, 144, q4_k),
  Q5_K: format(13, 256, 176, q5_k),
  Q6_K: format(14, 256, 210, q6_k),
  IQ4_NL: format(20, 32, 18, iq4nl),
};

/** The storage type of a ggml_type number; undefined for one that Prompt Lens does not read. */
export function storageTypeOf(number: number): StorageType | undefined {
  const names = Object.keys(storageFormats) as StorageType[];
  return names.find((name) => storageFormats[name].number === number);
}
