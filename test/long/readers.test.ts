/** Each reader gets a few thousand seeded inputs, of which `npm test` gives it the first hundreds. */
import { expect, it } from 'vitest';
import { faultsOf } from '../fuzz/check';
import { readers } from '../fuzz/readers';

const turns = 2000;
/** A reader takes some seconds on an otherwise idle machine. */
const mostMs = 120_000;

it.each(readers.map((reader) => [reader.name, reader] as const))(
  '%s: read or refused in words',
  async (_, reader) => expect(await faultsOf(reader, turns)).toEqual([]),
  mostMs,
);
