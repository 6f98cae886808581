import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineProcess, forkEngine } from '../../../src/client/engineProcess';
import { type Clause, clause, wordsOf } from '../../../src/protocol/clauses';
import type { Problem } from '../../../src/protocol/problem';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'prompt-lens-fork-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Forks a script of these lines; `echo` answers every message with itself. */
function forked(name: string, code: string, log: (line: string) => void = () => {}): EngineProcess {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, code);
  return forkEngine(file, log);
}

const exitOf = (child: EngineProcess) => new Promise<Clause>((resolve) => child.onExit(resolve));
const closeOf = (child: EngineProcess) => new Promise<unknown>((resolve) => child.port.onClose(resolve));
const problemOf = (child: EngineProcess) =>
  new Promise<Problem | undefined>((resolve) => child.onExit((_, problem) => resolve(problem?.problem)));
const messageOf = (child: EngineProcess) => new Promise<unknown>((resolve) => child.port.onMessage(resolve));

describe('a forked engine', () => {
  it('hands typed arrays over as they are', async () => {
    const child = forked('echo', "process.on('message', (m) => process.send(m));");
    const echoed = messageOf(child);
    child.port.post({ weights: new Float32Array([1, 2.5]) });
    expect(await echoed).toEqual({ weights: new Float32Array([1, 2.5]) });
    child.stop(1000);
    expect(await exitOf(child)).toEqual(clause('endedFromOutside', 'SIGTERM'));
  });

  it('can be attached to by a debugger where one is asked for', async () => {
    const file = join(folder, 'inspected.cjs');
    writeFileSync(file, "console.log(require('node:inspector').url());");
    const lines: string[] = [];
    await exitOf(forkEngine(file, (line) => lines.push(line), { ...process.env, PROMPT_LENS_INSPECT: '0' }));
    await expect.poll(() => lines.join('\n')).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\//m);
  });

  it('writes its output and its errors to the log', async () => {
    const lines: string[] = [];
    const child = forked('talk', "console.log('one'); console.error('two');", (line) => lines.push(line));
    await exitOf(child);
    await expect.poll(() => lines.sort()).toEqual(['one', 'two']);
  });

  it('closes its port with the exit code', async () => {
    const child = forked('exit', 'process.exit(3);');
    expect(await closeOf(child)).toMatchObject({ problem: { code: 'engineGone', args: [clause('exitCode', 3)] } });
    expect(await exitOf(child)).toEqual(clause('exitCode', 3));
    expect(() => child.port.post('late')).not.toThrow();
  });

  it.skipIf(process.platform === 'win32')('is ended even when it does not listen', async () => {
    const child = forked('deaf', "process.on('SIGTERM', () => {}); process.send('up'); setInterval(() => {}, 1000);");
    await messageOf(child);
    child.stop(100);
    expect(await exitOf(child)).toEqual(clause('endedByForce', 'SIGKILL'));
  });

  it('that cannot load a library says so in the loader’s words', async () => {
    const sentence = 'libonnxruntime.so.1: cannot open shared object file: No such file or directory';
    const problem = await problemOf(forked('loader', `throw new Error('${sentence}');`));
    expect(problem).toMatchObject({ code: 'engineCannotStart', message: `The engine cannot start: ${sentence}.` });
    expect(problem?.remedy).not.toMatch(/restart/i);
    expect(problem?.detail).toContain(sentence);
  });

  it.skipIf(process.platform !== 'linux')('that the system kills is told with what it held', async () => {
    const code = "process.send('up'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1500);";
    const problem = await problemOf(forked('killed', code));
    expect(problem?.code).toBe('engineKilled');
    expect(problem?.message).toMatch(
      /The system ended the engine, probably for want of memory: the engine used \d+ MB\.$/,
    );
  });

  it.skipIf(process.platform === 'win32').each(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGTERM'])(
    'that %s ends, at work or at rest, is told in words',
    async (signal) => {
      const child = forked(
        signal,
        "process.send('up'); setInterval(() => {}, 1000); process.on('message', (m) => process.kill(process.pid, m));",
      );
      await messageOf(child);
      child.port.post(signal);
      const problem = await problemOf(child);
      expect(problem?.code).toBe('engineGone');
      expect(problem?.message).toMatch(new RegExp(`^The engine stopped: [a-z].* .*${signal}\\.$`));
      expect(problem?.message).not.toContain('signal');
    },
  );

  it('whose own heap is full is told as that', async () => {
    const file = join(folder, 'heap.cjs');
    writeFileSync(file, "process.send('up'); const all = []; for (;;) all.push(new Array(1000).fill({}));");
    const child = forkEngine(file, () => {}, { ...process.env, NODE_OPTIONS: '--max-old-space-size=16' });
    const problem = await problemOf(child);
    expect(problem?.code).toBe('engineKilled');
    expect(problem?.detail).toMatch(/heap/);
  });

  it('that hangs up is ended', async () => {
    const child = forked('hangup', 'process.disconnect(); setInterval(() => {}, 1000);');
    expect(wordsOf(await exitOf(child))).toMatch(/ended it with SIG(TERM|KILL)$/);
  });

  it('whose script is missing is an exit, not an exception', async () => {
    const child = forkEngine(join(folder, 'nowhere.cjs'), () => {});
    expect(await exitOf(child)).toEqual(clause('exitCode', 1));
  });
});
