/**
 * One more token through the step graph: which passes it can serve, its named inputs, and its outputs as numbers. Engine only.
 */
import type { Pass, PassResult } from '../analysis/shared/model';
import type { DecoderSpec } from '../checkpoint/types';
import { floats, forbidden, integers, windowsOf } from './feeds';
import type { KeyValuePast } from './past';
import type { Feed, Output } from './session';

/** Whether the pass is one text with a past and one new token, and asks only for what comes next. */
export function isStep(pass: Pass, past: KeyValuePast): boolean {
  const asked = pass.mask || pass.headScale || pass.patches?.length || pass.headPatches?.length || pass.extra?.length;
  const tapped = pass.want?.hidden?.length || pass.want?.attention?.length || pass.want?.heads?.length;
  const single = pass.ids.length === 1 && pass.ids[0].length === 1 && pass.rows.length === 1 && past.batch === 1;
  return single && !pass.positions && past.length > 0 && !asked && !tapped && !pass.targets;
}

/** `embeddings`: the token's row [D]. The past is fed as it lies, and its spare room is masked. */
export function stepFeeds(
  pass: Pass,
  past: KeyValuePast,
  embeddings: Float32Array,
  { layers, heads, keyValueHeads, context, ...spec }: DecoderSpec,
): Record<string, Feed> {
  // The queries and the key of a group turn with the position; its value does not, which is the tables' last row.
  const turns = [...new Array<number>(heads / keyValueHeads + 1).fill(past.length), context];
  const mask = new Float32Array(past.capacity + 1).fill(forbidden, past.length, past.capacity);
  const positions = Array.from({ length: keyValueHeads }, () => turns).flat();
  const feeds: Record<string, Feed> = {
    embeddings: floats(embeddings, [1, embeddings.length]),
    positions: integers(positions, [positions.length, 1]),
    mask: floats(mask, [mask.length]),
    ...stepWindows(windowsOf(spec), past),
    parts: integers([past.capacity, 1]),
    candidates: integers([Math.max(1, pass.top ?? 1)]),
  };
  const grouped = (kind: 'keys' | 'values', layer: number): Feed => {
    const { data, dims } = past.feed(kind, layer, true);
    return floats(data, [keyValueHeads, 1, ...dims.slice(2)]);
  };
  for (let layer = 0; layer < layers; layer++) {
    feeds[`past.key.${layer}`] = grouped('keys', layer);
    feeds[`past.value.${layer}`] = grouped('values', layer);
  }
  return feeds;
}

/** [capacity + 1] for each window; the new token stands at the end. */
function stepWindows(windows: readonly number[], { length, capacity }: KeyValuePast): Record<string, Feed> {
  const row = (window: number) =>
    floats(new Float32Array(capacity + 1).fill(forbidden, 0, Math.max(0, length - window + 1)), [capacity + 1]);
  return Object.fromEntries(windows.map((window) => [`window.${window}`, row(window)]));
}

export function stepFetches({ top, want }: Pass): string[] {
  const names = ['entropy'];
  if (top) names.push('topIds', 'topLogprob');
  if (want?.logits) names.push('logits');
  if (want?.past) names.push('fresh');
  return names;
}

export function stepResult(pass: Pass, past: KeyValuePast, outputs: Record<string, Output>): PassResult {
  const take = (name: string) => (outputs[name]?.data as Float32Array | undefined) ?? new Float32Array(0);
  const fresh = take('fresh');
  const rowLength = fresh.length / (2 * past.layers);
  const row = (kind: 'keys' | 'values', layer: number) => {
    const at = 2 * layer + (kind === 'keys' ? 0 : 1);
    return fresh.subarray(at * rowLength, (at + 1) * rowLength);
  };
  return {
    logprob: new Float32Array(0),
    rank: new Float32Array(0),
    entropy: take('entropy'),
    topIds: Int32Array.from((outputs.topIds?.data as BigInt64Array | undefined) ?? [], Number),
    topLogprob: take('topLogprob'),
    logits: pass.want?.logits ? take('logits') : null,
    hidden: new Map(),
    attention: new Map(),
    heads: new Map(),
    past: pass.want?.past ? past.extended(1, 1, row) : null,
  };
}
