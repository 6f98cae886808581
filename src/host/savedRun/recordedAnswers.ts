/** The answers that a page has asked for beside the results, kept so that a saved run can show what was on screen. */
import { canonical } from '../../client/fingerprint';
import type { RecordedAnswer } from '../../client/savedRun';

/** The requests whose answers are facts about the shown text. A continuation is part of the state. */
const kept = [
  ...['attentionHeads', 'attentionBetween', 'logitLens', 'embeddingLayers', 'neighbours'],
  ...['truthDirection', 'follow', 'vocabulary'],
] as const;
/** The oldest answers go first. */
const mostAnswers = 200;

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

  private add(answer: RecordedAnswer): void {
    const key = answerKey(answer.method, answer.params);
    this.answers.delete(key);
    this.answers.set(key, answer);
    const [oldest] = this.answers.keys();
    if (this.answers.size > mostAnswers) this.answers.delete(oldest);
  }
}

/** Equal for equal questions, whatever the order of their fields. */
export const answerKey = (method: string, params: unknown): string => `${method} ${canonical(params)}`;
