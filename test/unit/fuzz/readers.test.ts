/** Each reader gets some hundred seeded inputs; the tier `long` gives it thousands, and `npm run fuzz` more. */
import { describe, expect, it } from 'vitest';
import { formatList } from '../../../src/document/formats';
import { ProblemError } from '../../../src/protocol/problem';
import { faultOf, faultsOf, inputOf, mayRefuse, slowMs } from '../../fuzz/check';
import { readers } from '../../fuzz/readers';

const turns = 500;
/** All of it takes some ten seconds on an otherwise idle machine. */
const mostMs = 60_000;

describe('inputs at random', () => {
  it.each(readers.map((reader) => [reader.name, reader] as const))(
    '%s: read or refused in words',
    async (_, reader) => expect(await faultsOf(reader, turns)).toEqual([]),
    mostMs,
  );
});

describe('the fuzzer', () => {
  it('has a reader for every format of the table', () => {
    const names = readers.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(formatList.map(([kind]) => kind)));
  });

  const made = (read: () => unknown) => ({ name: 'x', ending: 'txt', input: () => '', read });

  it('makes the same input of the same seed, another of another', () => {
    const [tables] = readers;
    expect(inputOf(tables, 3, 7)).toEqual(inputOf(tables, 3, 7));
    expect(new Set(Array.from({ length: 50 }, (_, turn) => inputOf(tables, 3, turn))).size).toBeGreaterThan(35);
    expect(inputOf(tables, 4, 7)).not.toEqual(inputOf(tables, 3, 7));
  });

  it('finds raw errors, internal ones and slow ones, and takes a refusal for none', async () => {
    const thrown = (error: unknown) =>
      faultOf(
        made(() => {
          throw error;
        }),
        '',
      );
    expect(await thrown(new TypeError('x is undefined'))).toMatch(/TypeError: x is undefined/);
    expect(await thrown(new ProblemError('internal', ['x']))).toMatch(/failed unexpectedly/);
    expect(await thrown('text')).toBe('thrown: text');
    expect(await thrown(new ProblemError('emptyPrompt', ['x']))).toBeNull();
    const slow = made(() => new Promise((resolve) => setTimeout(resolve, slowMs + 100)));
    expect(await faultOf(slow, '')).toMatch(/it took 2\.\d s/);
    const busy = () => {
      const start = process.cpuUsage();
      const spent = () => process.cpuUsage(start).user + process.cpuUsage(start).system;
      while (spent() < 150_000) for (let each = 0; each < 1e6; each++) Math.sqrt(each);
    };
    expect(await faultOf({ ...made(busy), slowMs: 100 }, '')).toMatch(/it took \d\.\d s/);
    expect(await faultOf(made(busy), '')).toBeNull();
    expect(() => mayRefuse(() => JSON.parse('{'))).toThrow(SyntaxError);
  });
});
