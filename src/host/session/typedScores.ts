/**
 * The probabilities of a typed target and contrast that are not among the likeliest next tokens: asked for once the probabilities of the
 * prompt are on show, so that a number that was asked for is there on every tab.
 */
import type { PromptInput } from '../../protocol/model';
import type { SessionParts } from './sessionParts';
import { type ShownState, shownData } from './shownState';

export class TypedScores {
  /** The texts and the prompt that were asked about last. */
  private asked = '';
  private abort: AbortController | null = null;

  constructor(
    private readonly parts: SessionParts,
    private readonly shown: ShownState,
    /** Identifies the model and how it computes. */
    private readonly model: () => string,
    private readonly input: () => Promise<PromptInput>,
  ) {
    shown.onDidChange((changes) => {
      if (changes.title !== undefined) this.forget();
      if (changes.probabilities || changes.intent?.target) void this.ask();
    });
  }

  stop(): void {
    this.abort?.abort();
  }

  private forget(): void {
    this.asked = '';
    this.abort?.abort();
    if (Object.keys(this.shown.now.typed).length > 0) this.shown.push({ typed: {} });
  }

  private async ask(): Promise<void> {
    const { probabilities, intent } = this.shown.now;
    if (probabilities.kind !== 'ready') return;
    const data = shownData(probabilities);
    const { text, contrast } = intent.target;
    const listed = new Set(data?.result.next.map((each) => each.text));
    const texts = [...new Set([text, contrast])].filter((each) => each !== undefined && !listed.has(each)) as string[];
    const key = JSON.stringify([data?.prompt.rendered, this.model(), texts]);
    if (key === this.asked) return;
    this.asked = key;
    this.abort?.abort();
    if (texts.length === 0) return;
    const abort = new AbortController();
    this.abort = abort;
    try {
      const { engine, answers } = this.parts;
      const params = { prompt: await this.input(), choices: texts, threshold: null };
      const { result } = await answers.before(engine, this.model()).request('choose', params, abort);
      if (abort.signal.aborted) return;
      this.shown.push({ typed: Object.fromEntries(result.choices.map((each) => [each.text, each.logprob])) });
    } catch {
      // The chip then has no number; an explanation of the target will say what is wrong with it.
      if (!abort.signal.aborted) this.asked = '';
    }
  }
}
