/** Known columns of the lens by position: those that came with the state, and slices requested since. Pure. */
import type { LensCell, LensTable } from '../../../src/analysis/logitLens/contract';
import { readable } from '../../../src/protocol/pieces';

export interface Followed {
  logprob: number;
  /** Rank from 0. */
  rank: number;
}

export class LensColumns {
  /** A counter of additions: equal counts mean equal columns. */
  version = 0;
  private identity = '';
  private readonly columns = new Map<number, readonly LensCell[]>();
  private readonly followed = new Map<number, Map<number, Followed[]>>();
  private readonly added = new WeakSet<LensTable>();
  private readonly names = new Map<number, string>();

  /** Discards columns of another prompt, model or target. */
  begin(identity: string): void {
    if (identity === this.identity) return;
    this.identity = identity;
    this.version++;
    this.columns.clear();
    this.followed.clear();
    this.names.clear();
  }

  /**
   * Adds the columns and keeps the more informative version of each: with more candidates, or with the change from layer to
   * layer.
   */
  add(table: LensTable): void {
    if (this.added.has(table)) return;
    this.added.add(table);
    this.version++;
    for (const token of table.follow) this.names.set(token.id, readable(token));
    table.positions.forEach((position, index) => {
      const cells = table.cells[index];
      const known = this.columns.get(position);
      if (!known || hasChange(cells) || (!hasChange(known) && candidates(cells) >= candidates(known)))
        this.columns.set(position, cells);
      const ids = this.followed.get(position) ?? new Map<number, Followed[]>();
      for (const [place, { id }] of table.follow.entries())
        ids.set(
          id,
          cells.map((cell) => cell.follow[place]),
        );
      this.followed.set(position, ids);
    });
  }

  /** [L + 1], or null. With `change`, only if the change is known too. */
  cells(position: number, change: boolean): readonly LensCell[] | null {
    const cells = this.columns.get(position);
    return cells && (!change || hasChange(cells)) ? cells : null;
  }

  /** [L + 1] of one id, or null. */
  follow(position: number, id: number): readonly Followed[] | null {
    return this.followed.get(position)?.get(id) ?? null;
  }

  /** Text of an id that was followed. */
  name(id: number): string | null {
    return this.names.get(id) ?? null;
  }

  missing(positions: readonly number[], change: boolean): number[] {
    return positions.filter((position) => !this.cells(position, change));
  }

  /** Positions that are known, ascending. */
  known(): number[] {
    return [...this.columns.keys()].sort((a, b) => a - b);
  }
}

/**
 * The second row is the first with a change: a model has at least one block, whose change from the embedding is a number once it
 * was requested.
 */
function hasChange(cells: readonly LensCell[]): boolean {
  return typeof cells[1]?.change === 'number';
}

function candidates(cells: readonly LensCell[]): number {
  return cells[0]?.top.length ?? 0;
}
