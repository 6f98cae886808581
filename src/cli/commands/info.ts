/** `prompt-lens info [FILE]`: what the model is and what runs it, and the prompt where one is named; all in the common fields. */
import type { Command } from 'commander';
import type { ModelInfo, Prompt, RuntimeInfo } from '../../protocol/model';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { type Outcome, runOnPrompt, runPlain, type Session } from '../runCommand';
import { count, harmless, type Paint, seconds, tableLines } from '../terminalText';

export function addInfo(program: Command, environment: Environment): void {
  const command = program
    .command('info')
    .summary('the model, and what runs it')
    .description('Describe the model and what runs it.')
    .argument('[file]', 'a prompt file whose tokens are to stand in the report');
  addCommonOptions(addPromptOptions(command)).action((file: string | undefined, options: CommonOptions) =>
    file === undefined
      ? runPlain(environment, 'info', options, async (session) => describe(session, null))
      : runOnPrompt(environment, { name: 'info', tensors: [] }, file, options, async (session) =>
          describe(session, await session.engine.request('tokenize', { prompt: session.input })),
        ),
  );
}

function describe({ model, runtime, loadMs, paint }: Session, prompt: Prompt | null): Outcome {
  const facts = { ...model, ...runtime };
  return {
    prompt,
    runMs: 0,
    result: {},
    sheet: { columns: ['name', 'value'], rows: Object.entries(facts) },
    text: `${paint('bold', harmless(model.name))}\n${tableLines([{ title: '' }, { title: '' }], rows(model, runtime, loadMs, prompt, paint), paint)}`,
  };
}

function rows(model: ModelInfo, runtime: RuntimeInfo, loadMs: number, prompt: Prompt | null, paint: Paint): string[][] {
  const { layers, heads, keyValueHeads, width, vocabulary, context } = model;
  const lines: [string, string][] = [
    ['family', `${model.family}, ${model.quantisation}`],
    ['blocks', `${layers}, each with ${heads} heads (${keyValueHeads} for keys and values)`],
    ['width', count(width)],
    ['vocabulary', `${count(vocabulary)} tokens`],
    ['context', `${count(context)} tokens`],
    ['file', model.path],
    ['sha256', model.sha256],
    ['provider', runtime.provider + (runtime.requested === 'auto' ? ' (chosen automatically)' : '')],
    ['precision', `${runtime.precision}, weights held as ${runtime.weights}`],
    ['threads', String(runtime.threads)],
    ['runtime', `ONNX Runtime ${runtime.onnxruntime}`],
    ['loaded in', seconds(loadMs)],
  ];
  if (prompt !== null) lines.push(['prompt', `${count(prompt.tokens.length)} tokens`]);
  if (runtime.reason !== null) lines.splice(8, 0, ['refused', runtime.reason]);
  return lines.map(([name, value]) => [`  ${paint('dim', name)}`, harmless(value)]);
}
