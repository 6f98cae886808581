/**
 * Seeded random numbers, the same on every machine: xoshiro128** 1.1 (Blackman & Vigna 2018), its 128 bits of state filled from
 * the seed by splitmix32. Not for secrets.
 */

/** The largest seed: every safe integer ≥ 0 is one. */
export const maxSeed = Number.MAX_SAFE_INTEGER;

/** Uniform numbers in [0, 1) with 53 random bits. `seed`: an integer in 0 … 2^53 − 1. */
export function seededRandom(seed: number): () => number {
  let mix = ((seed % 2 ** 32) | 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b);
  const state = new Int32Array(4).map(() => {
    mix = (mix + 0x9e3779b9) | 0;
    let word = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  });
  const next = xoshiro128(state);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

/** Unsigned 32-bit words; `state`: four words, not all 0, changed by each call. */
export function xoshiro128(state: Int32Array): () => number {
  return () => {
    const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9);
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return result >>> 0;
  };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
