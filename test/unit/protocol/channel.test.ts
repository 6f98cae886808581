import { describe, expect, it, vi } from 'vitest';
import { type Api, Channel, type Handlers, type Port } from '../../../src/protocol/channel';
import { type Clause, clause } from '../../../src/protocol/clauses';
import { failures, ProblemError } from '../../../src/protocol/problem';

interface Engine {
  requests: {
    double: { params: number; result: number };
    count: { params: { to: number }; result: string; progress: number };
    wait: { params: null; result: string };
    fail: { params: 'problem' | 'error' | 'text'; result: never };
  };
  notifications: { didLog: string };
}
interface Host {
  requests: { name: { params: null; result: string } };
  notifications: { didChange: { version: number } };
}

/** Two ports that pass copies to each other, delayed, as processes do. */
function portPair() {
  const sent: unknown[] = [];
  const messages: [unknown, (message: unknown) => void][] = [];
  const ends = [0, 1].map(() => ({
    receive: (_: unknown): void => {},
    closed: (_: Clause): void => {},
  }));
  const port = (here: number): Port => ({
    post: (message) => {
      sent.push(message);
      messages.push([structuredClone(message), (copy) => ends[1 - here].receive(copy)]);
      queueMicrotask(() => {
        const [copy, deliver] = messages.shift()!;
        deliver(copy);
      });
    },
    onMessage: (listener) => {
      ends[here].receive = listener;
    },
    onClose: (listener) => {
      ends[here].closed = listener;
    },
  });
  const close = (reason: Clause) => {
    for (const end of ends) end.closed(reason);
  };
  return { hostPort: port(0), enginePort: port(1), ends, sent, close };
}

function connected() {
  const ports = portPair();
  const host = new Channel<Engine, Host>(ports.hostPort, failures);
  const engine = new Channel<Host, Engine>(ports.enginePort, failures);
  return { ...ports, host, engine };
}

async function problemOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problem;
}

/** Each test offers only the handlers for its own requests. */
function answer<R extends Api, L extends Api>(channel: Channel<R, L>, handlers: Partial<Handlers<L>>) {
  channel.handle(handlers as Handlers<L>);
}

