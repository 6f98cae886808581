/** The answers that a page has asked for beside the results, kept so that a saved run can show what was on screen. */
import { canonical } from '../../client/fingerprint';
import type { RecordedAnswer } from '../../client/savedRun';

/** The requests whose answers are facts about the shown text. A continuation is part of the state. */
const kept = [
  ...['attentionHeads', 'attentionBetween', 'logitLens', 'embeddingLayers', 'neighbours'],
  ...['truthDirection', 'follow', 'vocabulary'],
] as const;
/** The oldest answers go first. The weights of a head of 2,000 tokens have 16 MB, and a saved run at most 96 million characters. */
const mostAnswers = 200;
const mostBytes = 48 * 1024 * 1024;

type Handler = (params: never, context: never) => unknown;

export class RecordedAnswers {
  private answers = new Map<string, RecordedAnswer>();

  /** The handlers; what those of the kept requests answer is remembered. */
  recording<H extends object>(handlers: H): H {
    const all = handlers as Record<string, Handler>;
    const names = kept.filter((name) => Object.hasOwn(all, name));
    const wrapped = names.map((method) => {
      const answer = async (params: never, context: never) => {
        const result = await all[method](params, context);
        this.add({ method, params, result });
        return result;
      };
      return [method, answer];
    });
    return { ...handlers, ...Object.fromEntries(wrapped) };
  }

  all(): RecordedAnswer[] {
    return [...this.answers.values()];
  }

  clear(): void {
    this.answers.clear();
  }

  private bytes(): number {
    return this.all().reduce((sum, { result }) => sum + arraysOf(result), 0);
  }

  private add(answer: RecordedAnswer): void {
    const key = answerKey(answer.method, answer.params);
    this.answers.delete(key);
    this.answers.set(key, answer);
    while (this.answers.size > 1 && (this.answers.size > mostAnswers || this.bytes() > mostBytes)) {
      const [oldest] = this.answers.keys();
      this.answers.delete(oldest);
    }
  }
}

/** Of the arrays of an answer, which are nearly all of it. */
function arraysOf(result: unknown): number {
  if (result === null || typeof result !== 'object') return 0;
  const own = Object.values(result).filter((each) => each instanceof ArrayBuffer || ArrayBuffer.isView(each));
  return own.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Equal for equal questions, whatever the order of their fields. */
export const answerKey = (method: string, params: unknown): string => `${method} ${canonical(params)}`;
