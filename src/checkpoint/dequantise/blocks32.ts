/**
 * The formats of 32 weights a block with one scale d, and with a minimum m where the name ends in _1. Layouts: ggml-common.h
 * (block_q4_0 … block_q8_0). Nibbles: the low halves of the bytes are weights 0–15, the high halves 16–31. Each product and sum is
 * rounded to float32 where ggml rounds it, so results are bit-equal to those of the gguf Python package.
 */
import { halfAt } from './half';

const round = Math.fround;

/** [d][16 bytes]: d · (q − 8) */
export function q4_0(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 18, o += 32) {
    const d = halfAt(raw, at);
    for (let i = 0; i < 16; i++) {
      const pair = raw[at + 2 + i];
      out[o + i] = d * ((pair & 15) - 8);
      out[o + 16 + i] = d * ((pair >> 4) - 8);
    }
  }
}

/** [d][m][16 bytes]: d · q + m */
export function q4_1(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 20, o += 32) {
    const d = halfAt(raw, at);
    const m = halfAt(raw, at + 2);
    for (let i = 0; i < 16; i++) {
      const pair = raw[at + 4 + i];
      out[o + i] = round(d * (pair & 15)) + m;
      out[o + 16 + i] = round(d * (pair >> 4)) + m;
    }
  }
}

/** [d][32 high bits][16 bytes]: d · (q − 16) */
export function q5_0(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 22, o += 32) {
    const d = halfAt(raw, at);
    for (let i = 0; i < 16; i++) {
      const pair = raw[at + 6 + i];
      out[o + i] = d * (((pair & 15) | (bitAt(raw, at + 2, i) << 4)) - 16);
      out[o + 16 + i] = d * (((pair >> 4) | (bitAt(raw, at + 2, 16 + i) << 4)) - 16);
    }
  }
}

/** [d][m][32 high bits][16 bytes]: d · q + m */
export function q5_1(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 24, o += 32) {
    const d = halfAt(raw, at);
    const m = halfAt(raw, at + 2);
    for (let i = 0; i < 16; i++) {
      const pair = raw[at + 8 + i];
      out[o + i] = round(d * ((pair & 15) | (bitAt(raw, at + 4, i) << 4))) + m;
      out[o + 16 + i] = round(d * ((pair >> 4) | (bitAt(raw, at + 4, 16 + i) << 4))) + m;
    }
  }
}

/** [d][32 signed bytes]: d · q */
export function q8_0(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 34, o += 32) {
    const d = halfAt(raw, at);
    for (let i = 0; i < 32; i++) out[o + i] = d * ((raw[at + 2 + i] << 24) >> 24);
  }
}

/** Bit `index` of the bit field that begins at byte `at`. */
function bitAt(raw: Uint8Array, at: number, index: number): number {
  return (raw[at + (index >> 3)] >> (index & 7)) & 1;
}
