/** The `loop` object of a turn of a Jinja loop. */
import { Callable, type Given } from './pythonValues';

/** A loop's turn is asked for its attributes one by one; it can be called where the loop is recursive. */
export class LoopTurn extends Callable {
  constructor(
    again: (given: Given) => unknown,
    readonly recursive: boolean,
    readonly attributes: Readonly<Record<string, () => unknown>>,
  ) {
    super('loop', again);
  }
}
