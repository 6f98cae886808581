/** Plain floats: float32 as it is, half precision, and bfloat16 (the upper half of a float32). */
import { halfValues } from './half';

export function floats32(raw: Uint8Array, out: Float32Array): void {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(raw.subarray(0, out.byteLength));
}

export function floats16(raw: Uint8Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = halfValues[raw[2 * i] | (raw[2 * i + 1] << 8)];
}

export function bfloats16(raw: Uint8Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < out.length; i++) bits[i] = (raw[2 * i] << 16) | (raw[2 * i + 1] << 24);
}
