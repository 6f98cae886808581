/** A fake model whose logits depend on how a pass was cut (as sums in another order would) and may differ from run to run. */
import type { Pass, PassResult } from '../../../../src/analysis/shared/model';
import { FakeModel, info } from '../fakeModel';

export type Way = 'step' | 'whole' | 'batch' | 'chunk';

/** The way that a pass belongs to. */
export function wayOf({ ids, past }: Pick<Pass, 'ids' | 'past'>): Way {
  if (ids.length > 1) return 'batch';
  if (ids[0].length === 1) return 'step';
  return past ? 'chunk' : 'whole';
}

export class DifferingModel extends FakeModel {
  /** The most [rows] of logits that one pass gave. */
  largestPass = 0;

  /** `moved` gives the amounts that are added to the entries of each row. */
  constructor(
    table: (history: readonly number[]) => number[] | null,
    private readonly moved: (way: Way, pass: Pass) => Readonly<Record<number, number>>,
  ) {
    super(table);
  }

  override async run(pass: Pass, signal?: AbortSignal): Promise<PassResult> {
    const result = await super.run(pass, signal);
    if (!result.logits) return result;
    this.largestPass = Math.max(this.largestPass, pass.rows.length);
    const logits = result.logits.slice();
    for (const [id, by] of Object.entries(this.moved(wayOf(pass), pass))) {
      for (let row = 0; row < pass.rows.length; row++) logits[row * info.vocabulary + Number(id)] += by;
    }
    return { ...result, logits };
  }
}
