/**
 * What the panel remembers of each prompt: the choices that belong to it, its baseline, the locked token and its continuations. They
 * outlast a change of files, hidden panels and a reload of the window. Kept by the prompt's id, which begins with its file's URI. What is
 * stored is bounded, and read back field by field: another version or another program may have stored anything.
 */
import * as v from 'valibot';
import type { ContinuationRow } from '../../analysis/generate/contract';
import type { Baseline } from '../../analysis/probabilities/contract';
import { lasting, noChoices, type PromptChoices, restoredChoices } from './promptChoices';

/** A token that is locked in a text: it is locked again only in the same text. */
export interface LockedToken {
  position: number;
  /** Of the whole text of the file. */
  digest: string;
}

/** The rows of one text. */
export interface KeptContinuations {
  /** Identifies text and model. */
  key: string;
  rows: ContinuationRow[];
  current: number;
}

export interface Remembered {
  choices: PromptChoices;
  baseline: Baseline | null;
  locked: LockedToken | null;
  continuations: KeptContinuations | null;
}

/** Where the memory outlasts the window; VS Code's Memento. */
export interface Storage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const storageKey = 'prompts.v1';
/** The prompts changed last are remembered. */
const mostPrompts = 200;
/** In UTF-16 units of JSON, of all prompts together: VS Code reads and writes the state of an extension as a whole. */
const mostText = 400_000;

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const candidate = v.object({
  id: finite,
  text: v.string(),
  bytes: v.optional(v.string()),
  likely: v.optional(v.array(v.object({ text: v.string(), logprob: finite }))),
  logprob: finite,
});
const baselineSchema = v.object({
  name: v.string(),
  model: v.string(),
  rendered: v.string(),
  bytes: v.array(v.string()),
  places: v.array(v.tuple([count, count])),
  logprob: v.array(v.nullable(finite)),
  next: v.array(candidate),
  end: v.nullable(candidate),
  perplexity: v.nullable(finite),
}) satisfies v.GenericSchema<unknown, Baseline>;
const lockedSchema = v.object({ position: count, digest: v.string() });
const stepSchema = v.object({
  id: count,
  text: v.string(),
  bytes: v.optional(v.string()),
  logprob: finite,
  rank: count,
  top: v.array(candidate),
  entropy: v.nullable(finite),
  forced: v.boolean(),
});
const rowSchema = v.object({
  kind: v.variant('kind', [
    v.object({ kind: v.literal('greedy') }),
    v.object({ kind: v.literal('sampled'), seed: finite }),
    v.object({ kind: v.picklist(['branch', 'forced']), at: count }),
  ]),
  steps: v.pipe(v.array(stepSchema), v.minLength(1)),
  shared: count,
  marked: v.array(count),
  running: v.boolean(),
  ended: v.boolean(),
  keep: v.nullable(count),
  taken: v.string(),
}) satisfies v.GenericSchema<unknown, ContinuationRow>;
const continuationsSchema = v.object({
  key: v.string(),
  rows: v.array(rowSchema),
  current: count,
}) satisfies v.GenericSchema<unknown, KeptContinuations>;
const storedSchema = v.fallback(v.record(v.string(), v.record(v.string(), v.unknown())), {});

const nothing: Remembered = { choices: noChoices, baseline: null, locked: null, continuations: null };

export class FileMemory {
  /** The prompt changed last at the end. */
  private readonly prompts: Map<string, Remembered>;

  constructor(private readonly storage: Storage | null = null) {
    const stored = v.parse(storedSchema, storage?.get(storageKey));
    this.prompts = new Map(Object.entries(stored).map(([id, saved]) => [id, restored(saved)]));
  }

  of(id: string): Remembered {
    return this.prompts.get(id) ?? nothing;
  }

  keep(id: string, change: Partial<Remembered>): void {
    const before = this.of(id);
    const next = change.choices ? { ...change, choices: lasting(change.choices) } : change;
    const same = (key: keyof Remembered) =>
      next[key] === before[key] || JSON.stringify(next[key]) === JSON.stringify(before[key]);
    if ((Object.keys(next) as (keyof Remembered)[]).every(same)) return;
    const now = { ...before, ...next };
    this.prompts.delete(id);
    if (JSON.stringify(now) !== JSON.stringify(nothing)) this.prompts.set(id, now);
    const [oldest] = this.prompts.keys();
    if (oldest !== undefined && this.prompts.size > mostPrompts) this.prompts.delete(oldest);
    this.store();
  }

  /** A file, or a folder with its files, has another URI now. */
  renamed(before: string, after: string): void {
    const moved = [...this.prompts].filter(([id]) => isWithin(id, before));
    for (const [id, remembered] of moved) {
      this.prompts.delete(id);
      this.prompts.set(after + id.slice(before.length), remembered);
    }
    if (moved.length > 0) this.store();
  }

  /** A file, or a folder with its files, was deleted. */
  forget(uri: string): void {
    const gone = [...this.prompts.keys()].filter((id) => isWithin(id, uri));
    for (const id of gone) this.prompts.delete(id);
    if (gone.length > 0) this.store();
  }

  /**
   * The newest prompts that fit; of a prompt that does not fit, its baseline, and then its small choices. Texts never saved end with the
   * window.
   */
  private store(): void {
    if (!this.storage) return;
    let room = mostText;
    const fits = (size: number) => {
      if (size > room) return false;
      room -= size;
      return true;
    };
    const kept: [string, Partial<Remembered>][] = [];
    for (const [id, remembered] of [...this.prompts].reverse()) {
      if (id.startsWith('untitled:')) continue;
      const { continuations, ...middle } = remembered;
      const { baseline, ...small } = middle;
      const least = id.length + sizeOf(small.choices) + sizeOf(small.locked);
      if (fits(least + sizeOf(baseline) + sizeOf(continuations))) kept.push([id, remembered]);
      else if (fits(least + sizeOf(baseline))) kept.push([id, middle]);
      else if (fits(least)) kept.push([id, small]);
    }
    void this.storage.update(storageKey, Object.fromEntries(kept.reverse()));
  }
}

const sizes = new WeakMap<object, number>();

/** The length of its JSON, computed once: a baseline is long, and each change of any prompt stores them all. */
function sizeOf(value: object | null): number {
  if (value === null) return 0;
  const size = sizes.get(value) ?? JSON.stringify(value).length;
  sizes.set(value, size);
  return size;
}

function restored(saved: Record<string, unknown>): Remembered {
  const { choices, baseline, locked, continuations } = saved;
  return {
    choices: restoredChoices(choices),
    baseline: v.parse(v.fallback(v.nullable(baselineSchema), null), baseline),
    locked: v.parse(v.fallback(v.nullable(lockedSchema), null), locked),
    continuations: v.parse(v.fallback(v.nullable(continuationsSchema), null), continuations),
  };
}

/** Whether a prompt's id belongs to the file, or to a file in the folder. */
function isWithin(id: string, uri: string): boolean {
  return id === uri || id.startsWith(`${uri}#`) || id.startsWith(`${uri}/`);
}
