/** An engine process made of arrays, and a clock that is moved by hand. */

import type { EngineProcess } from '../../../src/client/engineProcess';
import type { Clock } from '../../../src/host/engine/clock';
import type { Port } from '../../../src/protocol/channel';
import { type Clause, clause, verbatim } from '../../../src/protocol/clauses';
import type { LoadedModel } from '../../../src/protocol/model';
import type { ProblemError } from '../../../src/protocol/problem';

interface Sent {
  type: string;
  id: number;
  method: string;
  params: unknown;
}

export const loaded: LoadedModel = {
  model: {
    name: 'tiny',
    path: '/m/tiny.gguf',
    sha256: 'aa',
    family: 'llama',
    layers: 2,
    heads: 2,
    keyValueHeads: 1,
    width: 8,
    vocabulary: 300,
    context: 64,
    quantisation: 'F32',
  },
  runtime: {
    provider: 'cpu',
    requested: 'auto',
    reason: clause('of', 'cuda', verbatim('no card')),
    precision: 'exact',
    threads: 1,
    onnxruntime: '1',
    weights: 'float32',
  },
  compiled: { folder: '/cache', bytes: 650e6, limitBytes: 20e9 },
  loadMs: 5,
};

export class FakeProcess implements EngineProcess {
  readonly sent: Sent[] = [];
  stopped = 0;
  private exits: ((reason: Clause, problem?: ProblemError) => void)[] = [];
  private closes: ((reason: Clause | ProblemError) => void)[] = [];
  private messages: ((message: unknown) => void)[] = [];
  readonly port: Port = {
    post: (message) => void this.sent.push(message as Sent),
    onMessage: (listener) => void this.messages.push(listener),
    onClose: (listener) => void this.closes.push(listener),
  };

  onExit(listener: (reason: Clause, problem?: ProblemError) => void): void {
    this.exits.push(listener);
  }

  async stop(): Promise<void> {
    this.stopped++;
    this.exit(clause('signal', 'SIGTERM'));
  }

  exit(reason: Clause, problem?: ProblemError): void {
    for (const listener of this.closes) listener(problem ?? reason);
    for (const listener of this.exits) listener(reason, problem);
  }

  receive(message: unknown): void {
    for (const listener of this.messages) listener(message);
  }

  /** Answers the last request with that name. */
  answer(method: string, result: unknown): void {
    const request = this.sent.filter((each) => each.type === 'request' && each.method === method).at(-1);
    if (!request) throw new Error(`nobody asked for ${method}`);
    this.receive({ type: 'ok', id: request.id, result });
  }

  asked(method: string): number {
    return this.sent.filter((each) => each.type === 'request' && each.method === method).length;
  }
}

export class FakeClock implements Clock {
  private time = 0;
  private waiting: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry = { at: this.time + delayMs, callback };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((each) => each !== entry);
    };
  }

  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.waiting.filter(({ at }) => at <= this.time);
    this.waiting = this.waiting.filter(({ at }) => at > this.time);
    for (const { callback } of due) callback();
    await settled();
  }
}

/** Lets every promise continue that can. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
