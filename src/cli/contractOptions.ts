/** Builds the command line's flags from the options of the contracts, which alone define name, help, members and limits. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Option as ContractOption, type Options, valueWithout } from '../analysis/options';
import { allowed, readTyped, typedText } from '../analysis/spelling';

/** Adds a flag for every option that has one, in their order. */
export function addContractOptions(command: Command, options: Options): Command {
  for (const option of Object.values(options)) if (option.flag) addContractOption(command, option);
  return command;
}

/** An option whose flag is absent has the value that its contract gives, or is absent. */
export function addContractOption<T>(command: Command, option: ContractOption<T>): Command {
  const { flag, form } = option;
  if (!flag) throw new Error('The option has no flag in its contract.');
  const listed = form.kind === 'choices' || form.kind === 'units';
  const made = new Option(flag.name, listed ? `${flag.help}: ${allowed(form)}` : flag.help);
  if (form.kind === 'choice') made.choices([...form.members]);
  else if (form.kind !== 'switch' && form.kind !== 'texts') made.argParser((text) => read(option, text));
  const without = valueWithout(option);
  // A switch is off when its flag is absent.
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
