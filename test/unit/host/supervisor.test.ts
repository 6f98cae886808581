import { describe, expect, it } from 'vitest';
import { EngineSupervisor, restartDelayMs, stableAfterMs } from '../../../src/host/engine/supervisor';
import { type Argument, type Clause, clause, verbatim } from '../../../src/protocol/clauses';
import type { EngineOptions } from '../../../src/protocol/model';
import { ProblemError } from '../../../src/protocol/problem';
import { FakeClock, FakeProcess, loaded, settled } from './fakes';

function setUp() {
  const processes: FakeProcess[] = [];
  const clock = new FakeClock();
  const crashes: { reason: Clause; final: boolean }[] = [];
  const statuses: string[] = [];
  const lines: string[] = [];
  const changes: Argument[] = [];
  const options: EngineOptions = { model: null, provider: 'auto', precision: 'exact', threads: 0, cache: null };
  const supervisor = new EngineSupervisor({
    fork: () => {
      const made = new FakeProcess();
      processes.push(made);
      return made;
    },
    options: () => ({ ...options }),
    clock,
    log: (line) => void lines.push(line),
    onStatus: (status) => void statuses.push(status.kind),
    onCrash: (reason, final) => void crashes.push({ reason, final }),
    onModelChanged: ({ problem }) => void changes.push(problem.args[0]),
  });
  return { supervisor, processes, clock, crashes, statuses, lines, changes, options };
}

async function running() {
  const parts = setUp();
  const load = parts.supervisor.load();
  await settled();
  parts.processes[0].answer('load', loaded);
  await load;
  return parts;
}

describe('the engine', () => {
  it('is not started before anybody asks', () => {
    const { processes, supervisor } = setUp();
    expect(supervisor.status.kind).toBe('stopped');
    expect(processes).toHaveLength(0);
  });

  it('loads the model once for all who ask', async () => {
    const { supervisor, processes, statuses } = setUp();
    const both = [supervisor.load(), supervisor.load()];
    await settled();
    processes[0].answer('load', loaded);
    expect(await Promise.all(both)).toEqual([loaded, loaded]);
    expect(processes).toHaveLength(1);
    expect(processes[0].asked('load')).toBe(1);
    expect(statuses).toEqual(['loading', 'ready']);
  });

  it('loads again when the settings ask for another model', async () => {
    const { supervisor, processes, options } = await running();
    options.model = '/other.gguf';
    void supervisor.load();
    await settled();
    expect(processes[0].asked('load')).toBe(2);
    expect(supervisor.status.kind).toBe('loading');
  });

  it('says why a model was refused, and asks again next time', async () => {
    const { supervisor, processes } = setUp();
    const load = supervisor.load();
    await settled();
    const problem = { code: 'modelMissing', message: '', remedy: '', args: ['x.gguf'] };
    processes[0].receive({ type: 'error', id: processes[0].sent[0].id, problem });
    await expect(load).rejects.toMatchObject({ problem: { code: 'modelMissing' } });
    expect(supervisor.status.kind).toBe('refused');
    void supervisor.load().catch(() => {});
    await settled();
    expect(processes[0].asked('load')).toBe(2);
  });

  it('writes what the engine says to the log', async () => {
    const { processes, lines } = await running();
    processes[0].receive({ type: 'event', name: 'didLog', params: 'cuda refused' });
    expect(lines).toEqual(['cuda refused']);
  });
});

describe('a model file that changes under the engine', () => {
  const problem = { code: 'modelChanged', message: '', remedy: '', args: ['/m/tiny.gguf'] };
  const ask = async (parts: Awaited<ReturnType<typeof running>>, count: number) => {
    const calls = Array.from({ length: count }, (_, id) => parts.supervisor.request('vocabulary', { ids: [id] }));
    await settled();
    const open = parts.processes[0].sent.filter(({ method }) => method === 'vocabulary').slice(-count);
    for (const { id } of open) parts.processes[0].receive({ type: 'error', id, problem });
    await settled();
    return calls;
  };

  it('is told once and loaded anew, and every question is asked again', async () => {
    const parts = await running();
    const { processes, changes, statuses } = parts;
    const calls = await ask(parts, 2);
    expect(changes).toEqual(['/m/tiny.gguf']);
    expect(processes[0].asked('load')).toBe(2);
    const other = { ...loaded, model: { ...loaded.model, sha256: 'bb' } };
    processes[0].answer('load', other);
    await settled();
    expect(statuses).toEqual(['loading', 'ready', 'loading', 'ready']);
    expect(parts.supervisor.status).toEqual({ kind: 'ready', loaded: other });
    expect(processes[0].asked('vocabulary')).toBe(4);
    for (const { id } of processes[0].sent.slice(-2)) processes[0].receive({ type: 'ok', id, result: [] });
    expect(await Promise.all(calls)).toEqual([[], []]);
  });

  it('is a problem of the question when it changes all the time', async () => {
    const parts = await running();
    const [call] = await ask(parts, 1);
    const rejected = expect(call).rejects.toMatchObject({ problem: { code: 'modelChanged' } });
    parts.processes[0].answer('load', loaded);
    await settled();
    parts.processes[0].receive({ type: 'error', id: parts.processes[0].sent.at(-1)?.id, problem });
    await rejected;
    expect(parts.processes[0].asked('vocabulary')).toBe(2);
  });
});

