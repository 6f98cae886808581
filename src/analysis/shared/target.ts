/**
 * The target of an explanation, the same for every analysis: the log-probability of a token sequence given the preceding tokens,
 *
 *   value = Σ_sides sign · Σ_i log p(a_i | x, a_{<i})        one side (sign 1), or two for a contrast (A not B: +1, −1)
 *
 * x is the prompt, or the part of it before the requested span, without those tokens at its end that a text of the target replaces
 * (following.ts).
 */
import { clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { sequenceBytes } from './candidate';
import { withLikely } from './completions';
import type { Boundary, Candidate, TargetResult, TargetSpec } from './contract';
import { following, type PromptText } from './following';
import type { Model, PastState } from './model';
import { type KnownPast, prefill, shortened } from './prefix';

/** One sequence a of n ≥ 1 tokens: run `input`, read log p(targets[i]) at rows[i], and multiply each by `weight`. */
export interface TargetSequence {
  /** [n] the ids of a. */
  readonly targets: readonly number[];
  /** [before + n − 1] x and a without its last token. */
  readonly input: readonly number[];
  /** [n] Positions in `input` whose next-token distributions predict a: before − 1 … before + n − 2. */
  readonly rows: readonly number[];
  /** 1, or −1 for the sequence that the target is contrasted with. */
  readonly weight: 1 | -1;
}

export interface TargetSide extends TargetSequence, Pick<Candidate, 'bytes' | 'likely'> {
  readonly text: string;
  /** Log-probability of the whole sequence; natural logarithm, without the sign. */
  readonly logprob: number;
}

export interface Target {
  /** The likeliest next token, a text that was given, or a span of the prompt itself. */
  readonly kind: 'next' | 'text' | 'span';
  /** The number of prompt tokens before the target, which are the only ones it depends on; 1 ≤ before ≤ T. */
  readonly before: number;
  /** Set where a text of the target replaces tokens at the prompt's end; else null. */
  readonly boundary: Boundary | null;
  readonly sides: readonly TargetSide[];
  /** The target's value on the unchanged prompt. */
  readonly value: number;
}

export interface TargetOptions {
  known?: KnownPast | null;
  signal?: AbortSignal;
}

/** A target whose tokens are known before anything has run. */
export interface GivenTarget extends Pick<Target, 'kind' | 'before' | 'boundary'> {
  readonly sides: readonly TargetSequence[];
}

/**
 * Rejects with `emptyPrompt`, `targetEmpty` (a text that adds no token), `nothingKept` (a text that takes the whole prompt with it),
 * `outOfRange` (a span outside 1 … T − 1), `promptTooLong` (no room for the target), and `cancelled` between passes.
 */
export async function resolveTarget(
  model: Model,
  prompt: PromptText,
  spec: TargetSpec,
  { known, signal }: TargetOptions = {},
): Promise<Target> {
  const { kind, before, boundary, ids, target, contrast } = asked(model, prompt, spec);
  let past = await prefill(model, known, ids, (target ? before : ids.length) - 1, { signal });
  let tokens = target;
  if (!tokens) {
    const last = ids.length - 1;
    // This pass asks for a target like every pass that follows, so that the decoder need not get ready for a generation.
    const pass = { ids: [[ids[last]]], past, rows: [0], targets: [ids[last]], top: 1 };
    const { topIds } = await model.run(pass, signal);
    tokens = [...ids.slice(before), topIds[0]];
    past = past && shortened(model, past, before - 1);
  }
  const sequences = sequencesOf(ids.slice(0, before), tokens, contrast);
  const logprobs: number[] = [];
  for (const { input, rows, targets } of sequences) {
    const { logprob } = await model.run(
      { ids: [input.slice(before - 1)], past, rows: rows.map((row) => row - before + 1), targets },
      signal,
    );
    logprobs.push(logprob.reduce((sum, value) => sum + value, 0));
  }
  const resolved = valued(model, { kind, before, boundary, sides: sequences }, logprobs);
  return kind === 'next' ? { ...resolved, sides: await completed(model, ids, past, resolved, signal) } : resolved;
}

/** The sides; a single token that begins a character is told with the characters that it most likely begins. */
async function completed(
  model: Model,
  ids: readonly number[],
  past: PastState | null,
  { before, sides: [target, ...contrast] }: Target,
  signal: AbortSignal | undefined,
): Promise<TargetSide[]> {
  const { targets, text, bytes, logprob } = target;
  if (targets.length > 1 || bytes === undefined) return [target, ...contrast];
  const candidate = { id: targets[0], text, bytes, logprob };
  const [{ likely }] = await withLikely(model, { ids: ids.slice(0, before), past }, [candidate], signal);
  return [likely ? { ...target, likely } : target, ...contrast];
}

/** Needs no pass; null where the likeliest next token is asked for. Throws the errors of `resolveTarget`. */
export function givenTarget(model: Model, prompt: PromptText, spec: TargetSpec): GivenTarget | null {
  const { kind, before, boundary, ids, target, contrast } = asked(model, prompt, spec);
  return target && { kind, before, boundary, sides: sequencesOf(ids.slice(0, before), target, contrast) };
}

/** `logprobs` holds the log-probability of each side on the unchanged prompt, without its sign. */
export function valued(model: Model, { sides, ...place }: GivenTarget, logprobs: readonly number[]): Target {
  const value = sides.reduce((sum, { weight }, side) => sum + weight * logprobs[side], 0);
  const read = sides.map((side, at) => {
    const text = model.decode(side.targets);
    return { ...side, text, ...sequenceBytes(model, side.targets, text), logprob: logprobs[at] };
  });
  return { ...place, sides: read, value };
}

interface Asked extends Pick<Target, 'kind' | 'before' | 'boundary'> {
  /** The prompt's own tokens, up to the requested span. */
  ids: readonly number[];
  /** The tokens after `before`; null: the rest of the prompt and the likeliest next token. */
  target: readonly number[] | null;
  contrast: readonly number[] | null;
}

/** Target and contrast are compared, so both are read from the position where the first of them departs from the prompt. */
function asked(model: Model, prompt: PromptText, { text, span, contrast }: TargetSpec): Asked {
  const all = prompt.tokens.map(({ id }) => id);
  if (all.length === 0) throw new ProblemError('emptyPrompt', [clause('prompt')]);
  const length = span ? checkedSpan(span, all.length) : all.length;
  const texts = [text, contrast].filter((one) => one !== undefined);
  const { kept: before, boundary, ids: cut } = following(model, prompt, texts, { length, refused: 'targetEmpty' });
  const place = {
    before,
    boundary,
    ids: all.slice(0, length),
    contrast: contrast === undefined ? null : cut[cut.length - 1],
  };
  if (span) return { ...place, kind: 'span', target: all.slice(before, span[1]) };
  return text === undefined ? { ...place, kind: 'next', target: null } : { ...place, kind: 'text', target: cut[0] };
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

/** The target in the form of reports. */
export function targetResult({ before, boundary, sides }: Target): TargetResult {
  const [target, contrast] = sides.map(({ targets, text, logprob, bytes, likely }) => ({
    ...{ ids: [...targets], text, logprob },
    ...(bytes && { bytes }),
    ...(likely && { likely }),
  }));
  return { ...target, position: before, contrast: contrast ?? null, boundary };
}

/** The first token has no preceding token and therefore no probability. */
function checkedSpan([start, end]: readonly [number, number], length: number): number {
  const within = Number.isInteger(start) && Number.isInteger(end) && start >= 1 && end > start && end <= length;
  if (!within) throw new ProblemError('outOfRange', [clause('targetPosition'), 2, length]);
  return start;
}
