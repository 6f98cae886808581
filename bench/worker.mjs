// One side of the comparison: a process that answers JSON lines, one operation at a time.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How long a process may take to exit after its input is closed. */
const graceMs = 2000;

export class Worker {
  /** @type {{resolve: (answer: object) => void, reject: (error: Error) => void} | null} */
  #waiting = null;
  #errors = '';
  /** @type {Error | null} */
  #ended = null;

  constructor(command, args, options = {}) {
    this.child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr.on('data', (text) => {
      this.#errors = (this.#errors + text).slice(-4000);
    });
    // The `close` event reports a dead process, so errors of the pipe to it are ignored.
    this.child.stdin.on('error', () => {});
    createInterface({ input: this.child.stdout }).on('line', (line) => this.#answer(line));
    this.child.on('error', (error) => this.#end(error.message));
    this.child.on('close', (code, signal) => this.#end(`ended with ${signal ?? `exit code ${code}`}`));
  }

  /** @returns {Promise<any>} rejects with the other side's own words, or with the reason why its process ended */
  ask(op, params = {}) {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.child.stdin.write(`${JSON.stringify({ op, params })}\n`);
    });
  }

  async stop() {
    if (this.#ended) return;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    const insist = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    this.child.stdin.end();
    await closed;
    clearTimeout(insist);
  }

  #answer(line) {
    const { ok, error } = JSON.parse(line);
    const waiting = this.#waiting;
    this.#waiting = null;
    if (error) waiting?.reject(new Error(error));
    else waiting?.resolve(ok);
  }

  #end(reason) {
    const last = this.#errors.trim().split('\n').at(-1);
    this.#ended ??= new Error(last ? `${reason}: ${last}` : reason);
    this.#waiting?.reject(this.#ended);
    this.#waiting = null;
  }
}
