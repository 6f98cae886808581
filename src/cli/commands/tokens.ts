/** `prompt-lens tokens FILE`: how the text is split into tokens. The whole result is the report's `prompt`. */
import type { Command } from 'commander';
import type { Prompt, Range, Token } from '../../protocol/model';
import { readable } from '../../protocol/pieces';
import { writerOf } from '../../protocol/writer';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { count, type Paint, tableLines } from '../terminalText';
import { painted } from '../unitText';

export function addTokens(program: Command, environment: Environment): void {
  const command = program
    .command('tokens')
    .summary('show how the text is cut into tokens')
    .description('Show every token: its id, its bytes and its place in the file.')
    .argument('<file>', 'a prompt file, or - for standard input');
  addCommonOptions(addPromptOptions(command), { picture: false }).action((file: string, options: CommonOptions) =>
    runOnPrompt(
      environment,
      { name: 'tokens', tensors: [], lazy: true },
      file,
      options,
      async ({ engine, paint }, input) => {
        const started = performance.now();
        const prompt = await engine.request('tokenize', { prompt: input });
        const runMs = performance.now() - started;
        return { prompt, runMs, result: {}, sheet: sheetOf(prompt), text: textOf(prompt, paint) };
      },
    ),
  );
}

function sheetOf({ tokens }: Prompt) {
  const columns = [
    'positionFrom1',
    'id',
    'text',
    'bytes',
    'start',
    'end',
    'sourceStart',
    'sourceEnd',
    'special',
    'role',
  ];
  const rows = tokens.map((token, position) => {
    const { id, bytes, start, end, source, special, role } = token;
    const [sourceStart, sourceEnd] = source ?? [null, null];
    return [position + 1, id, readable(token), bytes, start, end, sourceStart, sourceEnd, special, role];
  });
  return { columns, rows };
}

function textOf({ tokens, rendered }: Prompt, paint: Paint): string {
  const columns = [
    { title: 'position', align: 'right' as const },
    { title: 'id', align: 'right' as const },
    { title: 'token' },
    { title: 'bytes' },
    { title: 'in the file' },
    { title: tokens.some((token) => token.role !== null) ? 'role' : '' },
  ];
  const rows = tokens.map((token, position) => [
    String(position + 1),
    String(token.id),
    painted(token, rendered, paint),
    token.bytes,
    token.source ? span(token.source) : paint('dim', notInFile(token)),
    token.role ?? '',
  ]);
  const summary = `${count(tokens.length)} tokens for ${count(rendered.length)} characters`;
  return `${tableLines(columns, rows, paint)}${paint('dim', summary)}\n`;
}

/** Who wrote a token that does not stand in the file. */
function notInFile(token: Token): string {
  return writerOf(token, { tokens: [token] }) === 'tokenizer' ? 'tokenizer' : 'template';
}

function span([start, end]: Range): string {
  return `${start}–${end}`;
}
