import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { storageFormats, storageTypeOf } from '../../../src/checkpoint/dequantise/dequantise';
import { halfValues } from '../../../src/checkpoint/dequantise/half';
import type { StorageType } from '../../../src/checkpoint/types';

// make_dequantise.py, beside the file, made it with the gguf Python package.
const cases = JSON.parse(readFileSync('test/fixtures/checkpoint/dequantise.json', 'utf8')) as Record<
  StorageType,
  { raw: string; values: string }
>;

describe('dequantisation', () => {
  it('has a recorded case for every storage type', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(storageFormats).sort());
  });

  it.each(Object.entries(cases))('%s is bit-equal to the gguf package', (name, { raw, values }) => {
    const { blockBytes, blockWeights, dequantise } = storageFormats[name as StorageType];
    const bytes = new Uint8Array(Buffer.from(raw, 'base64'));
    const out = new Float32Array((bytes.length / blockBytes) * blockWeights);
    dequantise(bytes, out);
    expect(Buffer.from(out.buffer).toString('base64')).toBe(values);
  });

  it('knows halves: infinity, the largest, the smallest, and one third', () => {
    expect([0x7c00, 0xfc00, 0x7bff, 0x0001, 0x3555, 0x03ff].map((half) => halfValues[half])).toEqual([
      Infinity,
      -Infinity,
      65504,
      2 ** -24,
      0.333251953125,
      1023 * 2 ** -24,
    ]);
    expect(Object.is(halfValues[0x8000], -0)).toBe(true);
    expect(halfValues[0x7e00]).toBeNaN();
  });

  it('names a type by its number, and knows no others', () => {
    expect(storageTypeOf(3)).toBe('Q4_1');
    expect(storageTypeOf(16)).toBeUndefined();
  });
});
