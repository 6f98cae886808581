/**
 * What every command does around its analysis: read the prompt, start the engine, load the model, then print for a person or as
 * JSON, and write the files asked for. The report is built here and nowhere else.
 */
import type { Channel } from '../protocol/channel';
import type { EngineApi, HostApi, LoadedModel, Progress } from '../protocol/engine';
import type { Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { finalSpace } from '../protocol/promptEnd';
import type { Report } from '../protocol/results';
import { csvText, type Sheet } from './csv';
import type { Environment } from './environment';
import { figureSvg } from './figure';
import { htmlReport } from './htmlReport';
import { type CommonOptions, engineOptions } from './options';
import { ProgressLine } from './progressLine';
import { readPrompt, systemReason } from './readPrompt';
import { type Paint, painter } from './terminalText';

export type Tensor = EngineApi['requests']['save']['params']['tensors'][number];

/** What a command hands back. */
export interface Outcome {
  prompt: Prompt | null;
  runMs: number;
  /** The report's `result`. */
  result: unknown;
  sheet: Sheet;
  /** What a person reads; ends with a line break. */
  text: string;
}

export interface Session extends LoadedModel {
  engine: Channel<EngineApi, HostApi>;
  options: CommonOptions;
  paint: Paint;
  columns: number;
  progress: (progress: Progress) => void;
  /** For text that appears while it is computed; null when a report as JSON is wanted. */
  stream: ((text: string) => void) | null;
}

export interface PromptSession extends Session {
  input: PromptInput;
}

/** A command without a file. `lazy`: one that needs no compiled graph. */
export async function runPlain(
  environment: Environment,
  command: string,
  options: CommonOptions,
  analyse: (session: Session) => Promise<Outcome>,
  { lazy = false } = {},
): Promise<void> {
  if (options.save !== undefined) throw nothingToSave(command);
  await withSession(environment, { ...options, lazy }, async (session, progress) => {
    const outcome = await analyse(session);
    progress.clear();
    await deliver(environment, command, session, outcome);
  });
}

/** A command about one prompt; `tensors` are what `--save` writes, none when the command computes none; `lazy` as above. */
export async function runOnPrompt(
  environment: Environment,
  command: { name: string; tensors: Tensor[]; lazy?: boolean },
  file: string,
  options: CommonOptions,
  analyse: (session: PromptSession) => Promise<Outcome>,
): Promise<void> {
  if (options.save !== undefined && command.tensors.length === 0) throw nothingToSave(command.name);
  // Read first: a wrong name should not have to wait for a model.
  const input = await readPrompt(environment, file, options);
  await withSession(environment, { ...options, lazy: command.lazy }, async (session, progress) => {
    const outcome = await analyse({ ...session, input });
    if (options.save !== undefined) {
      const params = { prompt: input, path: options.save, tensors: command.tensors };
      await session.engine.request('save', params, { onProgress: session.progress });
    }
    progress.clear();
    await deliver(environment, command.name, session, outcome);
  });
}

function nothingToSave(command: string): ProblemError {
  return new ProblemError('usage', [`"${command}" computes no tensors that --save could write.`]);
}

async function withSession(
  environment: Environment,
  options: CommonOptions & { lazy?: boolean },
  use: (session: Session, progress: ProgressLine) => Promise<void>,
): Promise<void> {
  const { output, errors } = environment;
  const log = (line: string) => options.verbose && errors.write(`${line}\n`);
  const progress = new ProgressLine(errors);
  const connection = environment.connect(log);
  try {
    const engine = connection.channel;
    engine.on('didLog', log);
    const show = (step: Progress) => progress.show(step);
    const loaded = await engine.request(
      'load',
      { ...engineOptions(options), lazy: options.lazy ?? false },
      { onProgress: show },
    );
    const stream = (text: string) => {
      progress.clear();
      output.write(text);
    };
    const session: Session = {
      ...loaded,
      engine,
      options,
      paint: painter(environment.colour),
      columns: output.columns,
      progress: show,
      stream: options.json ? null : stream,
    };
    await use(session, progress);
  } finally {
    progress.clear();
    await connection.dispose();
  }
}

async function deliver(environment: Environment, command: string, session: Session, outcome: Outcome): Promise<void> {
  const { options, model, runtime, loadMs } = session;
  const { prompt, runMs, result, sheet, text } = outcome;
  if (options.csv !== undefined) await writeFile(environment, options.csv, csvText(sheet));
  const title = `prompt-lens ${command}`;
  const caption = `${model.name} ${model.quantisation}, ${runtime.provider}, ${runtime.precision}, sha256 ${model.sha256.slice(0, 12)}, Prompt Lens ${environment.version}`;
  if (options.svg !== undefined) await writeFile(environment, options.svg, figureSvg(sheet, title, caption));
  if (options.html !== undefined) {
    const facts = { file: prompt?.file ?? '–', model: model.name, sha256: model.sha256, runtime: caption };
    const page = { title, caption, facts, rendered: prompt?.rendered ?? null, sheet };
    await writeFile(environment, options.html, htmlReport(page));
  }
  if (!options.json) {
    environment.output.write(text);
    const space = prompt && finalSpace(prompt);
    if (space) environment.errors.write(`${session.paint('dim', finalSpaceNotes[space])}\n`);
    return;
  }
  const { version } = environment;
  const report: Report = { schema: 1, command, version, model, runtime, prompt, timing: { loadMs, runMs }, result };
  environment.output.write(`${JSON.stringify(report)}\n`);
}

/** On standard error: it is no part of a text that is written. */
const finalSpaceNotes = {
  lineBreak: 'note: the text ends in a line break. Delete it if the answer belongs on the same line.',
  space: 'note: the text ends in a space, which belongs to the word that follows. Delete it for the usual next words.',
};

async function writeFile(environment: Environment, path: string, text: string): Promise<void> {
  try {
    await environment.writeFile(path, text);
  } catch (error) {
    throw new ProblemError('fileNotWritten', [path, systemReason(error)]);
  }
}
