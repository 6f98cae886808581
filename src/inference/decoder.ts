/**
 * The decoder behind the analyses' `Model`: turns a pass into the graph's named inputs and its outputs into numbers.
 * Long passes and single steps may use different forms of the same weights; the numbers agree to 1e-4. Engine only.
 */
import type { Model, Pass, PassResult, PastState } from '../analysis/shared/model';
import type { Checkpoint } from '../checkpoint/types';
import type { ModelInfo } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { EmbeddingTable } from './embeddingTable';
import { bytesOf, causalMask, floats, integers, range, windowFeeds, windowsOf } from './feeds';
import { allFinite } from './finite';
import { countHandedOut } from './garbage';
import { KeyValuePast, Packing } from './past';
import type { Feed, GraphSession, Output } from './session';
import { isStep, stepFeeds, stepFetches, stepResult } from './step';

/** A pass of fewer tokens says little about the speed of long passes. */
const timedTokens = 64;
/** Passes of up to this many tokens are fed the past as it lies, with its spare room masked, rather than packed. */
const spareTokens = 2;

export interface DecoderSessions {
  /** For passes of many tokens. */
  passes: Pick<GraphSession, 'run'>;
  /** For one token after another, loaded when first needed; null where `passes` serves those too. */
  steps: (() => Promise<GraphSession>) | null;
}

export class Decoder implements Model {
  readonly endIds: readonly number[];
  private readonly empty: KeyValuePast;
  /** Null while a pass uses it; between passes the garbage collector may take it. */
  private packing: WeakRef<Packing> | null = null;
  private readonly windows: readonly number[];
  private fastest = 0;

  constructor(
    readonly info: ModelInfo,
    private readonly checkpoint: Checkpoint,
    private readonly embeddings: EmbeddingTable,
    private readonly sessions: DecoderSessions,
  ) {
    this.endIds = checkpoint.endIds;
    this.windows = windowsOf(checkpoint.spec);
    const { layers, keyValueHeads, headWidth } = checkpoint.spec;
    this.empty = KeyValuePast.empty({ layers, groups: keyValueHeads, channels: headWidth });
  }

  tokenize(text: string): number[] {
    return this.checkpoint.tokenizer.encode(text).map((token) => token.id);
  }

  text(id: number): string {
    return this.checkpoint.tokenizer.text(id);
  }

  bytes(id: number): Uint8Array {
    return this.checkpoint.tokenizer.bytes(id);
  }

  decode(ids: readonly number[]): string {
    return this.checkpoint.tokenizer.decode(ids);
  }

  truncate(past: PastState, length: number): PastState {
    return keyValues(past).truncate(length);
  }

  async run(pass: Pass, signal?: AbortSignal): Promise<PassResult> {
    if (signal?.aborted) throw new ProblemError('cancelled');
    const past = pass.past ? keyValues(pass.past) : this.empty;
    const tokens = pass.ids[0].length;
    if (past.length + tokens > this.info.context) throw new RangeError(`${past.length + tokens} tokens do not fit`);
    if (this.sessions.steps && isStep(pass, past)) return this.step(await this.sessions.steps(), pass, past, signal);
    const spare =
      past.length > 0 && tokens <= spareTokens && pass.ids.length === 1 && !pass.mask && !pass.want?.attention;
    const feeds = this.feeds(pass, tokens, spare ? past.capacity : past.length, past.length);
    const packing = this.packing?.deref() ?? new Packing();
    this.packing = null;
    const pasts = this.pastFeeds(past, spare, packing);
    const started = performance.now();
    const outputs = await this.sessions.passes.run({ ...feeds, ...pasts }, this.fetches(pass)).finally(() => {
      this.packing = new WeakRef(packing);
    });
    this.noteSpeed(pass.ids.length * tokens, performance.now() - started);
    countHandedOut(bytesOf(outputs) + 2 * bytesOf(feeds));
    if (signal?.aborted) throw new ProblemError('cancelled');
    return this.assured(this.result(pass, past, outputs));
  }

  /** Throws resultNotNumbers. */
  private assured(result: PassResult): PassResult {
    const [last] = [...result.hidden].reverse();
    if (allFinite(result.entropy) && (!last || allFinite(last[1]))) return result;
    throw new ProblemError('resultNotNumbers', [this.info.name]);
  }

  tokensPerSecond(): number {
    return this.fastest;
  }

  private noteSpeed(tokens: number, ms: number): void {
    if (tokens >= timedTokens) this.fastest = Math.max(this.fastest, (tokens / ms) * 1000);
  }

  private async step(session: GraphSession, pass: Pass, past: KeyValuePast, signal?: AbortSignal): Promise<PassResult> {
    const row = pass.embeddings ?? this.embeddings.rows(pass.ids);
    const outputs = await session.run(stepFeeds(pass, past, row, this.checkpoint.spec), stepFetches(pass));
    countHandedOut(bytesOf(outputs));
    if (signal?.aborted) throw new ProblemError('cancelled');
    return this.assured(stepResult(pass, past, outputs));
  }

