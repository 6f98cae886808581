/** A result as a map: its grid, its axes, and its outlined places. Pure. */
import type { Selection } from '../../../src/protocol/view';
import { grouped } from '../../base/format';
import type { PatchMapData } from '../../charts/patching/map';
import type { PatchFacts } from './facts';

export type PatchKind = 'residual' | 'heads';

/** Layers by positions from the first that differs, or heads by blocks. */
export function mapGrid(facts: PatchFacts, kind: PatchKind): Pick<PatchMapData, 'grid' | 'columns' | 'rows'> {
  const { map, start, names } = facts;
  if (kind === 'heads')
    return {
      grid: {
        exact: turned(map.heads),
        preview: map.headsPreview && turned(map.headsPreview),
        limit: headLimit(facts),
      },
      columns: {
        kind: 'numbers',
        labels: map.heads.map((_, block) => [String(block)]),
        marked: map.heads.map((_, block) => block % 5 === 0),
      },
      rows: Array.from({ length: facts.heads }, (_, head) => String(head)),
    };
  const own = names.slice(start);
  const crop = <T>(rows: readonly (readonly T[])[]): T[][] => rows.map((row) => row.slice(start));
  return {
    grid: { exact: crop(map.residual), preview: map.residualPreview && crop(map.residualPreview), limit: 1 },
    columns: {
      kind: 'tokens',
      labels: own.map(({ first, second }, i) => [grouped(start + i + 1), first, ...(second === null ? [] : [second])]),
      marked: own.map(({ second }, i) => second !== null || start + i === facts.tokens - 1),
    },
    rows: map.residual.map((_, row) => String(row)),
  };
}

function turned<T>(rows: readonly (readonly T[])[]): T[][] {
  return rows[0].map((_, i) => rows.map((row) => row[i]));
}

/** A single head moves little, so the scale ends at the strongest of them, in steps of 0.05. */
function headLimit({ map }: PatchFacts): number {
  const values = map.heads.flatMap((row, l) => row.map((share, h) => Math.abs(share ?? map.headsPreview?.[l][h] ?? 0)));
  return Math.min(1, Math.max(0.05, Math.ceil(Math.max(...values) * 20) / 20));
}

/** The locked token's column, and the chosen place. */
export function mapMarks(
  selection: Selection,
  facts: PatchFacts,
  kind: PatchKind,
): Pick<PatchMapData, 'column' | 'place'> {
  const { locked, layer, head } = selection;
  if (kind === 'heads') {
    const exists = layer !== null && head !== null && layer < facts.blocks && head < facts.heads;
    return { column: null, place: exists ? { row: head, column: layer } : null };
  }
  const column = locked !== null && locked >= facts.start && locked < facts.tokens ? locked - facts.start : null;
  const place =
    column !== null && layer !== null && head === null && layer <= facts.blocks ? { row: layer, column } : null;
  return { column, place };
}
