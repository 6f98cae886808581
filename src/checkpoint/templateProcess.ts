/**
 * The process that renders chat templates. The engine has one; it is started when the first chat is rendered, killed when a
 * template takes too long (a search in a long text cannot be interrupted within JavaScript), and started again for the next
 * rendering.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Clause, clause, verbatim, wordsOf } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';

const limitMs = 1500;
/** Time granted beyond the renderer's own limit before the process is killed from outside. */
const graceMs = 200;
const startMs = 10_000;
const memoryMb = 192;
const reasonCharacters = 300;

export interface TemplateRun {
  source: string;
  /** The variables of each rendering. */
  values: Record<string, unknown>[];
  /** Most characters that one rendering may write. */
  mostCharacters: number;
}

type Reply =
  | { texts: (string | null)[] }
  | { refused: 'slow' | 'long' | 'deep' }
  | { said: string; byTemplate: boolean };

/** The template itself does not take the messages (`raise_exception`). */
export class TemplateRefusal extends ProblemError<'templateFailed'> {
  constructor(given: readonly [Clause], said: string) {
    super('templateFailed', given, said);
  }
}

let current: ChildProcess | null = null;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Resolves with the renderings, null for a later one that failed; runs take place one after another. Rejects with templateFailed
 * when the first rendering fails, and when all of them together take too long or too much memory.
 */
export function renderTemplate(run: TemplateRun): Promise<(string | null)[]> {
  const own = turn.then(() => renderAlone(run));
  turn = own.catch(() => {});
  return own;
}

async function renderAlone(run: TemplateRun): Promise<(string | null)[]> {
  const child = current ?? (await start());
  keep(child, true);
  try {
    const reasons = {
      slow: clause('tookLonger', limitMs / 1000),
      long: clause('wroteMore', run.mostCharacters),
      deep: clause('nestedTooDeep'),
    };
    const reply = (await answer(child, { ...run, limitMs }, limitMs + graceMs, reasons.slow)) as Reply;
    if ('said' in reply && reply.byTemplate) throw new TemplateRefusal([inOneLine(reply.said)], reply.said);
    if ('said' in reply) throw refused(inOneLine(reply.said), reply.said);
    if ('refused' in reply) throw refused(reasons[reply.refused]);
    return reply.texts;
  } finally {
    keep(child, false);
  }
}

async function start(): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'templateRenderer.mjs'), [], {
    execArgv: [`--max-old-space-size=${memoryMb}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  current = child;
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => {
    process.off('exit', end);
    if (current === child) current = null;
  });
  child.on('error', () => {});
  await answer(child, null, startMs, clause('processNotStarted'));
  return child;
}

/** The next message of the process, after `request` is sent. A process that sends none in time, or ends, is given up. */
function answer(child: ChildProcess, request: object | null, withinMs: number, tooLong: Clause): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      done();
    };
    const fail = (reason: Clause) => {
      if (current === child) current = null;
      child.kill('SIGKILL');
      settle(() => reject(refused(reason)));
    };
    const onMessage = (message: unknown) => settle(() => resolve(message));
    const onExit = () => fail(clause('neededMemory', memoryMb));
    const onError = (error: Error) => fail(clause('processCannotStart', inOneLine(error.message)));
    const timer = setTimeout(() => fail(tooLong), withinMs);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    if (request) child.send(request, (error) => error && onExit());
  });
}

/** Sets whether this process keeps the engine alive: it does so only while a request is open. */
function keep(child: ChildProcess, alive: boolean): void {
  const channel = child.channel as { ref(): void; unref(): void } | null | undefined;
  if (alive) {
    child.ref();
    channel?.ref();
  } else {
    child.unref();
    channel?.unref();
  }
}

/** The first line of a template's own error message; a clause that says there is no reason where it is empty. */
function inOneLine(said: string): Clause {
  const line = said.split('\n')[0].replace(/[.!]$/, '').slice(0, reasonCharacters).trim();
  return line === '' ? clause('noReason') : verbatim(line);
}

function refused(reason: Clause, said = wordsOf(reason)): ProblemError {
  return new ProblemError('templateFailed', [reason], said);
}
