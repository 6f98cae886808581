/**
 * The steps that every command shares around its analysis: it reads the prompt, starts the engine, loads the model, prints for a person or
 * as JSON, and writes the files asked for. The report is built only here.
 */
import { basename } from 'node:path';
import type { EngineApi } from '../analysis/contracts';
import type { EngineQuestions } from '../client/client';
import { fingerprintOf, settingsOf, sha256 } from '../client/fingerprint';
import { writtenRun } from '../client/savedRun';
import { csvText } from '../protocol/csvText';
import type { LoadedModel, Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { finalSpace } from '../protocol/promptEnd';
import { reportedRuntime } from '../protocol/reportedRuntime';
import type { Progress } from '../protocol/request';
import type { Sheet } from './csv';
import type { Environment } from './environment';
import { figureSvg } from './figure';
import { htmlReport } from './htmlReport';
import { type CommonOptions, engineOptions } from './options';
import { onStandardOutput, writeOutput } from './outputs';
import { ProgressLine } from './progressLine';
import { readPrompts } from './readPrompt';
import type { Report } from './report';
import { type Shown, savedRunOf } from './savedRunOf';
import { compactPaint, type Paint, painter } from './terminalText';

/** The name of the bundled truth probe in `--steer` and `--axis`. */
export const bundledTruth = 'truth';

export type Tensor = EngineApi['requests']['save']['params']['tensors'][number];

/** The value that a command returns. */
export interface Outcome {
  prompt: Prompt | null;
  runMs: number;
  /** The report's `result`. */
  result: unknown;
  sheet: Sheet;
  /** The data of the tab that shows this result, where there is one: `--run` saves it. */
  shown?: Shown;
  /** Text for a person; ends with a line break. */
  text: string;
}

export interface Session extends LoadedModel {
  engine: EngineQuestions;
  options: CommonOptions;
  paint: Paint;
  columns: number;
  progress: (progress: Progress) => void;
  /** Writes text that appears while it is computed; null when standard output has another use. */
  stream: ((text: string) => void) | null;
}

/** Runs a command without a file. `lazy`: the command needs no compiled graph. */
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

/** `tensors` are those that `--save` writes, empty when the command computes none; `lazy` as above. */
export interface PromptCommand {
  name: string;
  tensors: Tensor[];
  lazy?: boolean;
}

/** Runs a command about one prompt. */
export function runOnPrompt(
  environment: Environment,
  command: PromptCommand,
  file: string,
  options: CommonOptions,
  analyse: (session: Session, input: PromptInput) => Promise<Outcome>,
): Promise<void> {
  return runOnPrompts(environment, command, [file], options, (session, [input]) => analyse(session, input));
}

/** Runs a command about several prompts; the first one is the report's. */
export async function runOnPrompts(
  environment: Environment,
  command: PromptCommand,
  files: readonly string[],
  options: CommonOptions,
  analyse: (session: Session, inputs: readonly PromptInput[]) => Promise<Outcome>,
): Promise<void> {
  if (options.save !== undefined && command.tensors.length === 0) throw nothingToSave(command.name);
  // The prompts are read first, so that a wrong file name is reported without waiting for a model.
  const inputs = await readPrompts(environment, files, options);
  await withSession(environment, { ...options, lazy: command.lazy }, async (session, progress) => {
    const outcome = await analyse(session, inputs);
    if (options.save !== undefined) {
      const params = { prompt: inputs[0], path: options.save, tensors: command.tensors };
      await session.engine.request('save', params, { onProgress: session.progress });
    }
    progress.clear();
    await deliver(environment, command.name, session, outcome, inputs[0]);
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
    const show = (step: Progress) => {
      progress.show(step);
      environment.progress?.(step);
    };
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
      paint: environment.take ? compactPaint : painter(environment.colour),
      columns: output.columns,
      progress: show,
      stream: environment.take || options.json || onStandardOutput({ ...options }).length > 0 ? null : stream,
    };
    await use(session, progress);
  } finally {
    progress.clear();
    await connection.dispose();
  }
}

async function deliver(
  environment: Environment,
  command: string,
  session: Session,
  outcome: Outcome,
  input: PromptInput | null = null,
): Promise<void> {
  const { options, runtime, loadMs } = session;
  const { prompt, runMs, result, sheet, text } = outcome;
  const { version } = environment;
  const model = options.verbose ? session.model : { ...session.model, path: basename(session.model.path) };
  const probe = await probeDigest(environment, command, { ...options });
  const fingerprint = fingerprintOf({ model, runtime, version, command, options: { ...options }, probe });
  const title = `prompt-lens ${command}`;
  const captions = [
    `${model.name} ${model.quantisation}, ${runtime.provider}, ${runtime.precision}, sha256 ${model.sha256.slice(0, 12)}, Prompt Lens ${version}, fingerprint ${fingerprint}`,
    [prompt?.file && basename(prompt.file), ...settingsOf({ ...options }), dateWords(new Date())]
      .filter(Boolean)
      .join(', '),
  ];
  if (options.csv !== undefined) {
    const { columns, rows } = withFingerprint(sheet, fingerprint);
    await writeOutput(environment, options.csv, csvText(columns, rows, { excel: options.excel }));
  }
  if (options.svg !== undefined)
    await writeOutput(environment, options.svg, figureSvg(sheet, title, captions, { fingerprint, command, version }));
  if (options.html !== undefined) {
    const file = prompt?.file ?? '–';
    const facts = { file: options.verbose ? file : basename(file), model: model.name, sha256: model.sha256 };
    const page = { title, captions, rendered: prompt?.rendered ?? null, sheet, fingerprint };
    const html = htmlReport({ ...page, facts: { ...facts, runtime: captions[0], settings: captions[1], fingerprint } });
    await writeOutput(environment, options.html, html);
  }
  if (options.run !== undefined) {
    if (!outcome.shown) throw new ProblemError('usage', [`"${command}" shows nothing that --run could save.`]);
    const provenance = { version, fingerprint, settings: settingsOf({ ...options }).join(' · ') };
    const run = savedRunOf(session, outcome.shown, { ...provenance, date: new Date().toISOString() }, options, input);
    await writeOutput(environment, options.run, String(await writtenRun(run)));
  }
  if (onStandardOutput({ ...options }).length > 0) return;
  const named = prompt?.file && !options.verbose ? { ...prompt, file: basename(prompt.file) } : prompt;
  const common = {
    schema: 1 as const,
    command,
    version,
    fingerprint,
    model,
    runtime: reportedRuntime(runtime),
    prompt: named,
  };
  const report: Report = { ...common, timing: { loadMs, runMs }, result };
  if (options.json) {
    environment.output.write(`${JSON.stringify(report)}\n`);
    return;
  }
  if (environment.take) environment.take({ report, text });
  else environment.output.write(text);
  const space = prompt && finalSpace(prompt);
  if (space) environment.errors.write(`${session.paint('dim', finalSpaceNotes[space])}\n`);
}

/** In UTC, to the minute. */
const dateWords = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Written to standard error, because it is not part of the text that is written. */
const finalSpaceNotes = {
  lineBreak: 'note: the text ends in a line break. Delete it if the answer belongs on the same line.',
  space: 'note: the text ends in a space, which belongs to the word that follows. Delete it for the usual next words.',
};

/** The fingerprint is the last column, the same in every row, so that other programs can still read the table. */
function withFingerprint({ columns, rows }: Sheet, fingerprint: string): Sheet {
  return { columns: [...columns, 'fingerprint'], rows: rows.map((row) => [...row, fingerprint]) };
}

/** Digest of the probe file that judges, steers or is an axis; null where there is none. */
async function probeDigest(
  environment: Environment,
  command: string,
  { probe, steer, axis }: Record<string, unknown>,
): Promise<string | null> {
  const judges = command === 'truth' || command === 'probe evaluate';
  const along = steer ?? axis;
  const named = typeof along === 'string' && along !== bundledTruth ? along : probe;
  if (named === undefined && !judges && along === undefined) return null;
  const path = typeof named === 'string' ? named : (await environment.bundledFiles()).probes[0];
  return environment.readFile(path).then(sha256, () => null);
}
