/**
 * The command line within this process, with one real engine for all of its runs: it tests what a command says, not how a process
 * starts and ends. Runs follow one another. A run whose `load` options differ from those of the previous run loads the model again.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Environment, Stream } from '../../src/cli/environment';
import { runCommandLine } from '../../src/cli/program';
import type { Report } from '../../src/cli/report';
import { type EngineConnection, startEngine } from '../../src/client/client';
import { identityOf } from '../../src/files/identity';
import { placeOf } from '../../src/files/place';
import { writeWhole } from '../../src/files/wholeFile';
import type { Prompt } from '../../src/protocol/model';
import { engineScript } from './forkEngine';

export interface Said {
  status: number | null;
  output: string;
  errors: string;
}

export type Reported<R> = Report<R> & { prompt: Prompt };

/** Call this while tests are collected. Relative paths are resolved against `folder`, as if a user typed the command there. */
export function sharedCommandLine(folder: string): {
  run(words: string[], input?: string): Promise<Said>;
  /** The `--json` output of a run that must succeed. */
  report<R>(words: string[], input?: string): Promise<Reported<R>>;
} {
  const before = process.cwd();
  let engine: EngineConnection | null = null;
  beforeAll(() => process.chdir(folder));
  afterAll(async () => {
    process.chdir(before);
    await engine?.dispose();
  });

  const connect = (): EngineConnection => {
    engine ??= startEngine(engineScript, { env: process.env });
    return { channel: engine.channel, dispose: async () => {} };
  };
  const run = async (words: string[], input = ''): Promise<Said> => {
    const written = { output: '', errors: '' };
    const stream = (name: keyof typeof written): Stream => ({
      write: (text) => {
        written[name] += text;
      },
      isTerminal: false,
      columns: 80,
    });
    const environment: Environment = {
      output: stream('output'),
      errors: stream('errors'),
      colour: false,
      version: '0.0.0',
      readFile,
      readStandardInput: async () => Buffer.from(input),
      writeFile: writeWhole,
      checkPlace: async (name) => void (await placeOf(name)),
      identityOf: async (name) => (name === '-' ? null : identityOf(name)),
      bundledFiles: async () => ({ models: [], probes: [] }),
      connect,
    };
    return { status: await runCommandLine(words, environment), ...written };
  };
  return {
    run,
    report: async (words, input) => {
      const { status, output, errors } = await run([...words, '--json'], input);
      expect(errors).toBe('');
      expect(status).toBe(0);
      return JSON.parse(output);
    },
  };
}

/** Starts the command line as a process, for what only a process has: a cold start, streams, an exit status. */
export const cliScript = path.resolve(__dirname, '../../dist/cli.js');
