/**
 * One small channel for every hop: host ↔ engine (a forked process) and host ↔ page (a webview). Requests are answered with ok or
 * error, may report progress and may be cancelled; notifications are one-way facts. When the port closes, everything pending
 * rejects, so that no caller waits for a dead process. Leaf: imports failure.ts, and otherwise types only.
 */
import type { Clause } from './clauses';
import { type Failure, type Failures, isFailure } from './failure';
import type { Problem } from './problem';

/** A small interface that hides the transport; tests use a pair of arrays. */
export interface Port {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** `reason`: the argument of `engineGone`, or the problem itself. */
  onClose(listener: (reason: Clause | Failure) => void): void;
}

/** request: what the API answers; each entry maps a verb to its parameters and result. */
export type Requests = Record<string, { params: unknown; result: unknown; progress?: unknown }>;
export type Notifications = Record<string, unknown>;

/** One side of a channel: the requests it answers and the notifications it sends. */
export interface Api {
  requests: Requests;
  notifications: Notifications;
}

export interface CallOptions<P> {
  signal?: AbortSignal;
  onProgress?: (progress: P) => void;
}

export interface HandlerContext<P> {
  signal: AbortSignal;
  progress: (progress: P) => void;
}

export type Handlers<A extends Api> = {
  [K in keyof A['requests']]: (
    params: A['requests'][K]['params'],
    context: HandlerContext<A['requests'][K]['progress']>,
  ) => Promise<A['requests'][K]['result']> | A['requests'][K]['result'];
};

type Wire =
  | { type: 'request'; id: number; method: string; params: unknown }
  | { type: 'cancel'; id: number }
  | { type: 'progress'; id: number; progress: unknown }
  | { type: 'ok'; id: number; result: unknown }
  | { type: 'error'; id: number; problem: Problem }
  | { type: 'event'; name: string; params: unknown };

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  onProgress?: (progress: never) => void;
  unlisten(): void;
}

/** `Remote` is what the other side offers, `Local` what this side offers. */
export class Channel<Remote extends Api, Local extends Api> {
  private next = 1;
  private closed: Failure | null = null;
  private readonly pending = new Map<number, Pending>();
  private readonly running = new Map<number, AbortController>();
  private handlers: Partial<Handlers<Local>> = {};
  private readonly listeners = new Map<string, Set<(params: never) => void>>();

  constructor(
    private readonly port: Port,
    private readonly failures: Failures,
  ) {
    port.onMessage((message) => {
      // A page also receives messages of other senders.
      if (typeof message === 'object' && message !== null) this.receive(message as Wire);
    });
    port.onClose((reason) => this.close(reason));
  }

  /** Answers every request that this side offers. */
  handle(handlers: Handlers<Local>): void {
    this.handlers = handlers;
  }

  /**
   * Rejects with a failure: the remote's own, `cancelled` as soon as the signal aborts (a later reply is dropped), or
   * `engineGone` when the port closes.
   */
  request<K extends keyof Remote['requests'] & string>(
    method: K,
    params: Remote['requests'][K]['params'],
    options: CallOptions<Remote['requests'][K]['progress']> = {},
  ): Promise<Remote['requests'][K]['result']> {
    if (this.closed !== null) return Promise.reject(this.closed);
    if (options.signal?.aborted) return Promise.reject(this.failures.cancelled());
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => this.settle(id)?.reject(this.failures.wrap(error));
      const abort = () => {
        fail(this.failures.cancelled());
        this.port.post({ type: 'cancel', id } satisfies Wire);
      };
      options.signal?.addEventListener('abort', abort, { once: true });
      this.pending.set(id, {
        resolve: resolve as (result: unknown) => void,
        reject,
        onProgress: options.onProgress as ((progress: never) => void) | undefined,
        unlisten: () => options.signal?.removeEventListener('abort', abort),
      });
      try {
        this.port.post({ type: 'request', id, method, params } satisfies Wire);
      } catch (error) {
        // The parameters cannot be cloned, so nothing was sent and no reply will come.
        fail(error);
      }
    });
  }

  notify<K extends keyof Local['notifications'] & string>(name: K, params: Local['notifications'][K]): void {
    if (this.closed === null) this.port.post({ type: 'event', name, params } satisfies Wire);
  }

  on<K extends keyof Remote['notifications'] & string>(
    name: K,
    listener: (params: Remote['notifications'][K]) => void,
  ): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set.add(listener as (params: never) => void));
    return () => set.delete(listener as (params: never) => void);
  }

  private receive(message: Wire): void {
    switch (message.type) {
      case 'request':
        void this.answer(message.id, message.method, message.params);
        return;
      case 'cancel':
        this.running.get(message.id)?.abort();
        return;
      case 'progress':
        this.pending.get(message.id)?.onProgress?.(message.progress as never);
        return;
      case 'ok':
        this.settle(message.id)?.resolve(message.result);
        return;
      case 'error':
        this.settle(message.id)?.reject(this.failures.from(message.problem));
        return;
      case 'event':
        for (const listener of this.listeners.get(message.name) ?? []) listener(message.params as never);
    }
  }

  private settle(id: number): Pending | undefined {
    const call = this.pending.get(id);
    this.pending.delete(id);
    call?.unlisten();
    return call;
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const abort = new AbortController();
    this.running.set(id, abort);
    try {
      const handler = Object.hasOwn(this.handlers, method) ? this.handlers[method as keyof Handlers<Local>] : undefined;
      if (!handler) throw this.failures.unknownRequest(method);
      const progress = (value: unknown) => this.post({ type: 'progress', id, progress: value });
      const result = await handler(params as never, { signal: abort.signal, progress });
      this.post({ type: 'ok', id, result });
    } catch (error) {
      this.post({ type: 'error', id, problem: this.failures.wrap(error).problem });
    } finally {
      this.running.delete(id);
    }
  }

  private post(message: Wire): void {
    if (this.closed === null) this.port.post(message);
  }

  private close(reason: Clause | Failure): void {
    if (this.closed !== null) return;
    const problem = isFailure(reason) ? reason : this.failures.gone(reason);
    this.closed = problem;
    for (const controller of this.running.values()) controller.abort();
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(problem);
  }
}
