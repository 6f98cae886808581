import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandOptions, contracts } from '../../../src/analysis/contracts';
import type { Option, Options } from '../../../src/analysis/options';
import { addContractOption } from '../../../src/cli/contractOptions';

const flagged = Object.entries(commandOptions()).flatMap(([command, options]) =>
  Object.entries(options as Options).map(([name, option]) => [`${command} ${name}`, option]),
) as [name: string, option: Option<unknown>][];

function typed(option: Option<unknown>, ...words: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  return addContractOption(command, option).parse(words, { from: 'user' }).opts();
}

describe('a flag from a contract', () => {
  it('there are several', () => expect(flagged.length).toBeGreaterThan(60));

  it.each(flagged)('%s says in one sentence what it is for', (_, { flag }) => {
    expect(flag?.name).toMatch(/^(-[a-z], )?--[a-z-]+( <[a-z.]+>)?$/);
    expect(flag?.help).toMatch(/^[^\n]{10,120}[^.\n]$/);
  });

  it('takes every member of a choice, and nothing else', () => {
    const { method } = contracts.embeddings.options;
    for (const member of ['pca', 'umap', 'tsne']) expect(typed(method, '--method', member)).toEqual({ method: member });
    expect(() => typed(method, '--method', 'svd')).toThrow(/Allowed choices are pca, umap, tsne/);
  });

  it('takes whole numbers where the option does', () => {
    const { seed } = contracts.embeddings.options;
    expect(typed(seed, '--seed', '7')).toEqual({ seed: 7 });
    for (const wrong of ['-1', '0.5', 'x']) expect(() => typed(seed, `--seed=${wrong}`)).toThrow(CommanderError);
  });

  it('is absent unless it is typed, or begins where the command says', () => {
    expect(typed(contracts.embeddings.options.leaveOutMassive)).toEqual({});
    expect(typed(contracts.embeddings.options.leaveOutMassive, '--leave-out-massive')).toEqual({
      leaveOutMassive: true,
    });
    expect(addContractOption(new Command(), contracts.embeddings.options.seed).opts()).toEqual({ seed: 1 });
  });

  it('of an option without one cannot be made', () => {
    expect(() => addContractOption(new Command(), contracts.embeddings.options.marks)).toThrow(/no flag/);
  });
});
