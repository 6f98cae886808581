/**
 * A continuation, token by token: x_{n+1} ~ q(· | x_{≤ n}), q made from the model's raw distribution p as sampling.ts says. The figures of
 * each token (logprob, rank, entropy, alternatives) are those of p, before any temperature or cut, so that a sampled text can be read as
 * the model sees it.
 */
import { clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { candidateOf, named } from '../shared/candidate';
import type { Candidate } from '../shared/contract';
import { checkRoom } from '../shared/following';
import type { Model, PassResult, PastState } from '../shared/model';
import { type KnownPast, prefill } from '../shared/prefix';
import { seededRandom } from '../shared/random';
import type { GeneratedStep, GeneratedToken, GenerateOptions, GenerateResult, Steering } from './contract';
import { checkSampling, draw, largest, penalise } from './sampling';

export interface GenerateRun {
  result: GenerateResult;
  /** The past that the next step may start from. */
  known: KnownPast | null;
}

/**
 * Continues `ids` followed by `options.prefix` (together at least one token; the prefix is not repeated in the result). Stops after an end
 * token (`stop`), or at `maxTokens` or the model's context (`length`). Rejects with `outOfRange` for invalid settings, `promptTooLong`
 * where no token would fit, and `cancelled` between passes.
 */
export async function generate(
  model: Model,
  ids: readonly number[],
  options: GenerateOptions,
  {
    known,
    signal,
    onStep,
  }: { known?: KnownPast | null; signal?: AbortSignal; onStep?: (step: GeneratedStep) => void } = {},
): Promise<GenerateRun> {
  checkSampling(options);
  const all = [...ids.slice(0, options.keep ?? ids.length), ...options.prefix];
  if (all.length === 0) throw new ProblemError('emptyPrompt', [clause('prompt')]);
  checkRoom(model, all, 1);
  const random = seededRandom(options.seed);
  const limit = Math.min(options.maxTokens, model.info.context - all.length);
  const { score = [] } = options;
  const needsLogits = options.temperature > 0 || options.repetitionPenalty !== 1 || score.length > 0;
  const top = Math.min(Math.max(1, options.top), model.info.vocabulary);
  const text = new TextStream(model);
  const tokens: GeneratedToken[] = [];
  let finish: GenerateResult['finish'] = 'length';
  let past = await prefill(model, known, all, all.length - 1, { signal });
  const push = options.steer && (await pushOf(model, options.steer, all[all.length - 1], past, signal));

  while (finish === 'length' && tokens.length < limit) {
    const ids = [[all[all.length - 1]]];
    const want = { past: true, logits: needsLogits };
    const result = await model.run({ ids, past, rows: [0], top, patches: push ? [push] : undefined, want }, signal);
    past = result.past;
    const id = needsLogits ? pick(result, all, options, random) : result.topIds[0];
    const scored = score.length > 0 && { scored: score.map((each) => ({ id: each, ...place(result, each) })) };
    const token = { ...describe(model, result, id, options.top), ...scored };
    tokens.push(token);
    all.push(id);
    if (model.endIds.includes(id)) finish = 'stop';
    const delta = finish === 'stop' ? '' : text.add(id);
    onStep?.({ ...token, delta });
  }
  const result = { tokens, text: text.whole(), finish };
  // A steered text's keys and values are not those of its tokens alone.
  return { result, known: past && !push ? { ids: all.slice(0, past.length), past } : null };
}

/** The vector that steering adds to the one new token of each step. Throws `outOfRange`, `directionMisfit`. */
async function pushOf(
  model: Model,
  { layer, direction, strength }: Steering,
  last: number,
  past: PastState | null,
  signal: AbortSignal | undefined,
) {
  const { layers, width } = model.info;
  if (!(Number.isInteger(layer) && layer >= 0 && layer <= layers)) {
    throw new ProblemError('outOfRange', [clause('layer'), 0, layers]);
  }
  const length = Math.hypot(...direction);
  if (direction.length !== width || !(length > 0)) throw new ProblemError('directionMisfit', [direction.length, width]);
  const { hidden } = await model.run({ ids: [[last]], past, rows: [0], want: { hidden: [layer] } }, signal);
  const own = Math.hypot(...(hidden.get(layer) ?? []));
  const delta = Float32Array.from(direction, (value) => (strength * own * value) / length);
  return { layer, batch: 0, position: 0, delta };
}

function pick(result: PassResult, seen: readonly number[], options: GenerateOptions, random: () => number): number {
  if (!result.logits) throw new Error('a pass that was asked for logits gave none');
  const penalised = penalise(result.logits, seen, options.repetitionPenalty);
  return options.temperature === 0 ? largest(penalised) : draw(penalised, options, random());
}

/** The token's place in the raw distribution of row 0. */
function describe(model: Model, result: PassResult, id: number, top: number): GeneratedToken {
  const candidates = Array.from(
    result.topIds.subarray(0, top),
    (other, k): Candidate => candidateOf(model, other, result.topLogprob[k]),
  );
  return { ...named(model, id), ...place(result, id), entropy: result.entropy[0], top: candidates };
}

/** When the pass returned no logits, the token is the first candidate. */
function place(result: PassResult, id: number): { logprob: number; rank: number } {
  const { logits } = result;
  if (!logits) return { logprob: result.topLogprob[0], rank: 0 };
  const own = logits[id];
  let sum = 0;
  let rank = 0;
  const highest = logits[largest(logits)];
  for (const logit of logits) {
    sum += Math.exp(logit - highest);
    if (logit > own) rank++;
  }
  return { logprob: own - highest - Math.log(sum), rank };
}

/** Decodes as tokens come, holding back those whose last character still lacks bytes. */
class TextStream {
  private text = '';
  private pending: number[] = [];

  constructor(private readonly model: Model) {}

  /** The text completed by this token. */
  add(id: number): string {
    this.pending.push(id);
    const decoded = this.model.decode(this.pending);
    if (decoded.endsWith('\uFFFD')) return '';
    this.pending = [];
    this.text += decoded;
    return decoded;
  }

  whole(): string {
    return this.pending.length > 0 ? this.text + this.model.decode(this.pending) : this.text;
  }
}
