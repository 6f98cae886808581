/** Flags of the command line from the options of the contracts: name, help, members and limits stand there, once. */
import { type Command, Option } from 'commander';
import type { Option as ContractOption } from '../analysis/options';
import { integer, number } from './options';

/**
 * Adds the flag of an option of a contract. `initial` is what counts without it: the command line may begin elsewhere than a panel
 * does; left out = the flag is absent, and said so by its absence.
 */
export function addContractOption<T>(command: Command, option: ContractOption<T>, initial?: T): Command {
  const { flag, form } = option;
  if (!flag) throw new Error('The option has no flag in its contract.');
  const made = new Option(flag.name, flag.help);
  if (form.kind === 'choice') made.choices([...form.members]);
  if (form.kind === 'number') made.argParser((form.whole ? integer : number)(form.least, form.most));
  if (initial !== undefined) made.default(initial);
  return command.addOption(made);
}
