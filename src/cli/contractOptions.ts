/** Flags of the command line from the options of the contracts: name, help, members and limits stand there, once. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Option as ContractOption, Options } from '../analysis/options';
import { allowed, readTyped, typedText } from '../analysis/spelling';

/** Adds the flags of the options that have one, in their order. */
export function addContractOptions(command: Command, options: Options): Command {
  for (const option of Object.values(options)) if (option.flag) addContractOption(command, option);
  return command;
}

/** Without its flag an option has the value that its contract says, or is absent. */
export function addContractOption<T>(command: Command, option: ContractOption<T>): Command {
  const { flag, form } = option;
  if (!flag) throw new Error('The option has no flag in its contract.');
  const listed = form.kind === 'choices' || form.kind === 'units';
  const made = new Option(flag.name, listed ? `${flag.help}: ${allowed(form)}` : flag.help);
  if (form.kind === 'choice') made.choices([...form.members]);
  else if (form.kind !== 'switch' && form.kind !== 'texts') made.argParser((text) => read(option, text));
  const without = flag.without === undefined ? option.initial : flag.without;
  // A flag that is a switch says by its absence that it is off.
  if (without !== null && form.kind !== 'switch' && !flag.required)
    made.default(without, JSON.stringify(form.kind === 'number' ? without : typedText(form, without)));
  if (flag.conflicts) made.conflicts(flag.conflicts);
  return command.addOption(made.makeOptionMandatory(flag.required ?? false));
}

function read<T>(option: ContractOption<T>, text: string): T {
  const value = readTyped(option, text);
  if (value === undefined) throw new InvalidArgumentError(`It must be ${allowed(option.form)}.`);
  return value;
}
