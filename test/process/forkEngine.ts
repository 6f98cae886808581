/** The real engine, forked as the editor and the command line fork it; its process is exposed so that a test can kill it. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EngineApi, HostApi } from '../../src/analysis/contracts';
import { engineEnvironment } from '../../src/client/engineEnvironment';
import { Channel } from '../../src/protocol/channel';
import type { EngineOptions, PromptInput } from '../../src/protocol/model';
import { failures, type Problem, ProblemError } from '../../src/protocol/problem';
import { processPort } from '../../src/protocol/processPort';
import { referenceCases } from '../reference/bundledModel';

export const engineScript = join(__dirname, '..', '..', 'dist', 'engine.js');

export interface ForkedEngine {
  child: ChildProcess;
  channel: Channel<EngineApi, HostApi>;
  /** Settles when the process has ended. */
  ended: Promise<void>;
}

const living = new Set<ChildProcess>();

export function forkEngine(): ForkedEngine {
  if (!existsSync(engineScript)) throw new Error('build first: dist/engine.js is missing');
  const child = fork(engineScript, [], {
    serialization: 'advanced',
    execArgv: [],
    env: engineEnvironment(process.env, process.platform),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  living.add(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', () => living.delete(child));
  const channel = new Channel<EngineApi, HostApi>(
    processPort({
      send: (message, callback) => child.send(message as object, (error) => callback?.(error)),
      // `disconnect` comes just before `exit` and does not know the cause.
      on: (event: string, listener: (...values: unknown[]) => void) =>
        event !== 'disconnect' && child.on(event, listener),
    }),
    failures,
  );
  return { child, channel, ended };
}

/** Ends every engine of this test file. */
export async function endEngines(): Promise<void> {
  const exits = [...living].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of living) child.kill('SIGKILL');
  await Promise.all(exits);
}

export const engineOptions = (options: Partial<EngineOptions> = {}): EngineOptions => ({
  model: null,
  provider: 'cpu',
  precision: 'exact',
  threads: 1,
  cache: null,
  ...options,
});

export const raw = (text: string): PromptInput => ({ kind: 'raw', file: 'prompt.txt', text, pieces: [] });

/** The problem that a request fails with; throws when the request is answered. */
export async function problemOf(request: Promise<unknown>): Promise<Problem> {
  const error = await request.then(
    () => new Error('it was answered'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw error;
  return error.problem;
}

/** Limit for failures and refusals, which should come at once. */
export const quicklyMs = 10_000;

/** Fails when the work takes longer than a refusal may take. */
export async function quickly<R>(work: Promise<R>): Promise<R> {
  const started = performance.now();
  const result = await work;
  expect(performance.now() - started).toBeLessThan(quicklyMs);
  return result;
}

/** English text of about `tokens` tokens with the bundled model. */
export function words(tokens: number): string {
  const sentence = 'The river runs past the old mill and down to the sea.';
  return Array.from({ length: Math.ceil(tokens / 14) }, (_, line) => `${line}. ${sentence}`).join(' ');
}

/** Prompts whose next token was computed with transformers. */
export const known = ['capital', 'polysemy', 'code'].map((name) => {
  const one = referenceCases.find((each) => each.name === name);
  if (!one?.text) throw new Error(`no reference case ${name}`);
  return { text: one.text, next: one.next_top[0][0] };
});
