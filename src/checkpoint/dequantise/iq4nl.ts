/** IQ4_NL: 32 weights a block, [d][16 bytes]; each nibble picks one of sixteen unevenly spaced steps (ggml-common.h, kvalues_iq4nl). */
import { halfAt } from './half';

const steps = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

export function iq4nl(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, o = 0; o < out.length; at += 18, o += 32) {
    const d = halfAt(raw, at);
    for (let i = 0; i < 16; i++) {
      const pair = raw[at + 2 + i];
      out[o + i] = d * steps[pair & 15];
      out[o + 16 + i] = d * steps[pair >> 4];
    }
  }
}
