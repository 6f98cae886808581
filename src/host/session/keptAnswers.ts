/**
 * The engine's last answers, so that a choice that is taken back, or a file that comes back, computes nothing anew. An answer is kept under
 * its whole question (method, text, every parameter) and under the model, provider and precision that gave it; whatever differs in one of
 * them is another question. Bounded in number and in bytes.
 */
import { createHash } from 'node:crypto';
import type { EngineApi } from '../../analysis/contracts';
import type { CallOptions } from '../../protocol/channel';
import type { SessionEngine } from './analyses';

type Method = keyof EngineApi['requests'];

/** The questions whose answer depends on nothing but the question and the model; files that a question names may change. */
const lasting = new Set<Method>([
  ...(['probabilities', 'attentionOverview', 'saliency', 'logitLens', 'heads', 'examples', 'patching'] as const),
  ...(['embeddings', 'probe', 'truth', 'choose'] as const),
]);

/** Answers kept of each method: typing asks for probabilities again and again, which must not push out a saliency of a minute. */
const mostOfMethod = 16;
/** Of all answers together; an attention overview of the bundled model takes 2.5 MB. */
const mostBytes = 96e6;

interface Kept {
  method: Method;
  answer: unknown;
  bytes: number;
}

export class KeptAnswers {
  /** The answer used last at the end. */
  private readonly answers = new Map<string, Kept>();
  private bytes = 0;

  /** The engine, asked only for what is not kept. `fresh`: everything is asked anew, and kept in place of what was. */
  before(engine: SessionEngine, model: string, fresh = false): SessionEngine {
    const asked = async <K extends Method>(
      method: K,
      params: EngineApi['requests'][K]['params'],
      options?: CallOptions<never>,
    ): Promise<unknown> => {
      if (!lasts(method, params)) return engine.request(method, params, options as never);
      const key = keyOf(method, params, model);
      const known = this.answers.get(key);
      if (known && !fresh) {
        this.answers.delete(key);
        this.answers.set(key, known);
        return known.answer;
      }
      const answer = await engine.request(method, params, options as never);
      this.keep(key, method, answer);
      return answer;
    };
    return {
      get status() {
        return engine.status;
      },
      load: () => engine.load(),
      request: asked as SessionEngine['request'],
    };
  }

  private keep(key: string, method: Method, answer: unknown): void {
    this.drop(key);
    const kept = { method, answer, bytes: bytesOf(answer) };
    this.answers.set(key, kept);
    this.bytes += kept.bytes;
    const same = [...this.answers].filter(([, each]) => each.method === method).map(([each]) => each);
    for (const each of same.slice(0, Math.max(0, same.length - mostOfMethod))) this.drop(each);
    for (const [each] of this.answers) {
      if (this.bytes <= mostBytes) break;
      this.drop(each);
    }
  }

  private drop(key: string): void {
    this.bytes -= this.answers.get(key)?.bytes ?? 0;
    this.answers.delete(key);
  }
}

/** A truth probe of the user's lies in a file, which another training may have replaced. */
function lasts(method: Method, params: object): boolean {
  return lasting.has(method) && !('probe' in params && typeof params.probe === 'string');
}

function keyOf(method: Method, params: unknown, model: string): string {
  return createHash('sha256')
    .update(JSON.stringify([method, model, params]))
    .digest('hex');
}

/** Roughly what a value takes in memory. */
function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === 'string') return 2 * value.length + 16;
  if (typeof value !== 'object' || value === null) return 8;
  const items = Array.isArray(value) ? value : Object.values(value);
  return items.reduce<number>((sum, item) => sum + bytesOf(item), 32);
}
