/** `prompt-lens cache`: where compiled graphs are stored and how much space they take; `--clear` frees it. Needs no model. */
import type { Command } from 'commander';
import type { EngineApi } from '../../analysis/contracts';
import { sizeText } from '../../protocol/sizeText';
import type { Environment } from '../environment';
import { harmless, type Paint, painter, tableLines } from '../terminalText';

interface Options {
  clear?: boolean;
  json?: boolean;
  verbose?: boolean;
}

export function addCache(program: Command, environment: Environment): void {
  program
    .command('cache')
    .summary('show the disk space that compiled graphs take, or free it')
    .description(
      'Show where compiled graphs are kept and how much disk space they take. PROMPT_LENS_CACHE names another folder, PROMPT_LENS_CACHE_LIMIT the gigabytes that all of them may take (default: 20).',
    )
    .option('--clear', 'remove all compiled graphs; a running engine goes on, and the next one compiles again')
    .option('--json', 'print the report as JSON')
    .option('--verbose', "show the engine's log and the details of an error")
    .action((options: Options) => run(environment, options));
}

async function run(environment: Environment, { clear = false, json = false, verbose = false }: Options): Promise<void> {
  const { output, errors, version } = environment;
  const connection = environment.connect((line) => verbose && errors.write(`${line}\n`));
  try {
    const result = await connection.channel.request('compiledGraphs', { folder: null, limitGb: null, clear });
    const report = { schema: 1, command: 'cache', version, result };
    output.write(json ? `${JSON.stringify(report)}\n` : textOf(result, clear, painter(environment.colour)));
  } finally {
    await connection.dispose();
  }
}

function textOf(
  { folder, bytes, freedBytes, limitBytes }: EngineApi['requests']['compiledGraphs']['result'],
  clear: boolean,
  paint: Paint,
): string {
  const rows = [
    ['folder', harmless(folder)],
    ['compiled graphs', `${sizeText(bytes)} of at most ${sizeText(limitBytes)}`],
  ];
  if (clear) rows.push(['freed', sizeText(freedBytes)]);
  return tableLines(
    [{ title: '' }, { title: '' }],
    rows.map(([name, value]) => [`  ${paint('dim', name)}`, value]),
    paint,
  );
}
