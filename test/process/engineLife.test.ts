/** The engine's life as a process: after a cancellation it still answers, a killed one is reported and replaced, an idle one ends. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clause } from '../../src/protocol/clauses';
import type { Progress } from '../../src/protocol/request';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { writeTinyLlama } from '../fixtures/tinyGguf';
import {
  endEngines,
  engineOptions,
  engineScript,
  type ForkedEngine,
  forkEngine,
  known,
  problemOf,
  quickly,
  quicklyMs,
  raw,
  words,
} from './forkEngine';

const folder = temporaryFolder();
const tinyOptions = () => engineOptions({ model: writeTinyLlama(folder), cache: join(folder, 'cache') });

let engine: ForkedEngine;

beforeAll(async () => {
  engine = forkEngine();
  await engine.channel.request('load', engineOptions());
});

afterAll(endEngines);

describe('cancelling', () => {
  it('a long attention map midway leaves an engine that answers', async () => {
    const abort = new AbortController();
    const reports: Progress[] = [];
    const request = engine.channel.request(
      'attentionOverview',
      { prompt: raw(words(1500)), size: 32, sink: 'raw' },
      {
        signal: abort.signal,
        onProgress: (progress) => {
          reports.push(progress);
          abort.abort();
        },
      },
    );
    const waiting = engine.channel.request('probabilities', { prompt: raw(known[1].text), top: 1 });
    expect((await problemOf(request)).code).toBe('cancelled');
    expect(reports).toHaveLength(1);
    expect(reports[0].done).toBeLessThan(reports[0].total);
    expect((await waiting).result.next[0].id).toBe(known[1].next);
  });

  it('one that still waits for its turn does not run it', async () => {
    const abort = new AbortController();
    const first = engine.channel.request('probabilities', { prompt: raw(words(300)), top: 1 });
    const second = engine.channel.request(
      'probabilities',
      { prompt: raw(words(3000)), top: 1 },
      { signal: abort.signal },
    );
    abort.abort();
    expect((await problemOf(second)).code).toBe('cancelled');
    const third = engine.channel.request('tokenize', { prompt: raw('Hello') });
    await first;
    expect((await third).tokens).toHaveLength(1);
    await quickly(engine.channel.request('probabilities', { prompt: raw('Hello'), top: 1 }));
  });

  it('while the model is loading', async () => {
    const fresh = forkEngine();
    const abort = new AbortController();
    const request = fresh.channel.request('load', engineOptions(), {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    expect((await quickly(problemOf(request))).code).toBe('cancelled');
    expect((await fresh.channel.request('load', tinyOptions())).model.layers).toBe(2);
    fresh.child.kill('SIGKILL');
    await fresh.ended;
  });
});

describe('an engine that dies', () => {
  it('rejects what was asked with its cause, and a new one works', async () => {
    const fresh = forkEngine();
    await fresh.channel.request('load', engineOptions());
    const running = fresh.channel.request(
      'attentionOverview',
      { prompt: raw(words(1500)), size: 32, sink: 'raw' },
      { onProgress: () => fresh.child.kill('SIGKILL') },
    );
    const queued = fresh.channel.request('probabilities', { prompt: raw('Hello'), top: 1 });
    for (const request of [running, queued]) {
      expect(await problemOf(request)).toMatchObject({ code: 'engineGone', args: [clause('signal', 'SIGKILL')] });
    }
    await fresh.ended;
    const late = fresh.channel.request('tokenize', { prompt: raw('Hello') });
    expect((await quickly(problemOf(late))).code).toBe('engineGone');
    const next = forkEngine();
    await next.channel.request('load', engineOptions());
    const { result } = await next.channel.request('probabilities', { prompt: raw(known[0].text), top: 1 });
    expect(result.next[0].id).toBe(known[0].next);
    next.child.kill('SIGKILL');
    await next.ended;
  });
});

describe('an engine whose parent is gone', () => {
  it('ends when the channel closes, also in the middle of a run', async () => {
    const fresh = forkEngine();
    await fresh.channel.request('load', engineOptions());
    const running = fresh.channel.request(
      'attentionOverview',
      { prompt: raw(words(1500)), size: 32, sink: 'raw' },
      { onProgress: () => fresh.child.connected && fresh.child.disconnect() },
    );
    const problem = problemOf(running);
    await quickly(fresh.ended);
    expect((await problem).code).toBe('engineGone');
  });

  it('is no orphan when the parent is killed', async () => {
    const program = `
      const child = require('node:child_process').fork(${JSON.stringify(engineScript)}, [], { serialization: 'advanced' });
      child.once('spawn', () => console.log(child.pid));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    const started = performance.now();
    while (isAlive(pid) && performance.now() - started < quicklyMs)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // In a container there may be no process that reaps the dead, so a zombie counts as ended.
  if (process.platform !== 'linux') return true;
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
