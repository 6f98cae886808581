/**
 * The continuations of the prompt on show, and those of other prompts that still run: they go on while another file or no panel is on
 * view, and come back with their prompt as long as its text and the model are the same.
 */
import { createHash } from 'node:crypto';
import type { ContinuationAction } from '../../analysis/generate/contract';
import type { ModelInfo, PromptInput } from '../../protocol/model';
import type { SessionEngine } from './analyses';
import { type Engine, Generation } from './generation';
import { noContinuations } from './panelDefaults';
import type { PromptSource } from './promptSource';
import type { SessionParts } from './sessionParts';
import { type ShownState, shownData } from './shownState';

/** Rows carry their alternatives, so a growing row is sent no more often than the eye needs. */
const pushIntervalMs = 100;

interface Kept {
  generation: Generation;
  id: string;
  /** Identifies text and model. */
  key: string;
}

export class Continuations {
  /** Those of the prompt on show; null before its probabilities are known. */
  private own: Kept | null = null;
  /** By the prompt's id: those that run, or are on show. */
  private readonly live = new Map<string, Kept>();
  private cancelPush: (() => void) | null = null;

  constructor(
    private readonly parts: SessionParts,
    private readonly shown: ShownState,
    private readonly source: () => PromptSource | null,
    /** The text that the probabilities on show belong to. */
    private readonly input: () => Promise<PromptInput>,
  ) {
    shown.onDidChange((changes) => {
      if (changes.probabilities) this.settle();
    });
  }

  /** Does what a page asks for. Problems are shown beside the rows. */
  act(action: ContinuationAction): unknown {
    const generation = this.own?.generation;
    if (!generation) return;
    switch (action.do) {
      case 'step':
        return generation.step();
      case 'rewind':
        return generation.rewind();
      case 'cancel':
        return generation.cancel();
      case 'clear':
        return generation.clear();
      case 'backToPrompt':
        return generation.backToPrompt();
      case 'play':
        return generation.play(this.length(action.tokens));
      case 'fresh':
        return generation.fresh(this.length(action.tokens));
      case 'fiveSeeds':
        return generation.fiveSeeds(this.length(action.tokens));
      case 'choose':
        return generation.choose(action.row);
      case 'force':
        return generation.force(action.text);
      case 'branch': {
        const { from, step, candidate, place, tokens } = action;
        return generation.branch(from, step, candidate, place, this.length(tokens));
      }
      default:
        return action satisfies never;
    }
  }

  /** The text changed or another took its place; what runs for a text that is still being typed would be thrown away. */
  leave(typed: boolean): void {
    if (typed && this.parts.options.live) this.own?.generation.cancel();
    if (typed) return;
    this.cancelPush?.();
    this.cancelPush = null;
    if (this.own && !this.own.generation.running) this.live.delete(this.own.id);
    this.own = null;
    this.shown.push({ continuations: noContinuations });
  }

  stop(): void {
    for (const { generation } of this.live.values()) generation.cancel();
    this.cancelPush?.();
  }

  /** Takes up the rows of the text whose probabilities are on show; those of another text or model end. */
  private settle(): void {
    const { probabilities, model } = this.shown.now;
    const id = this.source()?.id;
    if (probabilities.kind !== 'ready' || !model || id === undefined) return;
    const key = keyOf(model, probabilities.data.prompt.rendered);
    if (this.own?.id === id && this.own.key === key) return;
    const running = this.live.get(id);
    if (running && running.key !== key) running.generation.cancel();
    const own = running?.key === key ? running : this.start(id, key);
    this.live.set(id, own);
    this.own = own;
    this.push();
  }

  private start(id: string, key: string): Kept {
    const kept: Kept = {
      id,
      key,
      generation: new Generation(
        () => this.connect(),
        () => this.shown.now.intent.probabilities.sampling,
        () => this.changed(kept),
        () => this.ended(kept),
      ),
    };
    const { continuations } = this.parts.memory.of(id);
    if (continuations?.key === key) {
      kept.generation.rows.push(...continuations.rows.map((row) => ({ ...row, running: false })));
      kept.generation.current = Math.max(0, Math.min(continuations.current, continuations.rows.length - 1));
    }
    return kept;
  }

  private changed(kept: Kept): void {
    if (kept !== this.own) return;
    if (!kept.generation.running) this.push();
    else
      this.cancelPush ??= this.parts.clock.after(pushIntervalMs, () => {
        this.cancelPush = null;
        this.push();
      });
  }

  /** Rows whose text has changed meanwhile are not remembered. */
  private ended(kept: Kept): void {
    const { generation, id, key } = kept;
    if (this.live.get(id) !== kept) return;
    const { rows, current } = generation;
    const whole = rows.filter(({ steps }) => steps.length > 0);
    const continuations = whole.length > 0 ? { key, rows: structuredClone(whole), current } : null;
    this.parts.memory.keep(id, { continuations });
    if (kept !== this.own && !generation.running) this.live.delete(id);
  }

  private push(): void {
    if (!this.own) return;
    this.cancelPush?.();
    this.cancelPush = null;
    const { rows, current, running, problem, after } = this.own.generation;
    const said = problem && this.parts.translate(problem.problem).message;
    // Rows grow in place, and a state that was pushed stays as it was.
    const copied = rows.map((row) => ({ ...row, steps: [...row.steps], marked: [...row.marked] }));
    this.shown.push({ continuations: { rows: copied, current, running, problem: said, after } });
  }

  private length(tokens: number): number {
    return Math.min(tokens, this.parts.maxTokens?.() ?? tokens);
  }

  private connect(): Engine {
    const { engine } = this.parts;
    const end = shownData(this.shown.now.probabilities)?.end ?? null;
    return boundTo(engine, this.input(), end && { id: end.id, text: end.text });
  }
}

/** The engine on one text, whatever is on show later. */
function boundTo(engine: SessionEngine, input: Promise<PromptInput>, end: Engine['end']): Engine {
  // It is reported where it is first used.
  input.catch(() => {});
  const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0, minP: 0, repetitionPenalty: 1, maxTokens: 1 };
  return {
    end,
    generate: async (options, signal, onProgress) =>
      (await engine.request('generate', { prompt: await input, options }, { signal, onProgress })).result,
    distribution: async ({ keep, ...at }, signal) => {
      const options = { ...greedy, ...at, ...(keep === null ? {} : { keep }) };
      const { result } = await engine.request('generate', { prompt: await input, options }, { signal });
      const [{ top, entropy, scored = [] }] = result.tokens;
      return { next: top, entropy, scored };
    },
    follow: async (params) => engine.request('follow', { prompt: await input, ...params }),
    vocabulary: (params) => engine.request('vocabulary', params),
  };
}

function keyOf({ sha256 }: ModelInfo, rendered: string): string {
  return `${sha256} ${createHash('sha256').update(rendered).digest('hex').slice(0, 16)}`;
}