/** Long enough for every message under way to arrive. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('requests', () => {
  it('are answered, each with its own reply, whatever the order of the replies', async () => {
    const { host, engine } = connected();
    const releases: (() => void)[] = [];
    answer(engine, { double: (value) => new Promise((resolve) => releases.push(() => resolve(value * 2))) });
    const replies = [host.request('double', 1), host.request('double', 2), host.request('double', 3)];
    await settled();
    for (const release of releases.reverse()) release();
    expect(await Promise.all(replies)).toEqual([2, 4, 6]);
  });

  it('go both ways over one channel', async () => {
    const { host, engine } = connected();
    answer(host, { name: () => 'host' });
    answer(engine, { double: (value) => value * 2 });
    expect(await Promise.all([host.request('double', 4), engine.request('name', null)])).toEqual([8, 'host']);
  });

  it('carry typed arrays', async () => {
    type Tensors = {
      notifications: Record<never, never>;
      requests: { slice: { params: Float32Array; result: Float32Array } };
    };
    const { hostPort, enginePort } = portPair();
    new Channel<Host, Tensors>(enginePort, failures).handle({ slice: (all: Float32Array) => all.slice(1) });
    const caller = new Channel<Tensors, Host>(hostPort, failures);
    expect(await caller.request('slice', new Float32Array([1, 2, 3]))).toEqual(new Float32Array([2, 3]));
  });

  it('reject with the problem of the other side, whole', async () => {
    const { host, engine } = connected();
    answer(engine, {
      fail: (kind) => {
        if (kind === 'problem') throw new ProblemError('promptTooLong', [9000, 8192, 30000]);
        if (kind === 'error') throw new RangeError('too far\nat the second line');
        throw 'a bare text';
      },
    });
    expect(await problemOf(host.request('fail', 'problem'))).toEqual(
      new ProblemError('promptTooLong', [9000, 8192, 30000]).problem,
    );
    const foreign = await problemOf(host.request('fail', 'error'));
    expect(foreign).toMatchObject({ code: 'internal', args: ['too far'] });
    expect(foreign.detail).toContain('RangeError');
    expect(await problemOf(host.request('fail', 'text'))).toMatchObject({ code: 'internal', args: ['a bare text'] });
  });

  it.each(['unheardOf', 'toString', '__proto__', 'constructor'])('with the unknown name %s reject', async (name) => {
    const { host, engine } = connected();
    answer(engine, { double: (value) => value });
    const problem = await problemOf(host.request(name as 'double', 1));
    expect(problem).toMatchObject({ code: 'unknownRequest', args: [name] });
  });

  it('reject when the parameters or the result cannot be sent', async () => {
    const { host, engine } = connected();
    answer(engine, { wait: () => (() => {}) as unknown as string });
    expect((await problemOf(host.request('wait', null))).code).toBe('internal');
    const refusing = new Channel<Engine, Host>(
      {
        post: () => {
          throw new Error('could not be cloned');
        },
        onMessage: () => {},
        onClose: () => {},
      },
      failures,
    );
    expect(await problemOf(refusing.request('double', 1))).toMatchObject({ args: ['could not be cloned'] });
  });

  it('survive messages that are not ours', async () => {
    const { host, engine, ends } = connected();
    answer(engine, { double: (value) => value * 2 });
    const reply = host.request('double', 5);
    for (const junk of [null, undefined, 'text', 7, {}, { type: 'other' }, { type: 'ok', id: 99 }])
      ends[0].receive(junk);
    expect(await reply).toBe(10);
  });
});

describe('progress', () => {
  it('arrives in order, before the result, only at the request it belongs to', async () => {
    const { host, engine } = connected();
    answer(engine, {
      count: async ({ to }, { progress }) => {
        for (let done = 1; done <= to; done++) {
          progress(done);
          await null;
        }
        return `to ${to}`;
      },
    });
    const seen: string[] = [];
    const run = async (to: number) => {
      seen.push(await host.request('count', { to }, { onProgress: (done) => seen.push(`${done}/${to}`) }));
    };
    await Promise.all([run(2), run(3)]);
    expect(seen.filter((entry) => /2$/.test(entry))).toEqual(['1/2', '2/2', 'to 2']);
    expect(seen.filter((entry) => /3$/.test(entry))).toEqual(['1/3', '2/3', '3/3', 'to 3']);
  });
});

describe('cancelling', () => {
  it('rejects at once and tells the handler', async () => {
    const { host, engine } = connected();
    const aborted = vi.fn();
    answer(engine, { wait: (_, { signal }) => new Promise(() => signal.addEventListener('abort', aborted)) });
    const abort = new AbortController();
    const reply = host.request('wait', null, { signal: abort.signal });
    await settled();
    abort.abort();
    expect((await problemOf(reply)).code).toBe('cancelled');
    await settled();
    expect(aborted).toHaveBeenCalledOnce();
  });

  it('drops a late reply and late progress', async () => {
    const { host, engine } = connected();
    const onProgress = vi.fn();
    let release = () => {};
    answer(engine, {
      count: (_, { progress }) =>
        new Promise((resolve) => {
          release = () => {
            progress(1);
            resolve('too late');
          };
        }),
    });
    const abort = new AbortController();
    const reply = host.request('count', { to: 1 }, { signal: abort.signal, onProgress });
    await settled();
    abort.abort();
    release();
    expect((await problemOf(reply)).code).toBe('cancelled');
    await settled();
    expect(onProgress).not.toHaveBeenCalled();
  });

  it('sends nothing when the signal has aborted before, or after the reply', async () => {
    const { host, engine, sent } = connected();
    answer(engine, { double: (value) => value * 2 });
    const before = new AbortController();
    before.abort();
    expect((await problemOf(host.request('double', 1, { signal: before.signal }))).code).toBe('cancelled');
    expect(sent).toEqual([]);
    const after = new AbortController();
    await host.request('double', 1, { signal: after.signal });
    after.abort();
    expect(sent.map((message) => (message as { type: string }).type)).toEqual(['request', 'ok']);
  });

  it('leaves the other requests alone', async () => {
    const { host, engine } = connected();
    answer(engine, { double: async (value) => value * 2 });
    const abort = new AbortController();
    const cancelled = host.request('double', 1, { signal: abort.signal });
    const kept = host.request('double', 2);
    abort.abort();
    expect((await problemOf(cancelled)).code).toBe('cancelled');
    expect(await kept).toBe(4);
  });
});

describe('closing', () => {
  it('rejects everything pending with the reason, on both sides, and aborts what runs', async () => {
    const { host, engine, close } = connected();
    const aborted = vi.fn();
    answer(engine, { wait: (_, { signal }) => new Promise(() => signal.addEventListener('abort', aborted)) });
    answer(host, { name: () => new Promise(() => {}) });
    const pending = [host.request('wait', null), host.request('wait', null), engine.request('name', null)];
    await settled();
    close(clause('exitCode', 139));
    for (const reply of pending) {
      expect(await problemOf(reply)).toMatchObject({ code: 'engineGone', args: [clause('exitCode', 139)] });
    }
    expect(aborted).toHaveBeenCalledTimes(2);
  });

  it('makes later requests reject, with the first reason, and later notifications vanish', async () => {
    const { host, close, sent } = connected();
    close(clause('exitCode', 1));
    close(clause('disconnected'));
    expect((await problemOf(host.request('double', 1))).args).toEqual([clause('exitCode', 1)]);
    host.notify('didChange', { version: 1 });
    expect(sent).toEqual([]);
  });

  it('keeps a handler that is still running from answering', async () => {
    const { engine, host, close, sent } = connected();
    let release = (_: string): void => {};
    answer(engine, { wait: () => new Promise((resolve) => (release = resolve)) });
    const reply = host.request('wait', null);
    await settled();
    close(clause('windowClosed'));
    release('late');
    expect((await problemOf(reply)).code).toBe('engineGone');
    await settled();
    expect(sent).toHaveLength(1);
  });
});

describe('notifications', () => {
  it('reach every listener, until it stops listening', async () => {
    const { host, engine } = connected();
    const first = vi.fn();
    const second = vi.fn();
    const stop = host.on('didLog', first);
    host.on('didLog', second);
    engine.notify('didLog', 'one');
    await settled();
    stop();
    engine.notify('didLog', 'two');
    await settled();
    expect(first.mock.calls).toEqual([['one']]);
    expect(second.mock.calls).toEqual([['one'], ['two']]);
  });

  it('nobody listens to are no error', async () => {
    const { host, engine } = connected();
    answer(engine, { double: (value) => value * 2 });
    host.notify('didChange', { version: 3 });
    expect(await host.request('double', 3)).toBe(6);
  });
});
