/** Every command file is registered and has the flags of its contract. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { analysisNames, commandOf, commandOptions, contracts } from '../../../src/analysis/contracts';
import type { Options } from '../../../src/analysis/options';
import { commands } from '../../../src/cli/commands';
import { stage } from './fakeEngine';

const folder = path.resolve(__dirname, '../../../src/cli/commands');
const program = new Command();
for (const add of Object.values(commands)) add(program, stage().environment);

/** Finds a command by its words, such as `probe train`. */
function named(name: string): Command {
  return name.split(' ').reduce((command: Command, word) => {
    const found = command.commands.find((each) => each.name() === word);
    if (!found) throw new Error(`There is no command "${name}".`);
    return found;
  }, program);
}

describe('the list of commands', () => {
  it('has every file of the folder', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
    expect(Object.keys(commands).sort()).toEqual(files.sort());
  });

  it('calls each command by its name, once', () => {
    expect(program.commands.map((each) => each.name())).toEqual(Object.keys(commands));
  });

  it.each(analysisNames)('%s has a command that takes every flag of its choices', (name) => {
    const taken: Options = commandOptions()[commandOf[name]];
    const flags = Object.values(taken).map(({ flag }) => flag?.name);
    for (const { flag } of Object.values(contracts[name].options as Options))
      if (flag) expect(flags).toContain(flag.name);
  });

  it.each(Object.entries(commandOptions()))('%s takes every option of its contract', (name, options) => {
    const taken = new Map(named(name).options.map((each) => [each.flags, each.description]));
    for (const { flag } of Object.values(options as Options)) {
      expect(flag).toBeDefined();
      expect(taken.get(flag?.name ?? '')).toContain(flag?.help);
    }
  });
});
