/**
 * The chosen heads' weights: how they are requested from the host and which of them are shown. The host sends raw weights; hiding
 * and renormalising the first token is done here, so that the switch responds at once.
 */

import type { SinkMode } from '../../../src/analysis/attention/contract';
import type { HostChannel } from '../../base/api';
import { cancelled } from '../../base/failure';
import type { HeadRef } from '../../charts/attention/ranking';
import { largestWeight, strongestOf, withFirstToken } from '../../charts/attention/weights';

export interface HeadsValue {
  /** The prompt and model they belong to. */
  identity: string;
  tokens: number;
  /** [T, T] each: one head, the maximum of several, or several heads separately. */
  raw: Float32Array[];
  /** The head that gave each weight, if `raw` is the maximum of several. */
  winner: Uint8Array | null;
}

export interface ShownWeights {
  /** [T, T] as drawn. */
  weights: Float32Array;
  winner: Uint8Array | null;
  largest: number;
  /** [T] weight that each query gives to the first token; the largest among several heads. */
  firstToken: Float32Array;
}

/**
 * The maximum of raw weights cannot be renormalised afterwards, because each head's rows have their own sums. In that case every
 * head is requested separately; otherwise the host sends a single maximum, however many heads there are.
 */
export function headsKey(identity: string, heads: readonly HeadRef[], sink: SinkMode): string {
  const apart = sink === 'renormalise' && heads.length > 1;
  return JSON.stringify([identity, apart, heads.map(({ layer, head }) => [layer, head])]);
}

/** Rejects with the host's problem, or with `cancelled` if the answer is about another text than the page shows. */
export async function loadHeads(
  channel: HostChannel,
  identity: string,
  tokens: number,
  heads: readonly HeadRef[],
  sink: SinkMode,
  signal: AbortSignal,
): Promise<HeadsValue> {
  const groups = sink === 'renormalise' ? heads.map((ref) => [ref]) : [[...heads]];
  const answers = await Promise.all(
    groups.map((group) => channel.request('attentionHeads', { heads: group }, { signal })),
  );
  if (answers.some((answer) => answer.tokens !== tokens)) throw cancelled();
  const { winner } = answers[0];
  return {
    identity,
    tokens,
    raw: answers.map((answer) => new Float32Array(answer.weights)),
    winner: answers.length === 1 && winner ? new Uint8Array(winner) : null,
  };
}

export function shownWeights({ raw, winner, tokens }: HeadsValue, sink: SinkMode): ShownWeights {
  const each = raw.map((weights) => withFirstToken(weights, tokens, sink));
  const shown = each.length === 1 ? { weights: each[0], winner } : strongestOf(each);
  const firstToken = Float32Array.from({ length: tokens }, (_, query) =>
    Math.max(...raw.map((weights) => weights[query * tokens])),
  );
  return { ...shown, largest: largestWeight(shown.weights, tokens), firstToken };
}

/** The number of numbers in a value, which limits how much is kept. */
export function headsSize({ raw, winner }: HeadsValue): number {
  return raw.reduce((sum, weights) => sum + weights.length, 0) + (winner ? winner.length / 4 : 0);
}