describe('a crash', () => {
  it('rejects everything that waits, with the cause', async () => {
    const { supervisor, processes } = await running();
    const calls = [1, 2].map((id) => supervisor.request('vocabulary', { ids: [id] }));
    await settled();
    processes[0].exit(clause('signal', 'SIGKILL'));
    for (const call of calls)
      await expect(call).rejects.toMatchObject({
        problem: { code: 'engineGone', args: [clause('signal', 'SIGKILL')] },
      });
  });

  it('is followed by one restart after a pause, with the model loaded again', async () => {
    const { supervisor, processes, clock, crashes } = await running();
    processes[0].exit(clause('signal', 'SIGKILL'));
    expect(crashes).toEqual([{ reason: clause('signal', 'SIGKILL'), final: false }]);
    expect(supervisor.status.kind).toBe('restarting');
    await clock.pass(restartDelayMs - 1);
    expect(processes).toHaveLength(1);
    await clock.pass(1);
    expect(processes).toHaveLength(2);
    processes[1].answer('load', loaded);
    await settled();
    expect(supervisor.status.kind).toBe('ready');
  });

  it('keeps a question asked meanwhile and puts it to the new process', async () => {
    const { supervisor, processes, clock } = await running();
    processes[0].exit(clause('exitCode', 1));
    const asked = supervisor.request('vocabulary', { ids: [5] });
    await clock.pass(restartDelayMs);
    processes[1].answer('load', loaded);
    await settled();
    processes[1].answer('vocabulary', [{ id: 5, text: 'x', bytes: '78' }]);
    expect(await asked).toEqual([{ id: 5, text: 'x', bytes: '78' }]);
  });

  it('of an engine that cannot start is final, and everybody hears why', async () => {
    const { supervisor, processes, crashes, clock } = setUp();
    const asked = supervisor.load();
    const rejected = expect(asked).rejects.toMatchObject({ problem: { code: 'engineCannotStart' } });
    await settled();
    processes[0].exit(clause('exitCode', 1), new ProblemError('engineCannotStart', [verbatim('no library')]));
    await rejected;
    expect(crashes).toEqual([{ reason: clause('exitCode', 1), final: true }]);
    await clock.pass(restartDelayMs * 100);
    expect(processes).toHaveLength(1);
    await expect(supervisor.load()).rejects.toMatchObject({ problem: { code: 'engineCannotStart' } });
  });

  it('ends it for good the second time, until the user restarts it', async () => {
    const { supervisor, processes, clock, crashes } = await running();
    processes[0].exit(clause('exitCode', 1));
    await clock.pass(restartDelayMs);
    processes[1].exit(clause('exitCode', 1));
    expect(crashes.map(({ final }) => final)).toEqual([false, true]);
    await clock.pass(restartDelayMs * 100);
    expect(processes).toHaveLength(2);
    await expect(supervisor.load()).rejects.toMatchObject({ problem: { code: 'engineGone' } });
    const restart = supervisor.restart();
    await settled();
    expect(processes).toHaveLength(3);
    processes[2].answer('load', loaded);
    await restart;
    expect(supervisor.status.kind).toBe('ready');
  });

  it('is forgiven after a long time of good work', async () => {
    const { processes, clock, crashes } = await running();
    processes[0].exit(clause('exitCode', 1));
    await clock.pass(restartDelayMs);
    await clock.pass(stableAfterMs);
    processes[1].exit(clause('exitCode', 1));
    expect(crashes.map(({ final }) => final)).toEqual([false, false]);
  });
});

describe('stopping', () => {
  it('is no crash', async () => {
    const { supervisor, processes, crashes } = await running();
    supervisor.dispose();
    expect(processes[0].stopped).toBe(1);
    expect(crashes).toEqual([]);
    await expect(supervisor.load()).rejects.toMatchObject({ problem: { code: 'engineGone' } });
  });

  it('rejects what waits in a process that the user restarts', async () => {
    const { supervisor, processes } = await running();
    const asked = supervisor.request('vocabulary', { ids: [1] });
    await settled();
    void supervisor.restart().catch(() => {});
    await expect(asked).rejects.toMatchObject({ problem: { code: 'engineGone' } });
    await settled();
    expect(processes).toHaveLength(2);
  });

  it('during the pause after a crash starts nothing any more', async () => {
    const { supervisor, processes, clock } = await running();
    processes[0].exit(clause('exitCode', 1));
    supervisor.dispose();
    await clock.pass(restartDelayMs);
    expect(processes).toHaveLength(1);
  });
});
