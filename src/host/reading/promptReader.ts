/**
 * Reads prompts in a thread beside the extension host, which takes the time of every reader and every template off the user's typing. The
 * thread starts with the first prompt. Without its bundle, as in unit tests, and where the thread ends, a prompt is read where it is asked for.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { PromptInput } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { unpacked } from './packed';
import type { Answer } from './readerThread';
import type { Asked } from './readNow';

export class PromptReader {
  private worker: Worker | null = null;
  private next = 0;
  private readonly waiting = new Map<number, (answer: Answer | null) => void>();

  /** @param bundle the path of the thread's script */
  constructor(private readonly bundle: string) {}

  /** @param onAsked receives the files that the prompt names, also where it cannot be read. @throws ProblemError */
  async read(wanted: Asked, onAsked: (paths: readonly string[]) => void): Promise<PromptInput> {
    if (!existsSync(this.bundle)) return readHere(wanted, onAsked);
    const answer = await this.ask(wanted).catch(() => null);
    if (answer === null) return readHere(wanted, onAsked);
    onAsked(answer.asked);
    if ('problem' in answer) throw new ProblemError(answer.problem.code, answer.problem.args, answer.problem.detail);
    return unpacked(answer.packed);
  }

  /** Null where the thread has ended. */
  private ask(wanted: Asked): Promise<Answer | null> {
    const id = this.next++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.worker ??= this.start();
      this.worker.postMessage({ id, ...wanted });
    });
  }

  private start(): Worker {
    const worker = new Worker(this.bundle);
    worker.unref();
    worker.on('message', (answer: Answer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    worker.on('error', () => this.lost(worker));
    worker.on('exit', () => this.lost(worker));
    return worker;
  }

  /** The next prompt starts a new thread. */
  private lost(worker: Worker): void {
    if (worker !== this.worker) return;
    this.worker = null;
    for (const resolve of this.waiting.values()) resolve(null);
    this.waiting.clear();
  }
}

async function readHere(wanted: Asked, onAsked: (paths: readonly string[]) => void): Promise<PromptInput> {
  const { readNow } = await import('./readNow');
  const asked = new Set<string>();
  try {
    return readNow(wanted, asked);
  } finally {
    onAsked([...asked]);
  }
}
