/** Tensors that are written piece by piece are read back whole. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SafetensorsWriter } from '../../../src/inference/safetensors';
import { ProblemError } from '../../../src/protocol/problem';
import { readSafetensors } from '../../fixtures/readSafetensors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

const shapes = fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 5,
});

it('whatever the shapes, the pieces and their order', async () => {
  const path = join(folder, 'any.safetensors');
  await fc.assert(
    fc.asyncProperty(shapes, fc.integer({ min: 1, max: 7 }), async (wanted, piece) => {
      const tensors = wanted.map((shape, index) => ({
        name: `tensor.${index}`,
        shape,
        data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => index + at / 1000),
      }));
      const writer = await SafetensorsWriter.create(path, tensors);
      const pieces = tensors.flatMap(({ name, data }) =>
        Array.from({ length: Math.ceil(data.length / piece) }, (_, part) => ({ name, data, from: part * piece })),
      );
      for (const { name, data, from } of pieces.reverse())
        await writer.write(name, from, data.subarray(from, from + piece));
      await writer.finish();
      expect(readFileSync(path).length).toBe(writer.sizeBytes);
      const read = readSafetensors(path);
      expect([...read].map(([name, { shape, data }]) => ({ name, shape, data }))).toEqual(tensors);
    }),
    { numRuns: 40 },
  );
});

it('begins its data at a multiple of eight bytes, and what was not written is 0', async () => {
  const path = join(folder, 'zeros.safetensors');
  const writer = await SafetensorsWriter.create(path, [{ name: 'a', shape: [3, 2] }]);
  await writer.write('a', 4, Float32Array.of(7));
  await writer.finish();
  expect(Number(readFileSync(path).readBigUInt64LE(0)) % 8).toBe(0);
  expect(readSafetensors(path).get('a')?.data).toEqual(Float32Array.of(0, 0, 0, 0, 7, 0));
});

it('refuses a tensor that was not planned', async () => {
  const writer = await SafetensorsWriter.create(join(folder, 'planned.safetensors'), [{ name: 'a', shape: [1] }]);
  await expect(writer.write('b', 0, Float32Array.of(1))).rejects.toThrow('b is not planned');
  await writer.discard();
});

it.each([
  ['a folder', () => mkdirSync(join(folder, 'taken'), { recursive: true }), 'taken', 'outputIsFolder'],
  ['a folder that does not exist', () => undefined, join('nowhere', 'file'), 'folderMissing'],
])('says why %s cannot be written', async (_, prepare, name, code) => {
  prepare();
  const path = join(folder, name);
  const failure = await SafetensorsWriter.create(path, []).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProblemError);
  expect((failure as ProblemError).problem).toMatchObject({ code, args: [path] });
});
