/** `prompt-lens serve`: offers every analysis as a tool for assistants, by the Model Context Protocol over standard input and output. */
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import { engineFlags } from '../../analysis/shared/contract';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Environment } from '../environment';

type Options = Given<ReturnType<typeof engineFlags>> & { folder: string; verbose?: boolean };

const clients = `
The client starts it. A tool reads the text it is given, or a file below --folder or below a root that the client names;
nothing is written. README.md says how to add it to the usual clients.`;

export function addServe(program: Command, environment: Environment): void {
  const command = program
    .command('serve')
    .summary('offer the analyses as tools to an assistant (MCP)')
    .description('Offer every analysis as a tool to an assistant, over standard input and output (MCP).')
    .addHelpText('after', clients);
  addContractOptions(command, engineFlags())
    .option('--folder <path>', 'the folder below which tools may read files', '.')
    .option('--verbose', "show the engine's log on standard error")
    .action(({ model, verbose, ...options }: Options) => {
      if (!environment.serve) throw new ProblemError('usage', ['"serve" cannot be run from within another program.']);
      return environment.serve({ ...options, model: model ?? null, verbose: verbose === true });
    });
}
