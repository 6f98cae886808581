/** `prompt-lens info [FILE]`: the model, what runs it, and the prompt if one is named; all of it stands in the report's common fields. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { wordsOf } from '../../protocol/clauses';
import type { Prompt } from '../../protocol/model';
import { reportedRuntime } from '../../protocol/reportedRuntime';
import { sizeText } from '../../protocol/sizeText';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { type Outcome, runOnPrompt, runPlain, type Session } from '../runCommand';
import { count, harmless, seconds, tableLines } from '../terminalText';

export function addInfo(program: Command, environment: Environment): void {
  const command = program
    .command('info')
    .summary('describe the model and what runs it')
    .description('Describe the model and what runs it.')
    .argument('[file]', 'a prompt file whose tokens are to stand in the report');
  addCommonOptions(addPromptOptions(command), { picture: false }).action(
    (file: string | undefined, options: CommonOptions) =>
      file === undefined
        ? runPlain(environment, 'info', options, async (session) => describe(session, null), { lazy: true })
        : runOnPrompt(environment, { name: 'info', tensors: [], lazy: true }, file, options, async (session, input) =>
            describe(session, await session.engine.request('tokenize', { prompt: input })),
          ),
  );
}

function describe(session: Session, prompt: Prompt | null): Outcome {
  const { options, runtime, compiled, paint } = session;
  const model = options.verbose ? session.model : { ...session.model, path: basename(session.model.path) };
  const { notes = [], ...described } = model;
  const facts = { ...described, ...reportedRuntime(runtime), compiledBytes: compiled.bytes };
  return {
    prompt,
    runMs: 0,
    result: {},
    sheet: {
      columns: ['name', 'value'],
      rows: [...Object.entries(facts), ...notes.map((note) => ['note', wordsOf(note)])],
    },
    text: `${paint('bold', harmless(model.name))}\n${tableLines([{ title: '' }, { title: '' }], rows({ ...session, model }, prompt), paint)}`,
  };
}

function rows({ model, runtime, compiled, loadMs, paint }: Session, prompt: Prompt | null): string[][] {
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
    [
      'compiled',
      `${sizeText(compiled.bytes)} on disk in ${compiled.folder} (all may take ${sizeText(compiled.limitBytes)})`,
    ],
    ['runtime', `ONNX Runtime ${runtime.onnxruntime}`],
    ['loaded in', seconds(loadMs)],
  ];
  if (prompt !== null) lines.push(['prompt', `${count(prompt.tokens.length)} tokens`]);
  for (const note of model.notes ?? []) lines.push(['note', wordsOf(note)]);
  if (runtime.reason !== null) lines.splice(8, 0, ['refused', wordsOf(runtime.reason)]);
  return lines.map(([name, value]) => [`  ${paint('dim', name)}`, harmless(value)]);
}
