/**
 * The tools of an assistant: every command that analyses something is one, with the same name, options, reading of prompts and texts. Its
 * parameters are the options of its contract; a new command has its tool without a line here.
 */
import type { Argument, Command, Option as CommandOption } from 'commander';
import { type AnalysisCommand, commandOptions } from '../analysis/contracts';
import type { Option as ContractOption, Options } from '../analysis/options';
import { engineFlags } from '../analysis/shared/contract';
import { isAnalysis } from '../cli/options';
import { listed } from './checkedArguments';
import { type InputSchema, type ParameterSchema, schemaOfFlag, schemaOfOption, sentence } from './parameterSchema';
import { inParameters } from './refusal';

export interface Tool {
  name: string;
  /** A few words long. */
  title: string;
  description: string;
  inputSchema: InputSchema;
  /** The words that name its command: `probe evaluate`. */
  command: string;
  sources: readonly Source[];
  parameters: readonly Parameter[];
}

/** A text that the command reads: given directly, or by the path of a file. */
export interface Source {
  text: string;
  file: string;
  /** The parameter for several files; null where there is only one. */
  files: string | null;
  required: boolean;
  /** `null` = an argument of the command, in order; else the flag that takes the text. */
  flag: string | null;
  help: string;
}

export interface Parameter {
  name: string;
  flag: string;
  /** The flag that negates it, where there is one besides the flag. */
  off: string | null;
  schema: ParameterSchema;
  /** The value is the path of a file, or a name that the command recognises. */
  isFile: boolean;
  /** The contract's option, where there is one. */
  option: ContractOption<unknown> | null;
}

/** The parameter of every tool for paging through results too long for one answer. */
export const firstRow = 'firstRow';

const pageSchema: ParameterSchema = {
  type: 'integer',
  description:
    'Where an answer is too long, its tables and lists begin at this row, from 1: the answer says which rows it shows and how to get the rest.',
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  default: 1,
};

/** Options for where output is written, how it is shown, and settings of the whole server. */
const notForTools = new Set([
  ...['json', 'save', 'csv', 'excel', 'run', 'svg', 'html', 'output', 'verbose'],
  ...Object.keys(engineFlags()),
]);

/** In the order of the command line's help. */
export function toolsOf(program: Command): Tool[] {
  const contracts: Readonly<Record<AnalysisCommand, Options>> = commandOptions();
  return program.commands
    .flatMap((command) => (command.commands.length > 0 ? command.commands : [command]))
    .filter(isAnalysis)
    .map((command) => toolOf(command, nameOf(command, program), contracts));
}

function nameOf(command: Command, program: Command): string {
  const { parent } = command;
  return parent && parent !== program ? `${parent.name()} ${command.name()}` : command.name();
}

function toolOf(command: Command, name: string, contracts: Readonly<Record<string, Options>>): Tool {
  const own = Object.values(Object.hasOwn(contracts, name) ? contracts[name] : {});
  const options = command.options.map((option) => ({
    option,
    contract: own.find(({ flag }) => flag?.name === option.flags) ?? null,
  }));
  const isSource = ({ contract }: (typeof options)[number]) =>
    contract?.form.kind === 'file' && contract.flag?.required === true;
  const sources = [
    ...command.registeredArguments.map((argument, at) => sourceOfArgument(argument, at, command)),
    ...options.filter(isSource).map(({ option }) => sourceOfFlag(option)),
  ];
  const taken = new Set([...notForTools, ...sources.map(({ text }) => text)]);
  const parameters = options
    .filter((each) => !isSource(each) && !taken.has(each.option.attributeName()))
    // Where both `--header` and `--no-header` exist, the first stands for both.
    .filter(({ option }) => !option.negate || !counterpart(command, option))
    .map(({ option, contract }) => parameterOf(option, contract, counterpart(command, option)));
  const properties = Object.fromEntries([
    ...sources.flatMap(sourceSchemas),
    ...parameters.map((parameter) => [parameter.name, parameter.schema]),
    [firstRow, pageSchema],
  ]);
  const required = parameters.filter(({ option }) => option?.flag?.required).map((parameter) => parameter.name);
  return {
    name: name.replace(/ /g, '_'),
    title: sentence(command.summary()).replace(/\.$/, ''),
    description: inParameters(command.description()),
    inputSchema: { type: 'object', properties, required, additionalProperties: false },
    command: name,
    sources,
    parameters,
  };
}

const counterpart = ({ options }: Command, option: CommandOption): CommandOption | undefined =>
  options.find((other) => other !== option && other.attributeName() === option.attributeName());

function parameterOf(
  option: CommandOption,
  contract: ContractOption<unknown> | null,
  off: CommandOption | undefined,
): Parameter {
  return {
    name: option.attributeName(),
    flag: option.long ?? option.flags,
    off: off?.long ?? null,
    schema: contract ? schemaOfOption(contract) : schemaOfFlag(option),
    isFile: contract?.form.kind === 'file',
    option: contract,
  };
}

function sourceOfArgument(argument: Argument, at: number, { options }: Command): Source {
  const names = at === 0 ? { text: 'text', file: 'file' } : { text: 'otherText', file: 'otherFile' };
  // A command that can also take its text by a flag has an optional argument, but still needs one of the two.
  const required = argument.required || options.some((option) => option.attributeName() === names.text);
  return { ...names, files: argument.variadic ? 'files' : null, required, flag: null, help: argument.description };
}

function sourceOfFlag(option: CommandOption): Source {
  const name = option.attributeName();
  const flag = option.long ?? option.flags;
  return { text: `${name}Text`, file: `${name}File`, files: null, required: true, flag, help: option.description };
}

function sourceSchemas({ text, file, files, help }: Source): [string, ParameterSchema][] {
  // The command line's help mentions only files.
  const what = sentence(help.replace(/, or - for standard input$/, '').replace(/^a prompt file/, 'the prompt'));
  const which = listed([text, file, ...(files === null ? [] : [files])].map((name) => `"${name}"`));
  const path = 'a path below the working folder or below a root that the client names';
  return [
    [text, { type: 'string', description: `${what} The text itself. Exactly one of ${which} is given.` }],
    [file, { type: 'string', description: `${what} A file: ${path}.`, minLength: 1 }],
    ...(files === null ? [] : [several(files, `${what} Several files: each ${path}.`)]),
  ];
}

function several(name: string, description: string): [string, ParameterSchema] {
  return [name, { type: 'array', description, items: { type: 'string', minLength: 1 }, minItems: 1, maxItems: 100 }];
}
