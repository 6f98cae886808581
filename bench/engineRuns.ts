/**
 * Measures a real engine process, forked as the extension forks it: the time until the first numbers, and the memory that a long
 * prompt takes.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import type { EngineApi, HostApi } from '../src/analysis/contracts';
import { engineEnvironment } from '../src/client/engineEnvironment';
import { Channel } from '../src/protocol/channel';
import type { EngineOptions, PromptInput } from '../src/protocol/model';
import { failures } from '../src/protocol/problem';
import { processPort } from '../src/protocol/processPort';
import type { Progress } from '../src/protocol/request';

interface EngineRun {
  /** The bundled engine script. */
  engine: string;
  options: EngineOptions;
  text: string;
}

/** Time from before the fork to the first probabilities of the text, with the share of each stage. */
export async function coldStart({ engine, options, text }: EngineRun): Promise<object> {
  const started = performance.now();
  const { channel, child } = startEngine(engine);
  try {
    const stages: Partial<Record<Progress['stage'], number>> = {};
    const onProgress = ({ stage }: Progress) => {
      stages[stage] ??= performance.now() - started;
    };
    await channel.request('load', options, { onProgress });
    const loaded = performance.now() - started;
    const prompt = raw(text);
    const answer = await channel.request('probabilities', { prompt, top: 10 });
    const ms = performance.now() - started;
    return { ms, tokens: answer.prompt.tokens.length, stages, loadedMs: loaded, runMs: answer.runMs };
  } finally {
    child.kill();
  }
}

/** The engine's largest resident size after each step of looking at a long prompt; null where the system does not report it. */
export async function memory({ engine, options, text }: EngineRun): Promise<object> {
  const { channel, child } = startEngine(engine);
  try {
    const prompt = raw(text);
    const peaks: Record<string, number | null> = {};
    const { runtime } = await channel.request('load', options);
    peaks.loaded = peakBytes(child);
    const answer = await channel.request('probabilities', { prompt, top: 10 });
    peaks.probabilities = peakBytes(child);
    await channel.request('attentionOverview', { prompt, size: 48, sink: 'raw' });
    peaks.attention = peakBytes(child);
    const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 };
    await channel.request('generate', { prompt, options: { ...greedy, maxTokens: 20, top: 5, prefix: [] } });
    peaks.generation = peakBytes(child);
    return { tokens: answer.prompt.tokens.length, weights: runtime.weights, peaks };
  } finally {
    child.kill();
  }
}

/** A text that comes from no file. */
const raw = (text: string): PromptInput => ({ kind: 'raw', file: null, text, pieces: [] });

function startEngine(engine: string): { channel: Channel<EngineApi, HostApi>; child: ChildProcess } {
  const child = fork(engine, [], {
    serialization: 'advanced',
    execArgv: [],
    env: engineEnvironment(process.env, process.platform),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = processPort({
    send: (message, callback) => child.send(message as object, (error) => callback?.(error)),
    on: (event: string, listener: (...values: unknown[]) => void) => child.on(event, listener),
  });
  return { channel: new Channel<EngineApi, HostApi>(port, failures), child };
}

/** Linux keeps the peak; on other systems the current size stands in for it. */
function peakBytes({ pid }: ChildProcess): number | null {
  try {
    if (platform() === 'linux') {
      const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      return peak ? Number(peak[1]) * 1024 : null;
    }
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
  } catch {
    return null;
  }
}
