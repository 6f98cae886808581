import { describe, expect, it } from 'vitest';
import { candidateOf } from '../../../src/analysis/shared/candidate';
import { withLikely } from '../../../src/analysis/shared/completions';
import type { Model, Pass, PassResult } from '../../../src/analysis/shared/model';

/** Tokens by their bytes; the model's probabilities after each, by the bytes so far. */
const vocabulary = ['20', 'e4', 'e4bd', 'a0', 'bd', 'bda0', 'a5', '41', 'f09f', '98', '80', '81'];
const after: Record<string, Record<string, number>> = {
  e4: { bd: 0.5, bda0: 0.25, '41': 0.2, '80': 0.05 },
  e4bd: { a0: 0.75, a5: 0.2, '41': 0.05 },
  e480: { '80': 0.9 },
  f09f: { '98': 0.6, '41': 0.4 },
  f09f98: { '80': 0.5, '81': 0.25, '41': 0.25 },
};
const idOf = (bytes: string) => vocabulary.indexOf(bytes);

function model(): Model & { passes: Pass[] } {
  const passes: Pass[] = [];
  const bytes = (id: number) => Uint8Array.from(vocabulary[id].match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return {
    passes,
    info: { vocabulary: vocabulary.length },
    bytes,
    text: (id: number) => new TextDecoder().decode(bytes(id)),
    async run(pass: Pass) {
      passes.push(pass);
      const top = pass.top ?? 0;
      const topIds = new Int32Array(pass.rows.length * top);
      const topLogprob = new Float32Array(pass.rows.length * top).fill(-50);
      pass.rows.forEach((_, row) => {
        const key = pass.ids[row]
          .map((id) => vocabulary[id])
          .join('')
          .replace(/^20/, '');
        const known = Object.entries(after[key] ?? {}).sort(([, a], [, b]) => b - a);
        known.slice(0, top).forEach(([next, p], place) => {
          topIds[row * top + place] = idOf(next);
          topLogprob[row * top + place] = Math.log(p);
        });
      });
      return { topIds, topLogprob } as unknown as PassResult;
    },
  } as unknown as Model & { passes: Pass[] };
}

const before = { ids: [idOf('20')], past: null };
const of = (fake: Model, bytes: string, p: number) => candidateOf(fake, idOf(bytes), Math.log(p));

describe('what a piece of a character becomes', () => {
  it('is found by going on from it, and its probability is that of all the ways followed', async () => {
    const fake = model();
    const [e4] = await withLikely(fake, before, [of(fake, 'e4', 0.8)]);
    expect(e4.likely?.map(({ text }) => text)).toEqual(['你', '佥']);
    // e4 · bd · a0, and e4 · bda0 as one token.
    expect(Math.exp(e4.likely?.[0].logprob ?? 0)).toBeCloseTo(0.8 * (0.5 * 0.75 + 0.25), 6);
    expect(Math.exp(e4.likely?.[1].logprob ?? 0)).toBeCloseTo(0.8 * 0.5 * 0.2, 6);
  });

  it('is found for all pieces of a list together, and the others stay as they are', async () => {
    const fake = model();
    const [space, e4bd, smile] = await withLikely(fake, before, [
      of(fake, '20', 0.5),
      of(fake, 'e4bd', 0.2),
      of(fake, 'f09f', 0.1),
    ]);
    expect(space).not.toHaveProperty('likely');
    expect(space).not.toHaveProperty('bytes');
    expect(e4bd.likely?.map(({ text }) => text)).toEqual(['你', '佥']);
    expect(smile.likely?.map(({ text }) => text)).toEqual(['😀', '😁']);
    expect(fake.passes).toHaveLength(2);
    // No step graph is needed: every pass asks for targets.
    expect(fake.passes.every((pass) => pass.targets?.length === pass.rows.length)).toBe(true);
  });

  it('costs no pass where every candidate is whole, and none for the rest of a character', async () => {
    const fake = model();
    const list = [of(fake, '20', 0.5), of(fake, 'a0', 0.2)];
    expect(await withLikely(fake, before, list)).toEqual(list);
    expect(list[1].bytes).toBe('a0');
    expect(fake.passes).toHaveLength(0);
  });
});
