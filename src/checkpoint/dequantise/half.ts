/**
 * Converts IEEE 754 half precision to float32 with a table: every block format stores its scales as halves.
 */

/** [65536] float32 value of each half-precision bit pattern. */
export const halfValues: Float32Array = buildTable();

/** The half at byte `at`, little-endian. */
export function halfAt(raw: Uint8Array, at: number): number {
  return halfValues[raw[at] | (raw[at + 1] << 8)];
}

function buildTable(): Float32Array {
  const bits = new Uint32Array(65536);
  for (let half = 0; half < 65536; half++) bits[half] = float32Bits(half);
  return new Float32Array(bits.buffer);
}

function float32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal half is a normal float32, so its leading one is shifted out.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13);
}
