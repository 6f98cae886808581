/** `prompt-lens info`: what the model is and what runs it. Everything is in the report's common fields. */
import type { Command } from 'commander';
import type { ModelInfo, RuntimeInfo } from '../../protocol/model';
import type { Environment } from '../environment';
import { addCommonOptions, type CommonOptions } from '../options';
import { type Outcome, runPlain, type Session } from '../runCommand';
import { count, harmless, type Paint, seconds, tableLines } from '../terminalText';

export function addInfo(program: Command, environment: Environment): void {
  addCommonOptions(program.command('info'))
    .summary('the model, and what runs it')
    .description('Describe the model and what runs it.')
    .action((options: CommonOptions) => runPlain(environment, 'info', options, async (session) => describe(session)));
}

function describe({ model, runtime, loadMs, paint }: Session): Outcome {
  const facts = { ...model, ...runtime };
  return {
    prompt: null,
    runMs: 0,
    result: {},
    sheet: { columns: ['name', 'value'], rows: Object.entries(facts) },
    text: `${paint('bold', harmless(model.name))}\n${tableLines([{ title: '' }, { title: '' }], rows(model, runtime, loadMs, paint), paint)}`,
  };
}

function rows(model: ModelInfo, runtime: RuntimeInfo, loadMs: number, paint: Paint): string[][] {
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
  if (runtime.reason !== null) lines.splice(8, 0, ['refused', runtime.reason]);
  return lines.map(([name, value]) => [`  ${paint('dim', name)}`, harmless(value)]);
}
