import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PatchingData } from '../../../src/analysis/patching/contract';
import {
  bestHeads,
  bestPositions,
  bestValues,
  carriers,
  difference,
  patchedValue,
  patchFacts,
  unequal,
} from '../../../webview/panels/patching/facts';
import { mapGrid, mapMarks } from '../../../webview/panels/patching/grid';
import { headsTable, residualTable } from '../../../webview/panels/patching/tables';
import { carrierSentence, headSentence, lengthSentences, placeRows } from '../../../webview/panels/patching/words';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/panel/${name}.json`, import.meta.url), 'utf8'));
const recorded = (prompt: string, result: string): PatchingData => ({ prompt: read(prompt).prompt, ...read(result) });

/** `The capital of France is` patched from Italy, computed with transformers. */
const capital = recorded('capital', 'capital.patching');
const reviews = recorded('reviews', 'reviews.patching');
const facts = patchFacts(capital)!;

describe('where the difference is carried', () => {
  it('pairs the positions and begins where they part', () => {
    expect(facts).toMatchObject({ tokens: 5, blocks: 30, heads: 9, start: 3 });
    expect(facts.names[3]).toEqual({ first: '·France', second: '·Italy' });
    expect(facts.names[4]).toEqual({ first: '·is', second: null });
  });

  it('follows it from the changed word to the last position', () => {
    expect(carriers(capital.result.map!.residual)).toEqual([
      { position: 3, from: 0, to: 23 },
      { position: 4, from: 24, to: 30 },
    ]);
    expect(carrierSentence(facts)).toBe(
      'More than half of the difference is carried by “·France” up to block 23, then by the last position “·is” from block 24 on.',
    );
  });

  it('says nothing while a number is missing, and that it is spread where no place carries half', () => {
    const { map } = capital.result;
    const partial = { ...facts, map: { ...map!, residual: [[null, 0, 0, 1, 0], ...map!.residual.slice(1)] } };
    expect(carrierSentence(partial)).toBe('');
    const rows = Array.from({ length: 31 }, (_, l) => (l === 30 ? [0, 0, 0, 0, 1] : [0, 0, 0, 0.2, 0.3]));
    expect(carrierSentence({ ...facts, map: { ...map!, residual: rows } })).toContain(
      'no single position carries half',
    );
  });

  it('names the gap between two carriers', () => {
    const rows = Array.from({ length: 31 }, (_, l) => [0, 0, 0, l < 10 ? 1 : 0.3, l > 20 ? 0.9 : 0.2]);
    expect(carrierSentence({ ...facts, map: { ...facts.map, residual: rows } })).toContain('Between these, no single');
  });

  it('lists the best positions and heads, either sign', () => {
    expect(bestPositions(facts.map.residual, 8, 0.05)).toEqual([
      { position: 4, share: expect.closeTo(1.07, 1), row: 24, half: [24, 30] },
      { position: 3, share: expect.closeTo(1, 2), row: 0, half: [0, 23] },
    ]);
    expect(
      bestHeads(
        [
          [0.1, -0.5],
          [null, 0.2],
        ],
        2,
      ),
    ).toEqual([
      { layer: 0, head: 1, share: -0.5 },
      { layer: 1, head: 1, share: 0.2 },
    ]);
    expect(headSentence(facts)).toContain('head 4 of block 23');
    expect(bestValues([[null, 0.5]], [[0.25, 9]])).toEqual([[0.25, 0.5]]);
    expect(bestValues([[null]], null)).toEqual([[null]]);
  });

  it('a share of 1 is the value in the second prompt', () => {
    const { value, second } = facts.map;
    expect(patchedValue(facts.map, 0)).toBe(value);
    expect(patchedValue(facts.map, 1)).toBeCloseTo(second, 10);
    const rows = placeRows(facts.map, { name: 'x', exact: null, preview: 0.5 });
    expect(rows[0]).toEqual(['recovered, exact', 'not known yet']);
    expect(rows[1]).toEqual(['first-order preview', '.50']);
  });
});

describe('the map', () => {
  it('has layers down and positions from the first difference across, or heads down and blocks across', () => {
    const residual = mapGrid(patchFacts(reviews)!, 'residual');
    expect([residual.grid.exact.length, residual.grid.exact[0].length]).toEqual([31, 10]);
    expect(residual.columns.labels[0]).toEqual(['48', '·dull', '·bright']);
    expect(residual.grid.limit).toBe(1);
    const heads = mapGrid(facts, 'heads');
    expect([heads.grid.exact.length, heads.grid.exact[0].length]).toEqual([9, 30]);
    expect(heads.grid.exact[4][23]).toBe(capital.result.map!.heads[23][4]);
    expect(heads.grid.limit).toBeCloseTo(0.9, 10);
  });

  it('outlines what is selected, and nothing that it does not have', () => {
    const none = { locked: null, hover: null, layer: null, head: null };
    expect(mapMarks({ ...none, locked: 4, layer: 12 }, facts, 'residual')).toEqual({
      column: 1,
      place: { row: 12, column: 1 },
    });
    expect(mapMarks({ ...none, locked: 1, layer: 12 }, facts, 'residual')).toEqual({ column: null, place: null });
    expect(mapMarks({ ...none, layer: 23, head: 4 }, facts, 'heads').place).toEqual({ row: 4, column: 23 });
    expect(mapMarks({ ...none, layer: 99, head: 4 }, facts, 'heads').place).toBeNull();
    expect(mapMarks({ ...none, locked: 4, layer: 23, head: 4 }, facts, 'residual').place).toBeNull();
  });

  it('has a table twin with every number', () => {
    const twin = residualTable(facts);
    expect(twin.rows).toHaveLength(2 * 31);
    expect(twin.rows[0].slice(0, 5)).toEqual([4, '·France', '·Italy', 'embeddings', 0]);
    expect(headsTable(facts).rows).toHaveLength(30 * 9);
    expect(twin.rows.every((row) => row.length === twin.columns.length)).toBe(true);
  });
});

describe('prompts of different length', () => {
  const data = recorded('reviews', 'reviews.unequal');

  it('have no map, and say which stretch is longer by how much', () => {
    expect(patchFacts(data)).toBeNull();
    expect(unequal(data.result.stretches)).toHaveLength(1);
    expect(lengthSentences(data)).toEqual([
      '·a·joy·to·watch! (5 tokens) stands for ·dull·and·far·too·long. (6 tokens): add 1 token there.',
    ]);
  });

  it('part where they part', () => {
    const ids = (...all: number[]) => all.map((id) => ({ id }));
    expect(difference(ids(1, 2, 3), ids(1, 9, 3))).toEqual({ first: ids(2), second: ids(9) });
    expect(difference(ids(1, 1), ids(1, 1, 1))).toEqual({ first: [], second: ids(1) });
    expect(difference(ids(1), ids(1))).toEqual({ first: [], second: [] });
  });
});
