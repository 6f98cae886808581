/** Definition of a command: an id and the action on the lens. registerCommands.ts shows the problems that it throws. Types only. */
import type { CommandId } from '../ids';
import type { Lens } from '../lens';

export interface Command {
  id: CommandId;
  /** `args` come from the caller and may be anything. */
  run(lens: Lens, ...args: unknown[]): Promise<void> | void;
}
