/** What a command is: an id and what it does with the lens. Problems it throws are shown by registerCommands.ts. Types only. */
import type { CommandId } from '../ids';
import type { Lens } from '../lens';

export interface Command {
  id: CommandId;
  /** `args` come from whoever runs it and may be anything. */
  run(lens: Lens, ...args: unknown[]): Promise<void> | void;
}