  /** All feeds but the past: of the `before` positions that are fed, `held` hold values. */
  private feeds(pass: Pass, tokens: number, before: number, held: number): Record<string, Feed> {
    const batch = pass.ids.length;
    const { layers, heads, width } = this.info;
    const rows = pass.rows.length > 0 ? pass.rows : [0];
    const extra = pass.extra ?? new Float32Array(0);
    const scored = rows.length + extra.length / width;
    const positions = pass.positions ?? pass.ids.map((ids) => ids.map((_, t) => held + t));
    const headScale = pass.headScale ?? new Float32Array(layers * heads).fill(1);
    return {
      embeddings: floats(pass.embeddings ?? this.embeddings.rows(pass.ids), [batch, tokens, width]),
      positions: integers(positions.flat(), [batch, tokens]),
      ...windowFeeds(this.windows, pass.positions ?? positions.slice(0, 1), before),
      mask: pass.mask ? floats(pass.mask.data, pass.mask.shape) : causalMask(held, before, tokens),
      headScale: floats(headScale, [layers, headScale.length / (layers * heads), heads, 1, 1]),
      tapRows: integers(pass.want?.attention?.length ? range(tokens) : []),
      rows: integers(rows),
      targets: integers(
        range(scored).map((row) => pass.targets?.[row] ?? 0),
        [scored, 1],
      ),
      candidates: integers([Math.max(1, pass.top ?? 1)]),
      logitRows: integers(pass.want?.logits ? range(scored) : []),
      extra: floats(extra, [extra.length / width, width]),
      ...patchFeeds(pass, tokens, width),
      ...headPatchFeeds(pass, tokens, this.checkpoint.spec),
    };
  }

  private pastFeeds(past: KeyValuePast, spare: boolean, packing: Packing): Record<string, Feed> {
    const feeds: Record<string, Feed> = {};
    for (let layer = 0; layer < this.info.layers; layer++) {
      feeds[`past.key.${layer}`] = { type: 'float32', ...past.feed('keys', layer, spare, packing) };
      feeds[`past.value.${layer}`] = { type: 'float32', ...past.feed('values', layer, spare, packing) };
    }
    return feeds;
  }

  private fetches({ rows, targets, top, want }: Pass): string[] {
    const names = rows.length > 0 ? ['entropy'] : [];
    if (rows.length > 0 && targets) names.push('logprob', 'rank');
    if (rows.length > 0 && top) names.push('topIds', 'topLogprob');
    if (rows.length > 0 && want?.logits) names.push('logits');
    for (const layer of want?.hidden ?? []) names.push(`hidden.${layer}`);
    for (const layer of want?.attention ?? []) names.push(`attention.${layer}`);
    for (const layer of want?.heads ?? []) names.push(`heads.${layer}`);
    if (want?.past) for (let layer = 0; layer < this.info.layers; layer++) names.push(`key.${layer}`, `value.${layer}`);
    // A run must return at least one output.
    return names.length > 0 ? names : ['entropy'];
  }

  private result(pass: Pass, past: KeyValuePast, outputs: Record<string, Output>): PassResult {
    const take = (name: string) => (outputs[name]?.data as Float32Array | undefined) ?? new Float32Array(0);
    const layers = (kind: string, wanted: readonly number[] = []) =>
      new Map(wanted.map((layer) => [layer, take(`${kind}.${layer}`)]));
    const extended = () =>
      past.extended(pass.ids.length, pass.ids[0].length, (kind, layer) =>
        take(`${kind === 'keys' ? 'key' : 'value'}.${layer}`),
      );
    return {
      logprob: take('logprob'),
      rank: take('rank'),
      entropy: pass.rows.length > 0 ? take('entropy') : new Float32Array(0),
      topIds: Int32Array.from((outputs.topIds?.data as BigInt64Array | undefined) ?? [], Number),
      topLogprob: take('topLogprob'),
      logits: pass.want?.logits ? take('logits') : null,
      hidden: layers('hidden', pass.want?.hidden),
      attention: layers('attention', pass.want?.attention),
      heads: layers('heads', pass.want?.heads),
      past: pass.want?.past ? extended() : null,
    };
  }
}

function keyValues(past: PastState): KeyValuePast {
  if (!(past instanceof KeyValuePast)) throw new TypeError('a past of another model');
  return past;
}

function patchFeeds(pass: Pass, tokens: number, width: number): Record<string, Feed> {
  const patches = pass.patches?.length
    ? pass.patches
    : [{ layer: 0, batch: 0, position: 0, delta: new Float32Array(width) }];
  const values = new Float32Array(patches.length * width);
  patches.forEach((patch, index) => {
    values.set(patch.delta, index * width);
  });
  return {
    'patch.layer': integers(patches.map((patch) => patch.layer)),
    'patch.token': integers(
      patches.map((patch) => patch.batch * tokens + patch.position),
      [patches.length, 1],
    ),
    'patch.value': floats(values, [patches.length, width]),
  };
}

/**
 * The rows of all blocks one after another, a row for each patched (variant, position); a block without a patch gets one row of
 * zeros.
 */
function headPatchFeeds(
  { headPatches = [] }: Pass,
  tokens: number,
  { layers, heads, headWidth }: Checkpoint['spec'],
): Record<string, Feed> {
  const merged = heads * headWidth;
  const byBlock = range(layers).map((layer) => headPatches.filter((patch) => patch.layer === layer));
  const patched = byBlock.map((own) => [...new Set(own.map(({ batch }) => batch))]);
  const counts = patched.map((batches) => Math.max(1, batches.length * tokens));
  const firstRows = counts.map((_, layer) => counts.slice(0, layer).reduce((sum, count) => sum + count, 0));
  const places = patched.flatMap((batches) =>
    batches.length === 0 ? [0] : batches.flatMap((batch) => range(tokens).map((t) => batch * tokens + t)),
  );
  const values = new Float32Array(places.length * merged);
  byBlock.forEach((own, layer) => {
    for (const { head, batch, delta } of own) {
      const first = firstRows[layer] + patched[layer].indexOf(batch) * tokens;
      for (let t = 0; t < tokens; t++) {
        values.set(delta.subarray(t * headWidth, (t + 1) * headWidth), (first + t) * merged + head * headWidth);
      }
    }
  });
  return {
    'headPatch.count': integers(counts),
    'headPatch.token': integers(places, [places.length, 1]),
    'headPatch.value': floats(values, [places.length, merged]),
  };
}
