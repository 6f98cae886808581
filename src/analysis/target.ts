/**
 * What an explanation explains, the same for every analysis: the log-probability of a token sequence given what stands before,
 *
 *   value = Σ_sides sign · Σ_i log p(a_i | x, a_{<i})        one side (sign 1), or two for a contrast (A not B: +1, −1)
 *
 * x is the prompt, or as much of it as stands before the span that is asked for. Imported by the analyses and the engine.
 */
import { ProblemError } from '../protocol/problem';
import type { TargetResult, TargetSpec } from '../protocol/results';
import type { Model } from './model';
import { type KnownPast, prefill } from './prefix';

/** One sequence a of n ≥ 1 tokens: run `input`, read log p(targets[i]) at rows[i], weigh each with `weight`. */
export interface TargetSequence {
  /** [n] the ids of a. */
  readonly targets: readonly number[];
  /** [before + n − 1] x and a without its last token. */
  readonly input: readonly number[];
  /** [n] positions in `input` whose next-token distribution predicts a: before − 1 … before + n − 2. */
  readonly rows: readonly number[];
  /** 1, or −1 for what the target is contrasted with. */
  readonly weight: 1 | -1;
}

export interface TargetSide extends TargetSequence {
  readonly text: string;
  /** Of the whole sequence; natural logarithm, without the sign. */
  readonly logprob: number;
}

export interface Target {
  /** The likeliest next token, a text that was given, or a span of the prompt itself. */
  readonly kind: 'next' | 'text' | 'span';
  /** Tokens of the prompt that stand before the target: the only ones it depends on; 1 ≤ before ≤ T. */
  readonly before: number;
  readonly sides: readonly TargetSide[];
  /** On the unchanged prompt. */
  readonly value: number;
}

export interface TargetOptions {
  known?: KnownPast | null;
  signal?: AbortSignal;
}

/** A target whose tokens are known before anything has run. */
export interface GivenTarget extends Pick<Target, 'kind' | 'before'> {
  readonly sides: readonly TargetSequence[];
}

/**
 * `ids`: the prompt, at least one token. Rejects with `emptyPrompt`, `targetEmpty` (a text of no token), `outOfRange` (a span
 * outside 1 … T − 1), `promptTooLong` (no room for the target), and `cancelled` between passes.
 */
export async function resolveTarget(
  model: Model,
  ids: readonly number[],
  spec: TargetSpec,
  { known, signal }: TargetOptions = {},
): Promise<Target> {
  const { kind, prompt, tokens, contrast } = asked(model, ids, spec);
  const last = prompt.length - 1;
  const past = await prefill(model, known, prompt, last, { signal });
  const likeliest = async () => {
    // Asked for a target like every pass that follows, so that the decoder need not get ready for a generation.
    const pass = { ids: [[prompt[last]]], past, rows: [0], targets: [prompt[last]], top: 1 };
    const { topIds } = await model.run(pass, signal);
    return [topIds[0]];
  };
  const sequences = sequencesOf(prompt, tokens ?? (await likeliest()), contrast);
  const logprobs: number[] = [];
  for (const { input, rows, targets } of sequences) {
    const { logprob } = await model.run(
      { ids: [input.slice(last)], past, rows: rows.map((row) => row - last), targets },
      signal,
    );
    logprobs.push(logprob.reduce((sum, value) => sum + value, 0));
  }
  return valued(model, { kind, before: prompt.length, sides: sequences }, logprobs);
}

/** Without a pass; null where the likeliest next token is asked for. Throws what `resolveTarget` rejects with. */
export function givenTarget(model: Model, ids: readonly number[], spec: TargetSpec): GivenTarget | null {
  const { kind, prompt, tokens, contrast } = asked(model, ids, spec);
  return tokens && { kind, before: prompt.length, sides: sequencesOf(prompt, tokens, contrast) };
}

/** `logprobs`: of each side on the unchanged prompt, without its sign. */
export function valued(model: Model, { sides, ...place }: GivenTarget, logprobs: readonly number[]): Target {
  const value = sides.reduce((sum, { weight }, side) => sum + weight * logprobs[side], 0);
  const read = sides.map((side, at) => ({ ...side, text: model.decode(side.targets), logprob: logprobs[at] }));
  return { ...place, sides: read, value };
}

interface Asked {
  kind: Target['kind'];
  /** [before] */
  prompt: readonly number[];
  /** null: the likeliest next one. */
  tokens: readonly number[] | null;
  contrast: readonly number[] | null;
}

function asked(model: Model, ids: readonly number[], spec: TargetSpec): Asked {
  if (ids.length === 0) throw new ProblemError('emptyPrompt', ['The prompt']);
  const prompt = spec.span ? ids.slice(0, checkedSpan(spec.span, ids.length)) : ids;
  const [text, contrast] = [spec.text, spec.contrast].map((one) => (one === undefined ? null : tokensOf(model, one)));
  const tokens = spec.span ? ids.slice(...spec.span) : text;
  checkRoom(model, prompt, Math.max(tokens?.length ?? 1, contrast?.length ?? 0));
  return { kind: spec.span ? 'span' : text ? 'text' : 'next', prompt, tokens, contrast };
}

function sequencesOf(
  prompt: readonly number[],
  tokens: readonly number[],
  contrast: readonly number[] | null,
): TargetSequence[] {
  const sequence = (targets: readonly number[], weight: 1 | -1): TargetSequence => ({
    targets,
    input: [...prompt, ...targets.slice(0, -1)],
    rows: targets.map((_, row) => prompt.length - 1 + row),
    weight,
  });
  return [sequence(tokens, 1), ...(contrast ? [sequence(contrast, -1)] : [])];
}

/** As reports print it. */
export function targetResult({ before, sides }: Target): TargetResult {
  const [target, contrast] = sides.map(({ targets, text, logprob }) => ({ ids: [...targets], text, logprob }));
  return { ...target, position: before, contrast: contrast ?? null };
}

function tokensOf(model: Model, text: string): number[] {
  const ids = model.tokenize(text);
  if (ids.length === 0) throw new ProblemError('targetEmpty', [text]);
  return ids;
}

/** The first token has nothing before it and no probability. */
function checkedSpan([start, end]: readonly [number, number], length: number): number {
  const within = Number.isInteger(start) && Number.isInteger(end) && start >= 1 && end > start && end <= length;
  if (!within) throw new ProblemError('outOfRange', ['The position of the target', 1, length - 1]);
  return start;
}

function checkRoom(model: Model, prompt: readonly number[], targets: number): void {
  const { context } = model.info;
  const count = prompt.length + targets - 1;
  if (count <= context) return;
  const fitting = Math.floor((model.decode(prompt).length * context) / count / 100) * 100;
  throw new ProblemError(
    'promptTooLong',
    [count, context, fitting].map((number) => number.toLocaleString('en')),
  );
}
