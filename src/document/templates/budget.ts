/**
 * The work that the rendering of one template may do. A file is rendered in the extension host at every pause in typing, and a template is
 * a program: it may loop over its loops. Steps are counted and time is not, so that a file renders everywhere or nowhere; every text and
 * list pays for its length before it is made, so that no single step is long.
 */

/** Words of tags, evaluated nodes, loop turns, and 256 UTF-16 units of text each; an ordinary prompt takes some hundreds. */
const maxSteps = 80_000;
/** What reading one tag costs. */
export const stepsPerTag = 4;
/** UTF-16 units of text that count as one step. */
const unitsPerStep = 256;

export class Budget {
  private steps = 0;

  /** @param refuse makes the error for a spent budget */
  constructor(private readonly refuse: () => Error) {}

  spend(steps = 1): void {
    this.steps += steps;
    if (this.steps > maxSteps) throw this.refuse();
  }

  /** Pays for making or reading a text of this length; called before the text is made. */
  spendText(length: number): void {
    this.spend(1 + length / unitsPerStep);
  }
}
