/** All tools and how one is called: calls run one after another, on an engine that the caller holds. */

import type { Environment } from '../cli/environment';
import { buildProgram } from '../cli/program';
import type { EngineQuestions } from '../client/client';
import type { CallableTools, ToolCall, ToolResult, ToolsBundle, ToolWorld } from '../client/toolsBundle';
import type { CallOptions } from '../protocol/channel';
import { ProblemError } from '../protocol/problem';
import { type Answered, toolResult } from './answer';
import { type Asked, asked } from './commandWords';
import { Refusal, sentenceOf } from './refusal';
import { type Tool, toolsOf } from './tool';

export class ToolSet implements CallableTools {
  readonly tools: readonly Tool[];
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly world: ToolWorld) {
    this.tools = allTools();
  }

  call(call: ToolCall): Promise<ToolResult> {
    const turn = this.queue.then(() => this.answer(call));
    this.queue = turn.catch(() => {});
    return turn;
  }

  private async answer(call: ToolCall): Promise<ToolResult> {
    try {
      const tool = this.tools.find(({ name }) => name === call.name);
      if (!tool)
        throw new Refusal(`There is no tool "${call.name}", only ${this.tools.map(({ name }) => name).join(', ')}.`);
      if (call.signal?.aborted) throw new ProblemError('cancelled');
      const request = await asked(tool, call.arguments ?? {}, await this.world.folders());
      return toolResult(await run(request, this.world, call), request.firstRow, this.world);
    } catch (error) {
      if (call.signal?.aborted) throw new ProblemError('cancelled');
      return { content: [{ type: 'text', text: sentenceOf(error) }], isError: true };
    }
  }
}

export const createTools: ToolsBundle['createTools'] = (world) => new ToolSet(world);

/** Every tool, for listing and description. */
export function allTools(): readonly Tool[] {
  const nowhere: ToolWorld = {
    ...{ version: '', engineOptions: null, data: false },
    readFile: () => Promise.reject(new Error('Nothing is called here.')),
    bundledFiles: async () => ({ models: [], probes: [] }),
    folders: async () => [],
    engine: () => {
      throw new Error('Nothing is called here.');
    },
  };
  return toolsOf(buildProgram(environmentOf(nowhere, new Map(), () => {}, {})));
}

async function run(request: Asked, world: ToolWorld, call: Omit<ToolCall, 'name'>): Promise<Answered> {
  const notes: string[] = [];
  let taken: Pick<Answered, 'report' | 'text'> | null = null;
  const environment = environmentOf(world, request.files, (note) => notes.push(note.trim()), call);
  environment.take = (answer) => {
    taken = answer;
  };
  const { command, options, places } = request;
  const words = [...command, ...engineWords(world), ...options, '--', ...places];
  await buildProgram(environment).parseAsync(words, { from: 'user' });
  if (taken === null) throw new Error('The command gave no answer.');
  return { ...(taken as Pick<Answered, 'report' | 'text'>), notes };
}

function engineWords({ engineOptions }: ToolWorld): string[] {
  if (!engineOptions) return [];
  const { model, provider, precision, threads } = engineOptions;
  const named = model === null ? [] : [`--model=${model}`];
  return [...named, `--provider=${provider}`, `--precision=${precision}`, `--threads=${threads}`];
}

/** The environment of the command line, in which nothing can be written and only the files named by the call can be read. */
function environmentOf(
  world: ToolWorld,
  files: Asked['files'],
  note: (text: string) => void,
  { signal, onProgress }: Pick<ToolCall, 'signal' | 'onProgress'>,
): Environment {
  const refuse = () => Promise.reject(new Error('A tool writes nothing.'));
  return {
    // As for a terminal, control sequences in a text are made harmless.
    output: { write: () => {}, isTerminal: true, columns: 120 },
    errors: { write: note, isTerminal: false, columns: 120 },
    colour: false,
    version: world.version,
    readFile: async (name) => {
      const file = files.get(name);
      if (file && 'text' in file) return new TextEncoder().encode(file.text);
      const { probes } = await world.bundledFiles();
      if (!file && !probes.includes(name)) throw new Error('It is not among the files of this call.');
      return world.readFile(file?.path ?? name);
    },
    readStandardInput: () => Promise.reject(new Error('A tool has no standard input.')),
    writeFile: refuse,
    checkPlace: refuse,
    identityOf: async () => null,
    bundledFiles: world.bundledFiles,
    progress: onProgress,
    connect: () => ({ channel: watched(world.engine(), signal), dispose: async () => {} }),
  };
}

/**
 * The same engine, with every request cancelled when the call ends. Its graphs start when the model is loaded, so that one load serves all
 * commands.
 */
function watched(engine: EngineQuestions, signal: AbortSignal | undefined): EngineQuestions {
  const request = (method: string, params: object, options: CallOptions<unknown> = {}) =>
    engine
      .request(method as never, (method === 'load' ? { ...params, lazy: false } : params) as never, {
        ...(options as object),
        signal,
      })
      .catch((error) => {
        throw ProblemError.wrap(error);
      });
  return { request: request as EngineQuestions['request'], on: () => () => {} };
}
