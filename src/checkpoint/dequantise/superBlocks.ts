/**
 * The "K" formats: super-blocks of 256 weights whose sub-blocks have small integer scales (and minima), which are themselves scaled
 * by one or two halves. Layouts: ggml-common.h (block_q2_K … block_q6_K). Values are rounded to float32 where ggml rounds, so they
 * are bit-equal to those of the gguf Python package.
 */
import { halfAt } from './half';

const round = Math.fround;

/** [16 scale|min nibbles][64 bytes of 2 bits][d][dmin]; sub-blocks of 16: d · scale · q − dmin · min */
export function q2_k(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 84, o += 256) {
    const d = halfAt(raw, at + 80);
    const dmin = halfAt(raw, at + 82);
    for (let sub = 0; sub < 16; sub++) {
      const packed = raw[at + sub];
      const scale = round(d * (packed & 15));
      const min = round(dmin * (packed >> 4));
      const from = at + 16 + 32 * (sub >> 3) + 16 * (sub & 1);
      const shift = 2 * ((sub >> 1) & 3);
      for (let i = 0; i < 16; i++) out[o + 16 * sub + i] = round(scale * ((raw[from + i] >> shift) & 3)) - min;
    }
  }
}

/** [32 bytes of high bits][64 bytes of 2 bits][12 bytes: 16 scales of 6 bits][d]; sub-blocks of 16: d · (scale − 32) · q */
export function q3_k(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 110, o += 256) {
    const d = halfAt(raw, at + 108);
    for (let sub = 0; sub < 16; sub++) {
      const low = (raw[at + 96 + (sub & 7)] >> (4 * (sub >> 3))) & 15;
      const high = (raw[at + 104 + (sub & 3)] >> (2 * (sub >> 2))) & 3;
      const scale = round(d * ((low | (high << 4)) - 32));
      const half = 16 * (sub & 1);
      const from = at + 32 + 32 * (sub >> 3) + half;
      const shift = 2 * ((sub >> 1) & 3);
      for (let i = 0; i < 16; i++) {
        // The weight is four lower where its high bit is not set.
        const lower = ((raw[at + half + i] >> (sub >> 1)) & 1) === 0 ? 4 : 0;
        out[o + 16 * sub + i] = scale * (((raw[from + i] >> shift) & 3) - lower);
      }
    }
  }
}

/** [d][dmin][12 bytes: 8 scales and minima of 6 bits][128 bytes of 4 bits]; sub-blocks of 32: d · scale · q − dmin · min */
export function q4_k(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 144, o += 256) {
    for (let sub = 0; sub < 8; sub++) {
      const scale = round(halfAt(raw, at) * sixBitScale(raw, at + 4, sub));
      const min = round(halfAt(raw, at + 2) * sixBitMinimum(raw, at + 4, sub));
      const from = at + 16 + 32 * (sub >> 1);
      const shift = 4 * (sub & 1);
      for (let i = 0; i < 32; i++) out[o + 32 * sub + i] = round(scale * ((raw[from + i] >> shift) & 15)) - min;
    }
  }
}

/** [d][dmin][12 bytes of scales][32 bytes of high bits][128 bytes of 4 bits]: as Q4_K with a fifth bit */
export function q5_k(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 176, o += 256) {
    for (let sub = 0; sub < 8; sub++) {
      const scale = round(halfAt(raw, at) * sixBitScale(raw, at + 4, sub));
      const min = round(halfAt(raw, at + 2) * sixBitMinimum(raw, at + 4, sub));
      const from = at + 48 + 32 * (sub >> 1);
      const shift = 4 * (sub & 1);
      for (let i = 0; i < 32; i++) {
        const q = ((raw[from + i] >> shift) & 15) | (((raw[at + 16 + i] >> sub) & 1) << 4);
        out[o + 32 * sub + i] = round(scale * q) - min;
      }
    }
  }
}

/** [128 bytes of low nibbles][64 bytes of 2 high bits][16 signed scales][d]; sub-blocks of 16: d · scale · (q − 32) */
export function q6_k(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 210, o += 256) {
    const d = halfAt(raw, at + 208);
    for (let sub = 0; sub < 16; sub++) {
      const scale = round(d * ((raw[at + 192 + sub] << 24) >> 24));
      const side = sub >> 3;
      const quarter = (sub >> 1) & 3;
      const half = 16 * (sub & 1);
      const low = at + 64 * side + 32 * (quarter & 1) + half;
      const high = at + 128 + 32 * side + half;
      for (let i = 0; i < 16; i++) {
        const q = ((raw[low + i] >> (4 * (quarter >> 1))) & 15) | (((raw[high + i] >> (2 * quarter)) & 3) << 4);
        out[o + 16 * sub + i] = scale * (q - 32);
      }
    }
  }
}

/** Scales 0–3 are the low six bits of bytes 0–3; the upper two bits of scales 4–7 are the upper two bits of those bytes. */
function sixBitScale(raw: Uint8Array, at: number, sub: number): number {
  if (sub < 4) return raw[at + sub] & 63;
  return (raw[at + 4 + sub] & 15) | ((raw[at + sub - 4] >> 6) << 4);
}

/** Minima are packed like the scales, in bytes 4–7 and the upper nibbles of bytes 8–11. */
function sixBitMinimum(raw: Uint8Array, at: number, sub: number): number {
  if (sub < 4) return raw[at + 4 + sub] & 63;
  return (raw[at + 4 + sub] >> 4) | ((raw[at + sub] >> 6) << 4);
}
